/**
 * Which actors a durable machine may invoke: promises, by name.  Each becomes a step, run by some
 * worker at some time and answered by an event.  An actor that keeps talking (a callback, an
 * observable) or thinks in memory has no such life.
 */
import { type AnyStateNode, fromPromise } from 'xstate'
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
    throw refused(node, `listens to the snapshots of '${src}'`, 'a step has only an end: onDone')
  }
  if (fieldOf(invoke, 'systemId')) {
    throw refused(node, `gives '${src}' a systemId`, 'a step is found by its id alone: use id')
  }
  admitLogic(node, src, fieldOf(node.machine.implementations.actors, src))
}

/** fromPromise leaves no mark on what it makes, but all it makes shares this function's text. */
const PROMISE = String(fromPromise(async () => undefined).transition)

function admitLogic(node: AnyStateNode, src: string, logic: unknown): void {
  if (logic === undefined) {
    throw refused(node, `needs the actor '${src}'`, 'implement it: setup({ actors: { … } })')
  }
  if (fieldOf(logic, 'implementations') !== undefined) {
    throw refused(node, `invokes the machine '${src}'`, 'this version has no child tasks yet')
  }
  if (String(fieldOf(logic, 'transition')) !== PROMISE) {
    throw refused(
      node,
      `invokes '${src}', which is no promise`,
      'only fromPromise actors become steps',
    )
  }
}
