/**
 * Where a case happens: a lane has a cluster of its own, so that its Postgres can be stopped, and
 * each case a database in it.  The world outside is one for all, and tells tasks apart by id.
 */
import pg from 'pg'
import { registerApp } from '../../../src/app/register.ts'
import { connectionConfig } from '../../../src/database/connection.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { makeTestCluster, type TestCluster } from '../../fixtures/cluster.ts'
import { once } from '../../fixtures/database.ts'
import { type EffectsServer, effectsServer } from '../../fixtures/effects_server.ts'
import { until } from '../../fixtures/until.ts'
import app from './app.ts'
import type { Workflow } from './points.ts'
import { startVoice } from './voice.ts'

/** Quick, but not so quick that nothing is ever under way. */
const LATENCY_MS = 5
const PATIENCE_MS = 60_000

/** How many; `current`: of the current version of their machine. */
export type Ended = { tasks: number; ended: number; succeeded: number; current: number }

export type Outside = { effects: EffectsServer; close(): Promise<void> }

/** Workers are told where it is by the environment. */
export async function openOutside(): Promise<Outside> {
  const effects = await effectsServer(LATENCY_MS)
  const voice = await startVoice()
  process.env['EFFECTS_URL'] = effects.url
  process.env['VOICE_URL'] = voice.url
  return {
    effects,
    async close() {
      await effects.close()
      await voice.close()
    },
  }
}

export class Lane {
  readonly cluster: TestCluster
  #databases = 0

  private constructor(cluster: TestCluster) {
    this.cluster = cluster
  }

  static async open(): Promise<Lane> {
    const cluster = await makeTestCluster(undefined, { shared_buffers: '64MB' })
    const server = cluster.url('postgres')
    await once(server, 'create database bare')
    await migrate(cluster.url('bare'), { log: () => undefined })
    await once(server, 'create database ready template bare')
    await registerApp(cluster.url('ready'), app)
    return new Lane(cluster)
  }

  /** `bare`: migrated, and no machine is known yet. */
  async world(template: 'bare' | 'ready', outside: Outside): Promise<World> {
    const name = `case_${++this.#databases}`
    await patiently(() =>
      once(this.cluster.url('postgres'), `create database ${name} template ${template}`),
    )
    return new World(this, outside, name)
  }

  async close(): Promise<void> {
    await this.cluster.remove()
  }
}

export class World implements AsyncDisposable {
  readonly url: string
  readonly lane: Lane
  readonly outside: Outside
  readonly #name: string
  readonly #pool: pg.Pool

  constructor(lane: Lane, outside: Outside, name: string) {
    this.lane = lane
    this.outside = outside
    this.#name = name
    this.url = lane.cluster.url(name)
    this.#pool = new pg.Pool({ ...connectionConfig(this.url), application_name: 'prove', max: 2 })
    this.#pool.on('error', () => undefined)
  }

  /** Asked again while Postgres is not there. */
  async rows<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return patiently(async () => (await this.#pool.query<Row>(text, values)).rows)
  }

  /** Under keys, so that asking again doubles nothing.  Events wait in the inbox. */
  async submit(workflow: Workflow, ids: readonly number[], paid = true): Promise<string[]> {
    const rows = await this.rows<{ task_id: string }>(
      `select pawl.submit_task($1, jsonb_build_object('id', n), key => $1 || ' ' || n) as task_id
       from unnest($2::integer[]) as n`,
      [workflow, ids],
    )
    const task_ids = rows.map((row) => row.task_id)
    if (workflow === 'errand' && paid) await this.pay(task_ids)
    return task_ids
  }

  async pay(task_ids: readonly string[]): Promise<void> {
    await this.rows(
      `select pawl.send_event(t, '{"type": "PAID"}', key => 'paid') from unnest($1::uuid[]) as t`,
      [task_ids],
    )
  }

  async ended(): Promise<Ended> {
    const [row] = await this.rows<Ended>(
      `select count(*)::integer as tasks, count(finished_at)::integer as ended,
         count(*) filter (where status = 'succeeded')::integer as succeeded,
         count(*) filter (where current)::integer as current
       from pawl.tasks join pawl.machines using (machine_id)`,
    )
    if (!row) throw new Error('no row')
    return row
  }

  /** What keeps those that do not end. */
  async stuck(): Promise<string> {
    const rows = await this.rows(
      `select t.task_id, t.machine, t.state, t.status, t.woken_at, clock_timestamp() as now,
         (select json_agg(json_build_array(s.step_no, s.src, s.status, s.wake_at) order by s.step_no)
          from pawl.steps as s where s.task_id = t.task_id) as steps,
         (select json_agg(json_build_array(a.step_no, a.attempt, a.outcome, a.started_at))
          from pawl.attempts as a where a.task_id = t.task_id) as attempts,
         (select json_agg(json_build_array(j.task_identifier, j.locked_at, j.run_at, j.attempts))
          from graphile_worker._private_jobs as p join graphile_worker.jobs as j using (id)
          where p.payload::text like '%' || t.task_id || '%') as jobs
       from pawl.tasks as t where finished_at is null limit 2`,
    )
    return JSON.stringify(rows)
  }

  async verify(): Promise<unknown[]> {
    return this.rows('select * from pawl.verify()')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end()
    const drop = `drop database if exists ${this.#name} with (force)`
    await patiently(() => once(this.lane.cluster.url('postgres'), drop))
  }
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  let last: unknown
  return until(
    'Postgres answers',
    () =>
      work().then(
        (value) => ({ value }),
        (error) => {
          last = error
          return isFault(error) ? Promise.reject(error) : undefined
        },
      ),
    PATIENCE_MS,
  ).then(
    ({ value }) => value,
    (error) => {
      throw new Error(String(last ?? error), { cause: last ?? error })
    },
  )
}

/** Not merely away. */
function isFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(?:22|23|42|PW|P0|55)/.test(code)
}
