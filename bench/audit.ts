/**
 * The licence audit as a workload: every installed package, in a database of its own, with the
 * stand-in model, until none is left that code can decide.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { shown } from './figures.ts'
import { childrenOf, commandLine, peakMb } from './processes.ts'
import type { Report, Row, Workload } from './workload.ts'

const MAIN = join(import.meta.dirname, '..', 'examples', 'licence_audit', 'main.ts')
const SAMPLE_MS = 250

export const audit: Workload = {
  name: 'audit',
  title: 'the licence audit of every installed package, 2 worker processes',
  by_default: true,
  run: measure,
}

async function measure(bench: Bench): Promise<Report> {
  const { said, worker_mb } = await run(await bench.createEmpty('audit'))
  const { packages = 0, done = 0, settled_agree = 0, settled_disagree = 0, elapsed_ms = 0 } = said
  const figures = {
    packages,
    elapsed_s: elapsed_ms / 1000,
    without_a_person_percent: percent(done, packages),
    settled_agreement_percent: percent(settled_agree, settled_agree + settled_disagree),
    worker_mb,
  }
  const table: Row[] = [
    ['packages', shown(packages)],
    ['seconds', shown(figures.elapsed_s)],
    ['ended without a person', `${figures.without_a_person_percent} %`],
    ['of those, as the settled labels say', `${figures.settled_agreement_percent} %`],
    ['memory of a worker at most, MB', shown(worker_mb)],
  ]
  return { figures, table, settings: { model: 'stand-in' } }
}

async function run(url: string): Promise<{ said: Record<string, number>; worker_mb: number }> {
  const child = spawn(process.execPath, [MAIN, '--json'], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += String(chunk)
  })
  let worker_mb = 0
  const sampling = setInterval(() => {
    worker_mb = Math.max(worker_mb, ...workersOf(child).map(peakMb))
  }, SAMPLE_MS)
  const [code] = await once(child, 'exit')
  clearInterval(sampling)
  if (code !== 0) throw new Error(`the audit ended with ${code}:\n${text}`)
  return { said: JSON.parse(text.trim().split('\n').at(-1) ?? '{}'), worker_mb }
}

function workersOf({ pid = 0 }: ChildProcess): number[] {
  return childrenOf(pid).filter((it) => commandLine(it).includes('pawl.js'))
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 1000) / 10
}
