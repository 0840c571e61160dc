/**
 * What an action means to pawl.  XState's own actions are pure enough for a durable machine:
 * they change context, speak to the machine itself, to its parent or to a child, or begin and
 * stop actors by name.  A named action whose function the machine's definition brings becomes a
 * step of its own.  Everything else would act on a world that a restart does not undo.
 */
import type { AnyStateMachine } from 'xstate'
import { fieldOf } from './guards.ts'
import { mayChange, says, typeMadeBy, typesRaisedIn } from './raised_types.ts'

export type Meaning =
  | { kind: 'assign'; assignment: unknown }
  /** `type` is undefined where it could be any, `delay` where the event is raised at once. */
  | { kind: 'raise'; event: unknown; type: string | undefined; id: unknown; delay: unknown }
  | { kind: 'cancel'; sendId: unknown }
  | { kind: 'send'; to: unknown; event: unknown; delay: unknown }
  | { kind: 'spawn'; src: unknown; id: unknown; systemId: unknown; input: unknown }
  | { kind: 'stop'; actor: unknown }
  /** Chooses its actions when it runs; `raises`: the types it may raise, null for any. */
  | { kind: 'enqueue'; collect: unknown; raises?: (string | null)[] }
  | { kind: 'log' | 'emit' }
  /** A function of the machine's definition: run as a step, later and by any worker. */
  | { kind: 'durable' }
  | { kind: 'foreign' }

export type ReadAction = { name: string | undefined; params: unknown; meaning: Meaning }

/** Reads an action of a chart: a name, `{type, params}` or what an action creator made. */
export function readAction(machine: AnyStateMachine, action: unknown): ReadAction {
  if (typeof action === 'function') {
    return { name: undefined, params: undefined, meaning: meaningIn(machine, action) }
  }
  const name = typeof action === 'string' ? action : String(fieldOf(action, 'type'))
  return {
    name,
    params: fieldOf(action, 'params'),
    meaning: meaningIn(machine, fieldOf(machine.implementations.actions, name)),
  }
}

/**
 * What a machine raises to itself at once: `type` is null where it may be any, `event` undefined
 * where each time it may say something else; what is raised `maybe` may as well not be.
 */
export type Raised = { type: string | null; event: unknown; maybe: boolean }

export function raisedBy(meaning: Meaning): Raised[] {
  if (meaning.kind === 'enqueue') {
    const raises = meaning.raises ?? []
    return raises.map((type) => ({ type, event: undefined, maybe: true }))
  }
  if (meaning.kind !== 'raise' || meaning.delay !== undefined) return []
  const event = typeof meaning.event === 'function' ? undefined : meaning.event
  return [{ type: meaning.type ?? null, event, maybe: false }]
}

/** XState makes its snapshot anew for these, and then asks `always` once more. */
export function renews(meaning: Meaning): boolean {
  const { kind } = meaning
  return kind === 'spawn' || kind === 'stop' || assigns(meaning)
}

/** Guards may say something else after these. */
export function assigns(meaning: Meaning): boolean {
  if (meaning.kind === 'enqueue') return mayChange(meaning.collect)
  return meaning.kind === 'assign'
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

/** What is enqueued by its name may raise, too.  Where nothing does, a machine keeps its hash. */
function meaningIn(machine: AnyStateMachine, made: unknown): Meaning {
  const meaning = meaningOf(made)
  if (meaning.kind !== 'enqueue') return meaning
  const named = Object.entries(machine.implementations.actions)
    .filter(([name]) => says(meaning.collect, name))
    .flatMap(([, action]) => raisedBy(meaningOf(action)).map(({ type }) => type))
  const { raises = [], ...rest } = meaning
  const all = [...raises, ...named]
  return all.length > 0 ? { ...rest, raises: all } : rest
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
      return {
        kind: 'enqueue',
        collect: fieldOf(made, 'collect'),
        raises: typesRaisedIn(fieldOf(made, 'collect')),
      }
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
  const [event, delay] = [fieldOf(made, 'event'), fieldOf(made, 'delay')]
  const at_once = delay === undefined ? (typeMadeBy(event) ?? undefined) : undefined
  const type = typeof event === 'function' ? at_once : fieldOf(event, 'type')
  return {
    kind: 'raise',
    event,
    type: typeof type === 'string' ? type : undefined,
    id: fieldOf(made, 'id'),
    delay,
  }
}
