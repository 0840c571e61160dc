/**
 * The licence audit as a benchmark: every installed package, in a database of its own, with the
 * stand-in model.  What its workers take in memory is read from /proc, so on Linux only.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '..', 'examples', 'licence_audit', 'main.ts')
const SAMPLE_MS = 250

export async function audit(url: string): Promise<Record<string, number>> {
  const child = spawn(process.execPath, [MAIN, '--json'], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += String(chunk)
  })
  let rss_kb = 0
  const sampling = setInterval(() => {
    rss_kb = Math.max(rss_kb, ...childrenOf(child).map(peakOf))
  }, SAMPLE_MS)
  const [code] = await once(child, 'exit')
  clearInterval(sampling)
  if (code !== 0) throw new Error(`the audit ended with ${code}:\n${said}`)
  const figures: Record<string, number> = JSON.parse(said.trim().split('\n').at(-1) ?? '{}')
  const {
    packages = 0,
    done = 0,
    settled_agree = 0,
    settled_disagree = 0,
    elapsed_ms = 0,
  } = figures
  return {
    audit_packages: packages,
    audit_without_a_person_percent: percent(done, packages),
    audit_settled_agreement_percent: percent(settled_agree, settled_agree + settled_disagree),
    audit_elapsed_ms: elapsed_ms,
    audit_worker_rss_mb: Math.round(rss_kb / 1024),
  }
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 1000) / 10
}

function childrenOf({ pid }: ChildProcess): string[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc').filter((name) => {
    // pid (command) state parent …; the command may hold spaces.
    const parent = /.*\) \S (\d+) /s.exec(read(`/proc/${name}/stat`))?.[1]
    return parent === String(pid) && read(`/proc/${name}/cmdline`).includes('pawl.js')
  })
}

function peakOf(pid: string): number {
  return Number(/VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // It has just ended, or there is no /proc.
  }
}
