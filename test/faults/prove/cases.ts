/**
 * Every crash point under every fault, with each workflow that comes there, in an order that the
 * seed gives.  A few lanes work through them side by side.
 */
import { CRASH_POINTS, type CrashPoint } from '../../../src/crashpoint.ts'
import { seeded } from '../../fixtures/seeded.ts'
import { POINTS } from './points.ts'
import type { Report } from './report.ts'
import { type Case, type CaseEnd, runCase } from './run_case.ts'
import { FAULTS, type Fault } from './strike.ts'
import { Lane, type Outside } from './world.ts'

export type CaseOptions = {
  seed: number
  lanes: number
  /** Beginnings of names of crash points, or faults; all of them where there is none. */
  only: readonly string[]
  /** How many of the cases; all of them by default. */
  share?: number | undefined
}

/** After so long a case is given up: something in it hangs. */
const CASE_MS_MAX = 240_000

export function faultsAt(point: CrashPoint): readonly Fault[] {
  return POINTS[point].ends ? FAULTS.filter((it) => !it.startsWith('cut_')) : FAULTS
}

export function allCases({ seed, only, share }: Omit<CaseOptions, 'lanes'>): Case[] {
  const random = seeded(seed)
  const all = CRASH_POINTS.flatMap((point) =>
    POINTS[point].workflows.flatMap((workflow) =>
      faultsAt(point).map((fault) => ({ point, workflow, fault })),
    ),
  )
  const wanted = all.filter(
    (it) =>
      only.length === 0 || only.some((name) => it.point.startsWith(name) || it.fault === name),
  )
  return wanted
    .map((it) => ({ it, at: random() }))
    .sort((one, other) => one.at - other.at)
    .slice(0, share)
    .map(({ it }, index) => ({ ...it, number: index + 1 }))
}

export async function runCases(options: CaseOptions, outside: Outside, report: Report) {
  const cases = allCases(options)
  const waiting = [...cases]
  const lanes = Math.min(options.lanes, cases.length)
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      const lane = await Lane.open()
      try {
        for (let it = waiting.shift(); it !== undefined; it = waiting.shift()) {
          report.add(nameOf(it), await guarded(lane, outside, it), cases.length)
        }
      } finally {
        await lane.close()
      }
    }),
  )
}

function nameOf({ point, fault, workflow }: Case): string {
  return `${point} ${fault} ${workflow}`
}

/** A case that throws, or never ends, has failed; the others go on. */
async function guarded(lane: Lane, outside: Outside, it: Case): Promise<CaseEnd> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = setTimeout(() => reject(new Error('it hangs')), CASE_MS_MAX)
  try {
    return await Promise.race([runCase(lane, outside, it), promise])
  } catch (error) {
    const faults = [String(error)]
    return { fired: 0, tasks: 0, ended: 0, lost: 0, doubled: 0, verify_rows: 0, faults }
  } finally {
    clearTimeout(late)
  }
}
