/**
 * What pawl.commit would not have: the task stops where it stands, for a person, and its step's
 * result is stored with the stop.  What names the error is kept; a row that PostgreSQL printed into
 * its DETAIL is not.
 */
import { isPassing } from '../database/refused.ts'
import type { CommitItem } from '../database/rows.ts'
import type { Json } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { itemOfStop } from './commit_item.ts'
import type { Here } from './here.ts'
import { told } from './safely.ts'

/** Not an edge of the chart, which is named. */
export function stopOfIllegal(here: Here, item: CommitItem): CommitItem {
  const { state, task_id } = here.task
  const { transition } = item
  if (!transition || isStop(item)) {
    throw new Error(`${state} of task ${task_id} cannot even be stopped`)
  }
  const message = `not an edge of the chart: ${state} → ${transition.to_state} on ${transition.event}`
  const hint = '`pawl register --app FILE` adds what a version lacks; then `pawl retry TASK`'
  return stopOf(here, item, { code: 'PW003', message, hint })
}

/** Throws what may pass, and what not even a stop gets round. */
export function stopOfUnwritten(here: Here, item: CommitItem, error: unknown): CommitItem {
  if (isPassing(error) || isStop(item)) throw error
  return stopOf(here, item, unwrittenOf(error))
}

function unwrittenOf(error: unknown): Json {
  if (error instanceof Refusal) return told(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'not_written'
  const message = error instanceof Error ? error.message : String(error)
  return { code, message, hint: 'mend what stands in the way; then `pawl retry TASK`' }
}

function isStop({ transition }: CommitItem): boolean {
  return transition?.event === 'pawl.stopped'
}

function stopOf({ world, served, task }: Here, item: CommitItem, error: Json): CommitItem {
  const { transition, step } = item
  const { cause, cause_no } = transition ?? { cause: 'engine', cause_no: null }
  const closing = step && { ...step, ...(item.attach && { attach: item.attach }) }
  return itemOfStop(world, served, task, { error, cause: { cause, cause_no } }, closing)
}
