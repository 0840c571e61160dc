/**
 * `npm run bench [-- W1 W3 --json]`: how fast, on this machine, now.  Figures are printed, never
 * asserted.  A fresh embedded PostgreSQL with fsync and synchronous_commit on, 24 months of
 * partitions, one worker process where nothing else is said, the full diary: a transition, a step
 * and an attempt row for each step.
 */
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { audit } from './audit.ts'
import { Bench, MONTHS, SHARED_BUFFERS } from './bench.ts'
import { jsonLine, printed } from './print.ts'
import { w1 } from './w1.ts'
import { w2 } from './w2.ts'
import { w3 } from './w3.ts'
import { w4 } from './w4.ts'
import { w5 } from './w5.ts'
import { w6 } from './w6.ts'
import { w7 } from './w7.ts'
import { w8 } from './w8.ts'
import type { Options, Report, Workload } from './workload.ts'

const WORKLOADS = [w1, w2, w3, w4, w5, w6, w7, w8, audit]

const { values, positionals } = args()

// No worker may reach a real model, and only its trouble is news.
delete process.env['ANTHROPIC_API_KEY']
process.env['PAWL_LOG_LEVEL'] = 'warn'

const options: Options = {
  repeats: values.repeats === undefined ? undefined : numberOf('repeats', values.repeats),
  minutes: numberOf('minutes', values.minutes),
  quick: values.quick,
}
const chosen = choose(positionals)
const bench = await Bench.start()
process.once('SIGINT', () => void bench.end().then(() => process.exit(130)))
try {
  if (!values.json) console.log(`${heading()}\n`)
  for (const workload of chosen) {
    const report = withMachine(await workload.run(bench, options))
    console.log(values.json ? jsonLine(workload, report) : printed(workload, report))
  }
} finally {
  await bench.end()
}

function args() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        repeats: { type: 'string' },
        minutes: { type: 'string', default: '30' },
        quick: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(2)
  }
}

function numberOf(option: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  console.error(`--${option} takes a whole number from 1 to 9999, not ${JSON.stringify(text)}`)
  process.exit(2)
}

function choose(names: readonly string[]): Workload[] {
  for (const name of names) {
    if (WORKLOADS.some((it) => it.name === name)) continue
    console.error(`there is no workload ${name}: ${WORKLOADS.map((it) => it.name).join(', ')}`)
    process.exit(2)
  }
  return WORKLOADS.filter((it) => (names.length > 0 ? names.includes(it.name) : it.by_default))
}

function heading(): string {
  const cores = `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`
  const server = `fsync and synchronous_commit on, shared_buffers ${SHARED_BUFFERS}, ${MONTHS} months`
  return `${cores}, Node ${process.versions.node}, embedded PostgreSQL: ${server}`
}

function withMachine(report: Report): Report {
  const machine = {
    months: MONTHS,
    cores: availableParallelism(),
    ...(options.quick && { quick: true }),
  }
  return { ...report, settings: { ...report.settings, ...machine } }
}
