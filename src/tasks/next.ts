/**
 * Think: given a task as it was read, what comes next?  Pure, but for what the machine's own
 * guards and assigns do.  Results that wait come first, then the inbox in order, then steps that
 * nobody has in hand.
 */
import type { LoadedTask, OpenStep } from '../database/rows.ts'
import type { Move } from '../machines/moves.ts'
import type { Served } from './world.ts'

export type Cause = {
  cause: 'start' | 'step' | 'event' | 'timer' | 'review' | 'child' | 'engine'
  cause_no: number | null
}

export type Next =
  | { kind: 'move'; move: Move; cause: Cause }
  | { kind: 'stop'; error: unknown; cause: Cause }
  /** The result is taken note of, and nothing follows. */
  | { kind: 'note'; step_no: number }
  | { kind: 'claim'; step: OpenStep }
  | { kind: 'park' }

export function nextOf(served: Served, task: LoadedTask): Next {
  if (task.revision === 0) {
    const move = served.host.start(task.input)
    return { kind: 'move', move, cause: { cause: 'start', cause_no: null } }
  }
  const [result] = task.undelivered
  if (result) return answered(served, task, result)
  for (const { event_no, cause, payload } of task.inbox) {
    const move = served.host.step(task.snapshot, payload)
    if (move) return { kind: 'move', move, cause: { cause, cause_no: event_no } }
  }
  const free = task.open_steps.filter((it) => it.free)
  // One that may have killed its workers comes last.
  const step = free.find((it) => !it.suspect) ?? free[0]
  return step ? { kind: 'claim', step } : { kind: 'park' }
}

export type Answer = {
  step_no: number
  actor_id: string
  status: 'succeeded' | 'failed'
  output: unknown
  error: unknown
}

/** What the machine makes of a step's end.  An error that no state catches never reaches it. */
export function answered(served: Served, task: LoadedTask, answer: Answer): Next {
  const cause: Cause = { cause: 'step', cause_no: answer.step_no }
  const event =
    answer.status === 'succeeded'
      ? { type: `xstate.done.actor.${answer.actor_id}`, output: answer.output }
      : { type: `xstate.error.actor.${answer.actor_id}`, error: answer.error }
  const move = served.host.step(task.snapshot, event)
  if (move) return { kind: 'move', move, cause }
  if (answer.status === 'failed') return { kind: 'stop', error: answer.error, cause }
  return { kind: 'note', step_no: answer.step_no }
}
