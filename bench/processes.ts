/**
 * What processes cost, as Linux keeps account of it in /proc.  Wall-clock time depends on who else
 * uses the machine; the seconds of CPU a process has used hardly do.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** CLK_TCK: 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100

type Stat = { parent: number; own_s: number; dead_children_s: number }

/** All threads of it; NaN where there is no /proc. */
export function cpuSeconds(pid: number): number {
  return statOf(pid)?.own_s ?? Number.NaN
}

/** The whole server: the postmaster, every process it has, and those it had and that ended. */
export function postgresCpuSeconds(postmaster: number): number {
  const root = statOf(postmaster)
  if (!root) return Number.NaN
  const children = childrenOf(postmaster).map((pid) => statOf(pid)?.own_s ?? 0)
  return children.reduce((total, seconds) => total + seconds, root.own_s + root.dead_children_s)
}

/** The most memory it has ever had (VmHWM), in MB. */
export function peakMb(pid: number): number {
  const kb = /VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1]
  return kb === undefined ? Number.NaN : Math.round(Number(kb) / 1024)
}

export function childrenOf(pid: number): number[] {
  return pids().filter((it) => statOf(it)?.parent === pid)
}

export function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`)
}

function pids(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

function statOf(pid: number): Stat | undefined {
  // pid (command) state parent …; the command may hold spaces and brackets.
  const text = read(`/proc/${pid}/stat`)
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  if (fields.length < 16) return undefined
  const seconds = (index: number) => Number(fields[index]) / TICKS_PER_S
  return {
    parent: Number(fields[1]),
    own_s: seconds(11) + seconds(12),
    dead_children_s: seconds(13) + seconds(14),
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // It has just ended, or there is no /proc.
  }
}
