/** `npm start` as a newcomer types it, in a checkout of its own with its own PostgreSQL. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startRegister } from '../../../examples/licence_audit/register.ts'
import { stopEmbedded } from '../../../src/database/embedded.ts'
import type { Teardown } from '../../fixtures/database.ts'
import { ask, postmaster } from '../../fixtures/embedded.ts'
import {
  findingsApplied,
  freshCheckout,
  lastLine,
  npmStart,
  registerLines,
} from '../../fixtures/started_checkout.ts'

t.setTimeout(300_000)

const KEYS = [
  'packages',
  'done',
  'review',
  'failed',
  'agree',
  'disagree',
  'unlabelled',
  'model_calls',
  'tool_calls',
  'tokens',
  'microusd',
  'replans',
  'elapsed_ms',
  'lost',
  'doubled',
]
const MORE = ['corpus', 'rejected', 'settled_agree', 'settled_disagree', 'poisoned']

async function figuresOf(t: Teardown, root: string, args: string[]) {
  const started = npmStart(t, root, [...args, '--json'])
  const { code, stderr } = await started.ended
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`)
  return lastLine(started.said())
}

/** What is said of how PostgreSQL is left. */
function endsIn(said: string): string {
  return said
    .split('\n')
    .filter((line) => /PostgreSQL (has|goes|stays|stops) /.test(line))
    .join('\n')
}

t.test('npm start, twice', async (t) => {
  const root = freshCheckout(t)
  const started = npmStart(t, root, ['--limit', '12', '--json'], { ANTHROPIC_API_KEY: 'not used' })
  t.match(await started.ended, { code: 0 })
  const first = lastLine(started.said())

  t.test('every package is audited, each finding once, and the last line counts it', (t) => {
    t.same(Object.keys(first).sort(), [...KEYS, ...MORE].sort())
    t.match(first, { packages: 12, failed: 0, lost: 0, doubled: 0, corpus: 'packages' })
    t.equal(Number(first['done']) + Number(first['review']), 12)
    t.equal(
      Number(first['agree']) + Number(first['disagree']) + Number(first['unlabelled']),
      first['done'],
    )
    const applied = registerLines(root).filter(({ result }) => result === 'applied')
    t.equal(applied.length, first['done'])
    t.equal(new Set(applied.map((line) => line['package'])).size, first['done'])
    t.end()
  })

  t.test('it says which model speaks, what came of it and how to go on', (t) => {
    t.match(started.said(), /model: the stand-in: rules, not an LLM/)
    t.match(started.said(), /licence found +verdict +packages +as declared +as settled/)
    t.match(started.said(), /npx pawl trace \S+@\S+/)
    t.match(started.said(), /npx pawl review/)
    t.match(started.said(), /psql postgres:\/\//)
    t.match(started.said(), / · ~\$\d+\.\d+ at list price · /)
    t.match(endsIn(started.said()), /^PostgreSQL has stopped; `npx pawl db start`[^\n]+$/)
    t.end()
  })

  t.test('nothing is left running', (t) => {
    t.equal(postmaster(root), undefined)
    const processes = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout
    t.notOk(processes.includes(root), 'no process names the checkout')
    t.end()
  })

  await t.test('started again it does nothing twice and counts the same', async (t) => {
    const again = await figuresOf(t, root, ['--limit', '12'])
    t.same({ ...again, elapsed_ms: 0 }, { ...first, elapsed_ms: 0 })
  })

  await t.test('a finding that the register lost, or got twice, is counted', async (t) => {
    const log_file = join(root, '.pawl/register.jsonl')
    const text = readFileSync(log_file, 'utf8')
    const [line] = registerLines(root)
    const register = await startRegister({ port: 0, log_file, dedupe: false })
    const response = await fetch(`${register.url}/findings`, {
      method: 'POST',
      headers: { 'idempotency-key': String(line?.['key']) },
      body: JSON.stringify(line?.['finding']),
    })
    t.equal(response.status, 200)
    await register.close()
    t.match(await figuresOf(t, root, ['--limit', '12']), { lost: 0, doubled: 1 })
    writeFileSync(log_file, text.slice(text.indexOf('\n') + 1))
    t.match(await figuresOf(t, root, ['--limit', '12']), { lost: 1, doubled: 0 })
    writeFileSync(log_file, text)
  })

  await t.test('the outcomes are labelled, once, and by whom', async (t) => {
    const kept = npmStart(t, root, ['--limit', '12', '--keep', '--json'])
    await kept.ended
    t.teardown(() => stopEmbedded(root))
    t.match(endsIn(kept.said()), /^PostgreSQL goes on running \(--keep\)[^\n]+$/)
    const url = /psql (\S+)/.exec(kept.said())?.[1] ?? ''
    const [row] = await ask(
      url,
      `select count(correct)::int as labelled, count(distinct labelled_at)::int as times,
        array_agg(distinct label_source) filter (where correct is not null) as sources
       from pawl.assessments`,
    )
    t.match(row, { times: 1 })
    t.match(row, { sources: /package.json declaration/ })
    t.same(await ask(url, 'select * from pawl.verify()'), [])
  })
})

t.test('Ctrl-C leaves everything so that the next start goes on', async (t) => {
  const root = freshCheckout(t)
  const started = npmStart(t, root, ['--limit', '20'])
  await findingsApplied(root, 5)
  started.signal('SIGINT')
  const { signal } = await started.ended
  t.equal(signal, 'SIGINT')
  t.match(started.said(), /the next `npm start` goes on from here/)
  t.equal(postmaster(root), undefined, 'PostgreSQL was stopped')
  const before = registerLines(root).filter(({ result }) => result === 'applied').length
  t.ok(before > 0 && before < 20, `${before} findings before`)
  t.match(await figuresOf(t, root, ['--limit', '20']), {
    packages: 20,
    failed: 0,
    lost: 0,
    doubled: 0,
  })
})

t.test('after a kill -9 of everything the next start goes on', async (t) => {
  const root = freshCheckout(t)
  const started = npmStart(t, root, ['--limit', '20'])
  await findingsApplied(root, 5)
  started.signal('SIGKILL')
  process.kill(postmaster(root) ?? 0, 'SIGKILL')
  await started.ended
  t.match(await figuresOf(t, root, ['--limit', '20']), {
    packages: 20,
    failed: 0,
    lost: 0,
    doubled: 0,
  })
})

t.test('what cannot be is refused in one line, and nothing is started', async (t) => {
  const root = freshCheckout(t)
  const refused = async (args: string[], env?: Record<string, string>) => {
    const { code, stderr } = await npmStart(t, root, args, env).ended
    return { code, lines: stderr.split('\n').filter((line) => /^npm start:|^pawl:/.test(line)) }
  }
  t.match(await refused(['--limit', '0']), { code: 2, lines: [/--limit takes a whole number/] })
  t.match(await refused(['--limt', '1']), { code: 2, lines: [/Unknown option '--limt'/] })
  t.match(await refused(['--corpus', 'x']), { code: 2, lines: [/there are two corpora/] })
  t.match(await refused(['--spend', '3']), { code: 2, lines: [/--spend goes with --real/] })
  t.match(await refused(['--real']), { code: 1, lines: [/there is no ANTHROPIC_API_KEY/] })
  const nowhere = { DATABASE_URL: 'postgres://127.0.0.1:1/none' }
  t.match(await refused([], nowhere), { code: 1, lines: [/no database at 127.0.0.1:1/] })
  t.same(registerLines(root), [])
})
