/**
 * W5: a worker is killed with -9 while it has steps in hand.  How long until each of its tasks
 * goes on with another?  Where nobody saw it die, so that only its silence tells; as a child of
 * `pawl dev`, whose parent sees it and says so; and unseen again, where others take its place and
 * find a long queue.
 */
import { hostname } from 'node:os'
import { buryProcess } from '../src/database/bury.ts'
import { BRIEF, MORTAL } from './app.ts'
import type { Bench, WorkerProcess } from './bench.ts'
import { type BenchDatabase, pause } from './database.ts'
import { quantile, shown } from './figures.ts'
import { W5_PEERS } from './peers.ts'
import type { Options, Report, Row, Workload } from './workload.ts'

const KILLS = 10
const HOW = ['unseen', 'seen', 'queued'] as const
type How = (typeof HOW)[number]
const CONCURRENCY = 40
/** In two workers: there is room for all that one of them leaves. */
const TASKS = 40
/** Of brief tasks, so that hands are full and yet some are always free soon. */
const QUEUE = 2000
/** Between two kills: not in step with any heartbeat. */
const REST_MS = { least: 1000, most: 2000 }
/** What has not gone on by then counts as if it did then. */
const LATE_MS = 20_000

export const w5: Workload = {
  name: 'W5',
  title: 'kill -9 of one of two workers with steps in hand',
  by_default: true,
  run: measure,
}

async function measure(bench: Bench, { repeats, quick }: Options): Promise<Report> {
  const kills = repeats ?? (quick ? 1 : KILLS)
  const db = await bench.database()
  const crew = [await bench.work(db, CONCURRENCY), await bench.work(db, CONCURRENCY)]
  const waits = { unseen: [0].slice(1), seen: [0].slice(1), queued: [0].slice(1) }
  for (const how of HOW) {
    for (let kill = 0; kill < kills; kill++) {
      if (how === 'queued') await fillUp(db, BRIEF.machine, QUEUE)
      else await fillUp(db, MORTAL.machine, TASKS)
      waits[how].push(...(await killOne({ bench, db, crew }, how)))
    }
  }
  for (const worker of crew) await worker.kill()
  await bench.drop(db)
  const settings = { workers: 2, concurrency: CONCURRENCY, kills, tasks: TASKS, queue: QUEUE }
  return { ...reportOf(waits), settings }
}

async function fillUp(db: BenchDatabase, machine: string, tasks: number): Promise<void> {
  const live = await db.one<number>(
    `select count(*)::integer as value from pawl.tasks where finished_at is null`,
  )
  if (live < tasks) await db.submit(machine, tasks - live)
}

type Site = { bench: Bench; db: BenchDatabase; crew: WorkerProcess[] }

/** Seconds from its death, for each task it had a step of in hand. */
async function killOne({ bench, db, crew }: Site, how: How): Promise<number[]> {
  await pause(REST_MS.least + Math.random() * (REST_MS.most - REST_MS.least))
  const victim = crew.shift()
  if (!victim) throw new Error('nobody is left to be killed')
  const { worker_id, pid } = victim
  await victim.kill()
  const died_at = await db.one<Date>('select clock_timestamp() as value')
  const held = await db.query<{ task_id: string }>(
    'select task_id from pawl.attempts where worker_id = $1 and finished_at is null',
    [worker_id],
  )
  if (how === 'seen') await buryProcess(db.url, hostname(), pid)
  const task_ids = held.map((it) => it.task_id)
  // The survivor has room for all; but where there is a queue its hands are full, too.
  if (how === 'queued') crew.push(await bench.work(db, CONCURRENCY))
  const waits = await untilGoneOn(db, { worker_id, died_at, task_ids })
  if (how !== 'queued') crew.push(await bench.work(db, CONCURRENCY))
  return waits
}

type Death = { worker_id: string; died_at: Date; task_ids: string[] }

/** A task has gone on when somebody else has begun an attempt at one of its steps. */
async function untilGoneOn(
  db: BenchDatabase,
  { worker_id, died_at, task_ids }: Death,
): Promise<number[]> {
  for (const late = performance.now() + LATE_MS; ; await pause(100)) {
    const rows = await db.look<{ wait_s: number }>(
      `select extract(epoch from min(started_at) - $2::timestamptz)::float8 as wait_s
       from pawl.attempts
       where task_id = any ($1) and worker_id <> $3 and started_at > $2
       group by task_id`,
      [task_ids, died_at, worker_id],
    )
    const missing = task_ids.length - rows.length
    if (missing > 0 && performance.now() < late) continue
    return [...rows.map((it) => it.wait_s), ...Array<number>(missing).fill(LATE_MS / 1000)]
  }
}

function reportOf({ unseen, seen, queued }: Record<How, number[]>) {
  const figures = {
    unseen_s_p50: quantile(unseen, 0.5),
    unseen_s_p99: quantile(unseen, 0.99),
    seen_s_p50: quantile(seen, 0.5),
    seen_s_p99: quantile(seen, 0.99),
    queued_s_p50: quantile(queued, 0.5),
    queued_s_p99: quantile(queued, 0.99),
    tasks: unseen.length + seen.length + queued.length,
  }
  const table: Row[] = [
    ['nobody saw it: median, s', shown(figures.unseen_s_p50)],
    ['nobody saw it: p99, s', shown(figures.unseen_s_p99), 'under 6'],
    ['its parent saw it: median, s', shown(figures.seen_s_p50)],
    ['its parent saw it: p99, s', shown(figures.seen_s_p99), 'under 6'],
    [`unseen, ${QUEUE} waiting: median, s`, shown(figures.queued_s_p50)],
    [`unseen, ${QUEUE} waiting: p99, s`, shown(figures.queued_s_p99), 'under 6'],
    ['tasks that went on elsewhere', shown(figures.tasks)],
  ]
  const ours = ['pawl, here', `${shown(figures.unseen_s_p99)} s (p99 until its tasks go on)`]
  return { figures, table, peers: { heads: W5_PEERS.heads, rows: [ours, ...W5_PEERS.rows] } }
}
