/**
 * Which actors a durable machine may invoke, all by name: a promise becomes a step, another
 * machine a child task.  Each is answered by an event, whoever ran it and whenever.  An actor that
 * keeps talking (a callback, an observable) or thinks in memory has no such life.
 */
import { type AnyStateMachine, type AnyStateNode, fromPromise } from 'xstate'
import { fieldOf } from './guards.ts'
import { pathOf } from './nodes.ts'
import { refused } from './refused.ts'

export function admitActors(node: AnyStateNode): void {
  const above = pathOf(node)
    .slice(1)
    .flatMap((parent) => parent.invoke.map((invoke) => invoke.id))
  const ids = [...above, ...node.invoke.map((invoke) => invoke.id)]
  for (const { id } of node.invoke) {
    if (ids.filter((other) => other === id).length > 1) {
      throw refused(node, `invokes '${id}' while it already runs`, 'give each invoke its own id')
    }
  }
  // The raw config is asked, because XState gives inline actors a made-up name.
  const invokes: unknown[] = [node.config.invoke ?? []].flat()
  for (const invoke of invokes) admitInvoke(node, invoke)
}

function admitInvoke(node: AnyStateNode, invoke: unknown): void {
  const src = fieldOf(invoke, 'src')
  if (typeof src !== 'string') {
    throw refused(node, 'invokes an inline actor', 'name it: setup({ actors: … })')
  }
  if (fieldOf(invoke, 'onSnapshot')) {
    throw refused(node, `listens to the snapshots of '${src}'`, 'it has only an end: onDone')
  }
  if (fieldOf(invoke, 'systemId')) {
    throw refused(node, `gives '${src}' a systemId`, 'an actor is found by its id alone: use id')
  }
  admitLogic(node, src)
}

/** fromPromise leaves no mark on what it makes, but all it makes shares this function's text. */
const PROMISE = String(fromPromise(async () => undefined).transition)

export function admitLogic(node: AnyStateNode, src: string): void {
  const logic: unknown = fieldOf(node.machine.implementations.actors, src)
  if (logic === undefined) {
    throw refused(node, `needs the actor '${src}'`, 'implement it: setup({ actors: { … } })')
  }
  if (isMachine(logic)) {
    if (fieldOf(fieldOf(logic, 'config'), 'id') !== undefined) return
    const hint = "give it one: createMachine({ id: 'refund' })"
    throw refused(node, `invokes the machine '${src}', which has no id`, hint)
  }
  if (String(fieldOf(logic, 'transition')) !== PROMISE) {
    throw refused(
      node,
      `invokes '${src}', which is neither promise nor machine`,
      'only fromPromise actors become steps, and machines child tasks',
    )
  }
}

/** The machines that stand behind actors' names, by name: each invoke of one is a child task. */
export function childMachinesOf(machine: AnyStateMachine): Map<string, string> {
  const actors: [string, unknown][] = Object.entries(machine.implementations.actors)
  return new Map(
    actors.flatMap(([src, logic]) => (isMachine(logic) ? [[src, logic.id] as const] : [])),
  )
}

export function isMachine(logic: unknown): logic is AnyStateMachine {
  return fieldOf(logic, 'implementations') !== undefined && fieldOf(logic, 'root') !== undefined
}
