/**
 * Think: given a task as it was read, what comes next?  Pure, but for what the machine's own
 * guards and assigns do.  What other tasks said comes first, then results that wait, then the inbox
 * in order, then steps that nobody has in hand.
 */
import type { Inboxed, LoadedTask, OpenStep } from '../database/rows.ts'
import type { Move } from '../machines/moves.ts'
import { NEW } from '../machines/nodes.ts'
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
  /** What another task said, or a timer, is of no interest here. */
  | { kind: 'drop'; event_no: number }
  /** It begins where another task once stood. */
  | { kind: 'fork'; told: Inboxed }
  /** It was told to end, and its machine takes no notice. */
  | { kind: 'cancel'; cause: Cause }
  | { kind: 'park' }

const ENDED: readonly string[] = ['succeeded', 'failed', 'cancelled']

export function nextOf(served: Served, task: LoadedTask): Next {
  // What is left of a task that has ended is its actions.
  if (ENDED.includes(task.status)) return claimOf(task)
  const told = task.inbox.find((it) => it.payload.type === CANCEL)
  // A child says its last word before it ends, so words come before answers.
  const word = task.inbox.find((it) => it.cause === 'child')
  if (told && !(word && word.event_no < told.event_no)) return cancelled(served, task, told)
  if (task.state === NEW) {
    const fork = task.inbox.find((it) => it.payload.type === FORK && it.cause === 'engine')
    if (fork) return { kind: 'fork', told: fork }
    const move = served.host.start(task.input)
    return { kind: 'move', move, cause: { cause: 'start', cause_no: null } }
  }
  if (word) return taken(served, task, word) ?? { kind: 'drop', event_no: word.event_no }
  const [result] = task.undelivered
  if (result) return answered(served, task, result)
  for (const event of task.inbox) {
    const next = taken(served, task, event)
    if (next) return next
    if (isPast(event)) return { kind: 'drop', event_no: event.event_no }
  }
  return claimOf(task)
}

function taken(served: Served, task: LoadedTask, event: Inboxed): Next | undefined {
  const move = served.host.step(task.snapshot, event.payload)
  return move && { kind: 'move', move, cause: { cause: event.cause, cause_no: event.event_no } }
}

/** A machine's own timer counts when it fires, as in XState; what the engine set one for waits. */
function isPast({ cause, payload }: Inboxed): boolean {
  return cause === 'timer' && !payload.type.startsWith('pawl.')
}

const FORK = 'pawl.fork'

/** Whoever is told to end, by a person or its parent, hears it before the rest of its inbox. */
const CANCEL = 'pawl.cancel'

function cancelled(served: Served, task: LoadedTask, told: Inboxed): Next {
  const cause: Cause = { cause: told.cause, cause_no: told.event_no }
  return (task.state !== NEW && taken(served, task, told)) || { kind: 'cancel', cause }
}

/** The actions of one move are done in their order, as XState does them; whatever else, at once. */
export function mayBegin(open: readonly OpenStep[]): OpenStep[] {
  const actions = open.filter((it) => it.kind === 'action')
  const isFirst = (step: OpenStep) =>
    actions.every((it) => it.opened_revision !== step.opened_revision || it.step_no >= step.step_no)
  return open.filter((it) => it.free && (it.kind !== 'action' || isFirst(it)))
}

function claimOf(task: LoadedTask): Next {
  const free = mayBegin(task.open_steps)
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

/**
 * What the machine makes of a step's end.  An error that no state catches never reaches it, and
 * one of an actor that was let go is nobody's.
 */
export function answered(served: Served, task: LoadedTask, answer: Answer): Next {
  const cause: Cause = { cause: 'step', cause_no: answer.step_no }
  const event =
    answer.status === 'succeeded'
      ? { type: `xstate.done.actor.${answer.actor_id}`, output: answer.output }
      : { type: `xstate.error.actor.${answer.actor_id}`, error: answer.error }
  const move = served.host.step(task.snapshot, event)
  if (move) return { kind: 'move', move, cause }
  const fails = answer.status === 'failed' && served.host.awaits(task.snapshot, answer.actor_id)
  if (fails) return { kind: 'stop', error: answer.error, cause }
  return { kind: 'note', step_no: answer.step_no }
}
