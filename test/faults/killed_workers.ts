/**
 * Workers killed with -9 while they have a step in hand: nothing is lost and nothing is done
 * twice.  Half of the dead are buried at once, as the parent of a worker process does; the other
 * half fall silent and are found by the sweep of another worker.
 */
import { hostname } from 'node:os'
import t, { type Test } from 'tap'
import { registerApp } from '../../src/app/register.ts'
import { buryProcess } from '../../src/database/bury.ts'
import parcels from '../fixtures/apps/parcels.ts'
import { freshDatabase, type TestDatabase } from '../fixtures/database.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import {
  checkParcels,
  countEnded,
  PARCELS_APP,
  submitParcels,
  untilAllEnded,
} from '../fixtures/parcels.ts'
import { seeded } from '../fixtures/seeded.ts'
import { until } from '../fixtures/until.ts'
import { type WorkerProcess, workerProcess } from '../fixtures/workers.ts'

const TASKS = 200
const KILLS = 20
const WORKERS = 3
const SEED = 20261122
const LATENCY_MS = 30
/** A kill after every so many tasks that ended. */
const PACE = Math.floor((TASKS * 0.9) / KILLS)

t.setTimeout(120_000)

t.test('a worker killed 20 times during 200 tasks costs no effect and doubles none', async (t) => {
  const db = await freshDatabase(t)
  await registerApp(db.url, parcels)
  const outside = await effectsServer(LATENCY_MS)
  t.teardown(() => outside.close())
  const crew = new Crew(t, db, outside.url)
  await submitParcels(db, TASKS)
  await Promise.all(Array.from({ length: WORKERS }, () => crew.hire()))

  const random = seeded(SEED)
  let kills = 0
  for (let tries = 0; kills < KILLS && tries < KILLS * 3; tries++) {
    await until('tasks go on', async () => (await countEnded(db)) >= kills * PACE, 60_000)
    const hit = await crew.kill(random)
    if (hit) kills++
    crew.replace()
  }
  t.equal(kills, KILLS, 'each of the 20 kills hit a worker with a step in hand')

  await untilAllEnded(db, TASKS, 60_000)
  await crew.dismiss()
  await checkParcels(t, db, outside, TASKS)
  const { rows } = await db.query<{ outcome: string; count: number }>(
    `select outcome, count(*)::integer from pawl.attempts where outcome = 'lost' group by outcome`,
  )
  t.ok((rows[0]?.count ?? 0) >= KILLS, 'each kill cost at least one attempt')
  const { rows: buried } = await db.query<{ at_once: boolean }>(
    `select distinct buried_at - heartbeat_at < interval '4.5 seconds' as at_once
     from pawl.workers where buried_at is not null order by 1`,
  )
  t.same(buried, [{ at_once: false }, { at_once: true }], 'some buried at once, some by the sweep')
})

/** The worker processes of a run; each that is killed is replaced by another. */
class Crew {
  readonly #t: Test
  readonly #db: TestDatabase
  readonly #outside: string
  readonly #alive = new Map<number, WorkerProcess>()
  #hiring: Promise<void>[] = []
  #dead = 0

  constructor(t: Test, db: TestDatabase, outside: string) {
    this.#t = t
    this.#db = db
    this.#outside = outside
  }

  async hire(): Promise<void> {
    const env = { PARCELS_URL: this.#outside }
    const options = { url: this.#db.url, app: PARCELS_APP, concurrency: 8, env }
    const worker = await workerProcess(this.#t, options)
    this.#alive.set(worker.pid, worker)
  }

  replace(): void {
    this.#hiring.push(this.hire())
  }

  /** True where the one that was killed had a step in hand at that moment. */
  async kill(random: () => number): Promise<boolean> {
    const pids = await until('somebody has a step in hand', () => this.#busy())
    const victim = this.#alive.get(pids[Math.floor(random() * pids.length)] ?? 0)
    if (!victim) throw new Error('a worker of nobody')
    this.#alive.delete(victim.pid)
    await victim.kill()
    // Nobody can have buried it yet: the sweep waits for the lease to end.
    const { rows } = await this.#db.query(
      'select from pawl.attempts where worker_id = $1 and finished_at is null',
      [victim.worker_id],
    )
    if (this.#dead++ % 2 === 0) await buryProcess(this.#db.url, hostname(), victim.pid)
    return rows.length > 0
  }

  async #busy(): Promise<number[] | undefined> {
    const { rows } = await this.#db.query<{ pid: number }>(
      `select distinct w.pid
       from pawl.attempts as a
       join pawl.workers as w using (worker_id)
       where a.finished_at is null
         and w.pid = any ($1)
       order by w.pid`,
      [[...this.#alive.keys()]],
    )
    return rows.length > 0 ? rows.map((row) => row.pid) : undefined
  }

  /** All that are left stop as they should. */
  async dismiss(): Promise<void> {
    await Promise.all(this.#hiring)
    for (const worker of this.#alive.values()) {
      this.#t.equal(await worker.stop(), 0, `a worker stops in good order ${worker.said()}`)
    }
  }
}
