/**
 * What an action means to pawl.  XState's own actions are pure enough for a durable machine:
 * they change context, speak to the machine itself, to its parent or to a child, or begin and
 * stop actors by name.  A named action whose function the machine's definition brings becomes a
 * step of its own.  Everything else would act on a world that a restart does not undo.
 */
import type { AnyStateMachine } from 'xstate'
import { fieldOf } from './guards.ts'

export type Meaning =
  | { kind: 'assign'; assignment: unknown }
  /** `type` is undefined where the event is computed, `delay` where it is raised at once. */
  | { kind: 'raise'; event: unknown; type: string | undefined; id: unknown; delay: unknown }
  | { kind: 'cancel'; sendId: unknown }
  | { kind: 'send'; to: unknown; event: unknown; delay: unknown }
  | { kind: 'spawn'; src: unknown; id: unknown; systemId: unknown; input: unknown }
  | { kind: 'stop'; actor: unknown }
  /** Chooses its actions when it runs. */
  | { kind: 'enqueue'; collect: unknown }
  | { kind: 'log' | 'emit' }
  /** A function of the machine's definition: run as a step, later and by any worker. */
  | { kind: 'durable' }
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

/** XState makes its snapshot anew for these, and then asks `always` once more. */
export function renews({ kind }: Meaning): boolean {
  return kind === 'assign' || kind === 'spawn' || kind === 'stop' || kind === 'enqueue'
}

const DURABLE = new WeakSet<object>()

/** Stands in a machine where pawl runs the function. */
export function durableAction(): () => void {
  const action = () => undefined
  DURABLE.add(action)
  return action
}

export function isDurable(action: unknown): boolean {
  return typeof action === 'function' && DURABLE.has(action)
}

/** What an action creator made can be resolved; a plain function is a side effect. */
export function isBuiltIn(action: unknown): boolean {
  return fieldOf(action, 'resolve') !== undefined
}

function meaningOf(made: unknown): Meaning {
  if (isDurable(made)) return { kind: 'durable' }
  if (!isBuiltIn(made)) return { kind: 'foreign' }
  switch (fieldOf(made, 'type')) {
    case 'xstate.assign':
      return { kind: 'assign', assignment: fieldOf(made, 'assignment') }
    case 'xstate.raise':
      return raiseOf(made)
    case 'xstate.cancel':
      return { kind: 'cancel', sendId: fieldOf(made, 'sendId') }
    case 'xstate.sendTo':
      return {
        kind: 'send',
        to: fieldOf(made, 'to'),
        event: fieldOf(made, 'event'),
        delay: fieldOf(made, 'delay'),
      }
    case 'xstate.spawnChild':
      return spawnOf(made)
    case 'xstate.stopChild':
      return { kind: 'stop', actor: fieldOf(made, 'actorRef') }
    case 'xstate.enqueueActions':
      return { kind: 'enqueue', collect: fieldOf(made, 'collect') }
    case 'xstate.log':
      return { kind: 'log' }
    case 'xstate.emit':
      return { kind: 'emit' }
    default:
      return { kind: 'foreign' }
  }
}

function spawnOf(made: unknown): Meaning {
  return {
    kind: 'spawn',
    src: fieldOf(made, 'src'),
    id: fieldOf(made, 'id'),
    systemId: fieldOf(made, 'systemId'),
    input: fieldOf(made, 'input'),
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
