/**
 * W7: one task with a long life.  A task goes on from its snapshot and never replays, so its
 * hundred thousandth transition should cost what its first did.
 */
import { ENDLESS } from './app.ts'
import type { Bench } from './bench.ts'
import { type BenchDatabase, pause } from './database.ts'
import { rounded, shown } from './figures.ts'
import { CONCURRENCY } from './five_steps.ts'
import { cpuSeconds, postgresCpuSeconds } from './processes.ts'
import type { Options, Report, Row, Workload } from './workload.ts'

const DECILES = 10
const LOOK_MS = 100

export const w7: Workload = {
  name: 'W7',
  title: 'one task of 100,000 transitions',
  by_default: true,
  run: measure,
}

type Look = { revision: number; worker_s: number; postgres_s: number; elapsed_s: number }

async function measure(bench: Bench, { quick }: Options): Promise<Report> {
  const steps = quick ? 1000 : ENDLESS.steps
  const db = await bench.database()
  const worker = await bench.work(db, CONCURRENCY)
  const task_id = await db.one<string>(
    `insert into pawl.tasks (machine, input) values ($1, $2) returning task_id as value`,
    [ENDLESS.machine, { n: steps }],
  )
  const looks = await watch({ bench, db, task_id, pid: worker.pid })
  const worker_mb = worker.peakMb()
  await worker.stop()
  await bench.drop(db)
  const transitions = looks.at(-1)?.revision ?? 0
  return { ...reportOf(looks, transitions, worker_mb), settings: { transitions } }
}

type Site = { bench: Bench; db: BenchDatabase; task_id: string; pid: number }

async function watch({ bench, db, task_id, pid }: Site): Promise<Look[]> {
  const text = `
    select revision::integer, finished_at is not null as finished
    from ${await db.leaf('tasks')} where task_id = $1`
  const looks: Look[] = []
  for (;;) {
    const [row] = await db.look<{ revision: number; finished: boolean }>(text, [task_id])
    looks.push({
      revision: row?.revision ?? 0,
      worker_s: cpuSeconds(pid),
      postgres_s: postgresCpuSeconds(bench.pid),
      elapsed_s: performance.now() / 1000,
    })
    if (row?.finished) return looks
    await pause(LOOK_MS)
  }
}

type Cost = 'worker_s' | 'postgres_s' | 'elapsed_s'

function reportOf(looks: readonly Look[], transitions: number, worker_mb: number) {
  const deciles = (cost: Cost) =>
    Array.from({ length: DECILES }, (_, index) => {
      const spent =
        at(looks, cost, ((index + 1) / DECILES) * transitions) -
        at(looks, cost, (index / DECILES) * transitions)
      return rounded((spent / (transitions / DECILES)) * 1000)
    })
  const [ms, worker, postgres] = [deciles('elapsed_s'), deciles('worker_s'), deciles('postgres_s')]
  const growth = (costs: readonly number[]) => (costs.at(-1) ?? 0) / (costs[0] ?? 0)
  const figures = {
    ms_per_step_first_decile: ms[0] ?? 0,
    ms_per_step_last_decile: ms.at(-1) ?? 0,
    last_against_first: growth(ms),
    worker_cpu_ms_last_against_first: growth(worker),
    postgres_cpu_ms_last_against_first: growth(postgres),
    worker_mb,
  }
  const table: Row[] = [
    ['ms per step, by tenths', ms.map(shown).join(' '), 'flat'],
    ['CPU ms per step, worker', worker.map(shown).join(' '), 'flat'],
    ['CPU ms per step, Postgres', postgres.map(shown).join(' '), 'flat'],
    ['the last tenth against the first', shown(figures.last_against_first)],
    ['worker memory, MB', shown(worker_mb)],
  ]
  return { figures, table }
}

/** What had been spent by that revision, in between two looks on a straight line. */
function at(looks: readonly Look[], cost: Cost, revision: number): number {
  const after = looks.findIndex((it) => it.revision >= revision)
  const [one, other] = [looks[Math.max(0, after - 1)], looks[after]]
  if (!one || !other) return Number.NaN
  if (other.revision === one.revision) return other[cost]
  const share = (revision - one.revision) / (other.revision - one.revision)
  return one[cost] + share * (other[cost] - one[cost])
}
