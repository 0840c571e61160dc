/**
 * Where a task stands after a turn: as it must be now, without reading it again.
 */
import type { CommitItem, LoadedTask, OpenStep } from '../database/rows.ts'
import { mayBegin } from './next.ts'
import type { HeldStep } from './run_step.ts'
import type { WorkerWorld } from './world.ts'

/** Where the task stands after a turn (undefined: read it again), and the step now in hand. */
export type Turn = { task: LoadedTask | undefined; held: HeldStep | undefined }

type At = { world: WorkerWorld; task: LoadedTask }

export const READ_AGAIN: Turn = { task: undefined, held: undefined }

/** Nothing is in hand, and somebody else holds the row: read it again when it is free. */
export const BUSY: Turn = { ...READ_AGAIN }

const ENDED: readonly string[] = ['succeeded', 'failed', 'cancelled']

/**
 * The task as it now stands, without reading it again, and the step it goes on with: unless it may
 * not, because nothing was begun.
 */
export async function afterwards(
  { world, task }: At,
  item: CommitItem,
  may_go_on: boolean,
): Promise<Turn | undefined> {
  for (const { delay_ms } of item.set_timers) world.dispatcher.nudge(delay_ms)
  // Its machine has a limit: the slot that was given back is for somebody.
  if (!may_go_on) world.dispatcher.nudge(0)
  if (ENDED.includes(item.status)) return undefined
  const claimed = item.open_steps.find((it) => it.claimed)
  if (!claimed || !may_go_on) return READ_AGAIN
  const left = leftBy(item, task)
  // The wake-up that led here was for them, too.  (Whoever comes from a step has seen to them.)
  const others = left.undelivered.length > 0 || mayBegin(left.open_steps).length > 0
  if (others && !item.step) await world.database.wakeTasks([task.task_id])
  const opened = item.open_steps.map((it) => ({
    ...it,
    opened_revision: item.revision + 1,
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
      open_steps: [...left.open_steps, ...opened],
      undelivered: left.undelivered,
      inbox: [],
      next_step_no: task.next_step_no + item.open_steps.length,
    },
  }
}

/** What the look had found and this move did not touch. */
function leftBy(
  item: CommitItem,
  task: LoadedTask,
): Pick<LoadedTask, 'open_steps' | 'undelivered'> {
  const heard = item.transition?.cause === 'step' ? item.transition.cause_no : null
  const gone = new Set([...item.stop_steps, heard])
  return {
    open_steps: task.open_steps.filter((it) => !gone.has(it.step_no)),
    undelivered: task.undelivered.filter((it) => !gone.has(it.step_no)),
  }
}

/** A limit leaves no slot for this step, so it waits; others of the task may not have to. */
export function withoutSlot({ world, task }: At, { step_no }: OpenStep): Turn {
  world.dispatcher.nudge(0)
  const open_steps = task.open_steps.map((it) =>
    it.step_no === step_no ? { ...it, free: false } : it,
  )
  return { task: { ...task, open_steps }, held: undefined }
}
