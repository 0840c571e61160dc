/**
 * Postgres is killed with -9 again and again, while tasks are submitted and worked on.  Whoever
 * was told that their task is there finds it there afterwards, and work goes on within seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { connectionConfig } from '../../../src/database/connection.ts'
import { seeded } from '../../fixtures/seeded.ts'
import { until } from '../../fixtures/until.ts'
import { Crew, counted } from './crowd.ts'
import type { Report } from './report.ts'
import type { CaseEnd } from './run_case.ts'
import { Lane, type Outside, type World } from './world.ts'

export type PowerCutOptions = { seed: number; cuts: number }

const FIRST_ID = 20_000_000
const WORKERS = 2
const PROGRESS_MS_MAX = 5_000
const END_MS_MAX = 120_000
/** Between two cuts, at most. */
const CALM_MS_MAX = 1_500
const BREATH_MS = 20

export async function runPowerCuts(options: PowerCutOptions, outside: Outside, report: Report) {
  const lane = await Lane.open()
  const name = `${options.cuts} kills of Postgres`
  try {
    await using world = await lane.world('ready', outside)
    report.add(name, await powerCuts(world, options, report), report.sums.cases + 1)
  } finally {
    await lane.close()
  }
}

async function powerCuts(world: World, options: PowerCutOptions, report: Report): Promise<CaseEnd> {
  const { seed, cuts } = options
  const random = seeded(seed)
  const crew = new Crew(world.url, WORKERS, random)
  // A worker that finds no Postgres when it starts ends: whoever started it starts it again.
  await crew.begun()
  const inserter = new Inserter(world.url)
  const faults: string[] = []
  for (let cut = 1; cut <= cuts; cut++) {
    const enough = inserter.acknowledged.length + 3
    await until('inserts go on', () => inserter.acknowledged.length >= enough, END_MS_MAX)
    await sleep(random() * CALM_MS_MAX)
    await world.lane.cluster.kill()
    await world.lane.cluster.start()
    const ms = await progress(world)
    if (ms > PROGRESS_MS_MAX) faults.push(`after cut ${cut} nothing moved for ${Math.round(ms)} ms`)
    report.note(`kill ${cut} of ${cuts} of Postgres · work went on after ${Math.round(ms)} ms`)
  }
  const ids = await inserter.stop()
  await settled(world, faults)
  faults.push(...(await crew.dismiss()))
  faults.push(...(await missing(world, inserter.acknowledged)))
  // A task whose insert was never acknowledged may be there or not: those that are count, too.
  const there = await world.rows<{ id: number }>(
    `select (input ->> 'id')::integer as id from pawl.tasks`,
  )
  const known = there.map((row) => row.id)
  if (known.some((id) => !ids.includes(id))) faults.push('there are tasks nobody asked for')
  return counted(world, { ids: known, fired: cuts, faults })
}

/** From ready until a transition is written. */
async function progress(world: World): Promise<number> {
  const ready_at = performance.now()
  const text = 'select count(*)::integer as transitions from pawl.transitions where revision > 0'
  const [before] = await world.rows<{ transitions: number }>(text)
  await until(
    'work goes on',
    async () => {
      const [now] = await world.rows<{ transitions: number }>(text)
      return (now?.transitions ?? 0) > (before?.transitions ?? 0)
    },
    END_MS_MAX,
  )
  return performance.now() - ready_at
}

async function settled(world: World, faults: string[]): Promise<void> {
  // What was acknowledged just before a cut may lack its event.
  const rows = await world.rows<{ task_id: string }>(
    `select task_id from pawl.tasks where finished_at is null`,
  )
  await world.pay(rows.map((row) => row.task_id))
  const all = async () => {
    const { tasks, ended } = await world.ended()
    return tasks === ended
  }
  await until('every task ends', all, END_MS_MAX).catch((error) => void faults.push(String(error)))
}

async function missing(world: World, acknowledged: readonly string[]): Promise<string[]> {
  const there = await world.rows('select from pawl.tasks where task_id = any ($1)', [acknowledged])
  const gone = acknowledged.length - there.length
  return gone > 0 ? [`${gone} acknowledged inserts are gone`] : []
}

/** Inserts one task after another, and remembers whose insert was acknowledged. */
class Inserter {
  readonly acknowledged: string[] = []
  readonly #asked: number[] = []
  readonly #pool: pg.Pool
  #stopping = false
  readonly #done: Promise<void>

  constructor(url: string) {
    this.#pool = new pg.Pool({ ...connectionConfig(url, 'pawl_submitter'), max: 1 })
    this.#pool.on('error', () => undefined)
    this.#done = this.#run()
  }

  async #run(): Promise<void> {
    for (let id = FIRST_ID; !this.#stopping; id++) {
      this.#asked.push(id)
      try {
        const { rows } = await this.#pool.query<{ task_id: string }>(
          'insert into pawl.tasks (machine, input) values ($1, $2) returning task_id',
          ['errand', { id }],
        )
        this.acknowledged.push(...rows.map((row) => row.task_id))
        await this.#pool.query(`select pawl.send_event($1, '{"type": "PAID"}', key => 'paid')`, [
          rows[0]?.task_id,
        ])
      } catch {
        // Nobody was told that it is there.
      }
      await sleep(BREATH_MS)
    }
  }

  /** The ids it asked for. */
  async stop(): Promise<number[]> {
    this.#stopping = true
    await this.#done
    await this.#pool.end()
    return this.#asked
  }
}
