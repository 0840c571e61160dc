/**
 * `npm run bench`: how fast, on this machine, now.  Figures are printed, never asserted.  The
 * database is a fresh embedded PostgreSQL with fsync on and 24 months of partitions; one worker
 * process; the full diary (a transition, a step and an attempt row for each step).
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { registerApp } from '../src/app/register.ts'
import { startEmbedded } from '../src/database/embedded.ts'
import { migrate } from '../src/database/migrate.ts'
import app from './app.ts'
import { audit } from './audit.ts'

const TASKS = 2000
const STEPS = 5
const REPEATS = 3
const LATENCIES = 200
const MONTHS = 24

delete process.env['ANTHROPIC_API_KEY']
const as_json = process.argv.includes('--json')
const root = await mkdtemp(join(tmpdir(), 'pawl-bench-'))
const quiet = () => undefined
const postgres = await startEmbedded({ root, log: quiet })
try {
  await migrate(postgres.url, { log: quiet })
  await registerApp(postgres.url, app)
  const client = new pg.Client(postgres.url)
  await client.connect()
  await client.query('select pawl.make_months(ahead => $1)', [MONTHS - 1])
  const worker = await startBenchWorker(postgres.url)
  const throughput = await steps(client)
  const latency = await latencies(client)
  const memory = await stopBenchWorker(worker)
  await client.query('create database audit')
  await client.end()
  const audited = await audit(postgres.url.replace(/\/pawl$/, '/audit'))
  report({ ...throughput, ...latency, ...memory, ...audited })
} finally {
  await postgres.stop()
  await rm(root, { recursive: true, force: true })
}

/** 2,000 tasks of 5 trivial steps, enqueued up front; the median of three runs. */
async function steps(client: pg.Client) {
  const rates: number[] = []
  for (let run = 0; run < REPEATS; run++) {
    const started = performance.now()
    await client.query(
      `insert into pawl.tasks (machine, input)
       select 'five_steps', jsonb_build_object('n', n) from generate_series(1, $1) as n`,
      [TASKS],
    )
    await drained(client)
    rates.push((TASKS * STEPS * 1000) / (performance.now() - started))
  }
  return { steps_per_s: Math.round(median(rates)), steps_per_s_runs: rates.map(Math.round) }
}

async function drained(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ live: boolean }>(
      'select exists (select from pawl.tasks where finished_at is null) as live',
    )
    if (rows[0]?.live === false) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** One task at a time on an idle system: from its insert to its first step, and to its end. */
async function latencies(client: pg.Client) {
  const first: number[] = []
  const whole: number[] = []
  for (let n = 0; n < LATENCIES; n++) {
    const { rows } = await client.query<{ task_id: string }>(
      `insert into pawl.tasks (machine, input) values ('five_steps', '{"n": 1}') returning task_id`,
    )
    const task_id = rows[0]?.task_id
    for (let ended = false; !ended; ) {
      const { rows: seen } = await client.query<{ first_ms: number; whole_ms: number | null }>(
        `select
           extract(epoch from s.opened_at - t.created_at)::float8 * 1000 as first_ms,
           extract(epoch from t.finished_at - t.created_at)::float8 * 1000 as whole_ms
         from pawl.tasks as t
         join pawl.steps as s on s.task_id = t.task_id and s.step_no = 1
         where t.task_id = $1`,
        [task_id],
      )
      const whole_ms = seen[0]?.whole_ms
      ended = whole_ms !== null && whole_ms !== undefined
      if (ended) {
        first.push(seen[0]?.first_ms ?? 0)
        whole.push(whole_ms ?? 0)
      }
    }
  }
  return {
    insert_to_first_step_p50_ms: round(quantile(first, 0.5)),
    insert_to_first_step_p95_ms: round(quantile(first, 0.95)),
    five_step_task_p50_ms: round(quantile(whole, 0.5)),
    five_step_task_p95_ms: round(quantile(whole, 0.95)),
  }
}

async function startBenchWorker(url: string): Promise<ChildProcess> {
  const worker = fork(join(import.meta.dirname, 'worker.ts'), {
    env: { ...process.env, BENCH_URL: url },
    // As `pawl dev` starts its workers.
    execArgv: ['--max-semi-space-size=4'],
  })
  await once(worker, 'message')
  return worker
}

async function stopBenchWorker(worker: ChildProcess): Promise<{ worker_rss_mb: number }> {
  const exited = once(worker, 'exit')
  worker.send('stop')
  const [{ rss_mb }] = await once(worker, 'message')
  await exited
  return { worker_rss_mb: rss_mb }
}

type Figures = Record<string, number | number[]>

function report(figures: Figures): void {
  const settings = { tasks: TASKS, steps: STEPS, months: MONTHS, cores: availableParallelism() }
  if (as_json) {
    console.log(JSON.stringify({ ...settings, ...figures }))
    return
  }
  console.log(`one worker process, fsync on, ${JSON.stringify(settings)}`)
  for (const [name, value] of Object.entries(figures)) {
    console.log(`  ${name.padEnd(32)} ${Array.isArray(value) ? value.join(' · ') : value}`)
  }
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
