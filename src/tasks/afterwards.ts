/**
 * Where a task stands after a turn: as it must be now, without reading it again.
 */
import type { CommitItem, LoadedTask } from '../database/rows.ts'
import type { HeldStep } from './run_step.ts'

/** Where the task stands after a turn (undefined: read it again), and the step now in hand. */
export type Turn = { task: LoadedTask | undefined; held: HeldStep | undefined }

export const READ_AGAIN: Turn = { task: undefined, held: undefined }

const ENDED: readonly string[] = ['succeeded', 'failed', 'cancelled']

/** The task as it now stands, without reading it again, and the step it goes on with. */
export function afterwards(task: LoadedTask, item: CommitItem): Turn | undefined {
  if (ENDED.includes(item.status)) return undefined
  const claimed = item.open_steps.find((it) => it.claimed)
  if (!claimed) return READ_AGAIN
  const gone = new Set([...item.stop_steps, item.step?.step_no])
  const opened = item.open_steps.map((it) => ({
    ...it,
    attempts_left: it.attempts_max,
    free: false,
  }))
  return {
    held: { ...claimed, attempts_left: claimed.attempts_max, attempt: 1 },
    task: {
      ...task,
      state: item.state,
      status: item.status,
      revision: item.revision + 1,
      snapshot: item.snapshot,
      open_steps: [...task.open_steps.filter((it) => !gone.has(it.step_no)), ...opened],
      undelivered: [],
      inbox: [],
      next_step_no: task.next_step_no + item.open_steps.length,
    },
  }
}
