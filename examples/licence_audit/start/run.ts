/**
 * One run from nothing to its figures.  Whatever it opens is closed again in the opposite order,
 * however it ends: workers first, then what they talk to, PostgreSQL last.
 */
import { relative } from 'node:path'
import { registerApp } from '../../../src/app/register.ts'
import { colorsFor } from '../../../src/cli/colors.ts'
import { counted } from '../../../src/cli/figures.ts'
import { loadApp } from '../../../src/cli/load_app.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { PROJECT_ROOT } from '../corpus.ts'
import { type Chaos, chaosLines, isHarmless, REGISTER_TROUBLE, startChaos } from './chaos.ts'
import { type Corpus, openCorpus } from './corpora.ts'
import { type Figures, figuresOf } from './figures.ts'
import { type Home, openHome, openLog } from './home.ts'
import { insertTasks } from './insert.ts'
import { Interrupted, type Interrupts } from './interrupts.ts'
import { labelOutcomes, readBands } from './label.ts'
import { nextLines } from './next.ts'
import type { Options } from './options.ts'
import { Postgres } from './postgres.ts'
import { leftOf, watchProgress } from './progress.ts'
import { readProgress, readTasks, readWork } from './read_run.ts'
import { countReached, scoreRun } from './score_run.ts'
import { startServer } from './servers.ts'
import { summaryLines } from './summary.ts'
import { BAD_SHARE, checkKey, openPool, POOL, SEED, standInLine } from './voice.ts'
import { APP, startWorkers } from './workers.ts'

const STOPPING =
  'stopping: the workers finish or hand back what they have in hand; Ctrl-C again ends them at once'

const say = (line: string) => void process.stdout.write(`${line}\n`)

/** harmless: with --chaos, nothing was lost or doubled and somebody was killed. */
export type Ended = { readonly figures: Figures; readonly harmless: boolean }

/** @throws Interrupted, with everything left so that the next run goes on. */
export async function run(options: Options, interrupts: Interrupts): Promise<Ended> {
  await using opened = new AsyncDisposableStack()
  if (options.real) checkKey()
  const corpus = openCorpus(options)
  const title = `the licences of ${counted(corpus.documents.length, corpus.noun)}`
  const under = options.chaos ? ', under chaos' : ''
  say(colorsFor(process.stdout).bold(`pawl audits ${title}${under}`))

  const home = opened.use(await openHome({ ...options, say }))
  await migrateTo(home.url)
  interrupts.asked.throwIfAborted()
  const postgres = opened.use(new Postgres(home.url))
  await openLog(home, postgres)
  const lost = await openWorld(opened, home, options)
  await registerApp(home.url, await loadApp(APP))
  say(options.real ? await openPool(postgres, corpus, options) : standInLine())
  interrupts.asked.throwIfAborted()

  const inserted = await insertTasks(postgres, corpus, options.real ? { pool: POOL } : undefined)
  say(tasksLine(corpus, inserted, options))
  const kills = await untilEnded(opened, {
    url: home.url,
    postgres,
    corpus,
    lost,
    options,
    interrupts,
  })
  const figures = await report(home, postgres, corpus, options)
  if (!options.chaos) return { figures, harmless: true }
  for (const line of await chaosLines(kills, figures, { postgres, log_file: home.log_file }))
    say(line)
  return { figures, harmless: isHarmless(kills, figures) }
}

type Begun = {
  readonly url: string
  readonly postgres: Postgres
  readonly corpus: Corpus
  readonly lost: readonly Promise<never>[]
  readonly options: Options
  readonly interrupts: Interrupts
}

/** Works until every task has ended or waits for a person; how many workers chaos killed. */
async function untilEnded(opened: AsyncDisposableStack, begun: Begun): Promise<number> {
  const { url, postgres, corpus, options, interrupts } = begun
  const broken = new AbortController()
  const signal = AbortSignal.any([interrupts.asked, broken.signal])
  const lost = [...begun.lost]
  let chaos: Chaos | undefined
  if (leftOf(await readProgress(postgres, corpus), corpus) > 0) {
    const workers = opened.use(startWorkers(url, options.workers, interrupts))
    lost.push(workers.lost)
    if (options.chaos) chaos = opened.use(startChaos(workers, postgres))
  }
  for (const it of lost) it.catch((error) => broken.abort(error))
  try {
    await watchProgress({ postgres, corpus, stream: process.stdout, real: options.real, signal })
  } catch (error) {
    if (error instanceof Interrupted) say(STOPPING)
    throw error
  }
  await chaos?.[Symbol.asyncDispose]()
  return chaos?.kills ?? 0
}

async function migrateTo(url: string): Promise<void> {
  const { applied } = await migrate(url, {
    log: (line) => (line.startsWith('applied') ? undefined : say(line)),
  })
  if (applied.length > 0) say(`applied ${applied.join(', ')}`)
}

/** The register, and the stand-in where it speaks; the workers are told where they listen. */
async function openWorld(
  opened: AsyncDisposableStack,
  home: Home,
  { real, chaos }: Options,
): Promise<Promise<never>[]> {
  const trouble = chaos ? REGISTER_TROUBLE : []
  const register = opened.use(
    await startServer('register.ts', ['--log', home.log_file, ...trouble]),
  )
  process.env['REGISTER_URL'] = register.url
  if (real) {
    delete process.env['PAWL_STAND_IN_URL']
    return [register.lost]
  }
  const words = ['--seed', String(SEED), '--bad', String(BAD_SHARE)]
  const standIn = opened.use(await startServer('stand_in/main.ts', words))
  process.env['PAWL_STAND_IN_URL'] = standIn.url
  // What is not there cannot be spent.
  delete process.env['ANTHROPIC_API_KEY']
  return [register.lost, standIn.lost]
}

function tasksLine(corpus: Corpus, inserted: number, { workers }: Options): string {
  const before = corpus.documents.length - inserted
  const known = before === 0 ? '' : ` (${before} known from before)`
  return `${counted(inserted, 'task')} inserted${known}, ${workers} worker process${workers === 1 ? '' : 'es'}`
}

async function report(
  home: Home,
  postgres: Postgres,
  corpus: Corpus,
  options: Options,
): Promise<Figures> {
  await labelOutcomes(postgres, corpus)
  const audited = scoreRun(corpus, await readTasks(postgres, corpus))
  const reached = countReached(audited, home.log_file)
  const counts = { corpus, audited, reached, work: await readWork(postgres, corpus) }
  const figures = figuresOf(counts)
  const lines = summaryLines({
    ...counts,
    figures,
    bands: await readBands(postgres, corpus),
    log_file: relative(PROJECT_ROOT, home.log_file),
    colors: colorsFor(process.stdout),
  })
  for (const line of [...lines, ...nextLines(home, audited, options)]) say(line)
  return figures
}
