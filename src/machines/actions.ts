/**
 * What an action means to pawl.  Five of XState's built-in actions are pure enough for a durable
 * machine: `assign` changes context, `raise` speaks to the machine itself (later, if delayed),
 * `cancel` takes a delayed raise back, `log` and `emit` are let go.  Everything else would act on
 * a world that a restart does not undo.
 */
import type { AnyStateMachine } from 'xstate'
import { fieldOf } from './guards.ts'

export type Meaning =
  | { kind: 'assign'; assignment: unknown }
  /** `type` is undefined where the event is computed, `delay` where it is raised at once. */
  | { kind: 'raise'; event: unknown; type: string | undefined; id: unknown; delay: unknown }
  | { kind: 'cancel'; sendId: unknown }
  | { kind: 'log' | 'emit' }
  | { kind: 'foreign' }

export type ReadAction = { name: string | undefined; params: unknown; meaning: Meaning }

/** Reads an action of a chart: a name, `{type, params}` or what an action creator made. */
export function readAction(machine: AnyStateMachine, action: unknown): ReadAction {
  if (typeof action === 'function') {
    return { name: undefined, params: undefined, meaning: meaningOf(action) }
  }
  const name = typeof action === 'string' ? action : String(fieldOf(action, 'type'))
  return {
    name,
    params: fieldOf(action, 'params'),
    meaning: meaningOf(fieldOf(machine.implementations.actions, name)),
  }
}

/** What entering a final state does: its parent hears of it within the same macrostep. */
export function raiseNow(type: string): Meaning {
  return { kind: 'raise', event: { type }, type, id: undefined, delay: undefined }
}

function meaningOf(made: unknown): Meaning {
  // Only what an action creator made can be resolved; a plain function is a side effect.
  if (fieldOf(made, 'resolve') === undefined) return { kind: 'foreign' }
  switch (fieldOf(made, 'type')) {
    case 'xstate.assign':
      return { kind: 'assign', assignment: fieldOf(made, 'assignment') }
    case 'xstate.raise':
      return raiseOf(made)
    case 'xstate.cancel':
      return { kind: 'cancel', sendId: fieldOf(made, 'sendId') }
    case 'xstate.log':
      return { kind: 'log' }
    case 'xstate.emit':
      return { kind: 'emit' }
    default:
      return { kind: 'foreign' }
  }
}

function raiseOf(made: unknown): Meaning {
  const event = fieldOf(made, 'event')
  const type = typeof event === 'function' ? undefined : fieldOf(event, 'type')
  return {
    kind: 'raise',
    event,
    type: typeof type === 'string' ? type : undefined,
    id: fieldOf(made, 'id'),
    delay: fieldOf(made, 'delay'),
  }
}
