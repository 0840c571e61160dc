/**
 * What can be active at the same time, and what cannot.  XState takes several targets at their
 * word and would stand in two children of one state at once, which nothing can be read back
 * from; and it finds actors by id, so regions may not share one.
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { isBelow, listed, nameOfNode, nodesOf, pathOf } from './nodes.ts'
import { refused } from './refused.ts'
import { defaultsOf, regionsOf } from './routes.ts'

export function admitRegions(node: AnyStateNode): void {
  if (node.type === 'parallel' && regionsOf(node).length === 0) {
    throw refused(node, 'is parallel and has no regions', 'give it states, each a region')
  }
  if (node.type === 'history') admitDefault(node)
  for (const { id } of node.invoke) {
    const other = nodesOf(node.machine.root).find(
      (it) => it !== node && areTogether(it, node) && it.invoke.some((invoke) => invoke.id === id),
    )
    if (!other) continue
    const what = `invokes '${id}', as does state '${nameOfNode(other)}' in another region`
    throw refused(node, what, 'give each invoke its own id')
  }
}

function admitDefault(history: AnyStateNode): void {
  const { parent } = history
  const targets = defaultsOf(history)
  const given = listed(history.config.target)
  const inside = targets.every((target) => parent && isBelow(target, parent))
  if (given.length > 0 && !(inside && targets.length === given.length)) {
    throw refused(
      history,
      'leads outside of its parent',
      'aim a history state at a sibling by its key',
    )
  }
  if (targets.some((target) => target.type === 'history')) {
    throw refused(history, 'leads to a history state', 'aim it at a state that can be entered')
  }
  admitTogether(history, targets)
}

export function admitTargets(node: AnyStateNode, { target }: AnyTransitionDefinition): void {
  const targets: readonly AnyStateNode[] = target ?? []
  if (node.parent && targets.includes(node.machine.root)) {
    throw refused(node, 'aims at the root', 'aim at one of its states')
  }
  admitTogether(node, targets)
}

function admitTogether(node: AnyStateNode, targets: readonly AnyStateNode[]): void {
  for (const [i, a] of targets.entries()) {
    const b = targets.slice(i + 1).find((other) => !areTogether(standIn(a), standIn(other)))
    if (!b) continue
    throw refused(
      node,
      `aims at '${nameOfNode(a)}' and '${nameOfNode(b)}', which are never active together`,
      'of several targets, each is in a region of its own',
    )
  }
}

/** A history node brings back something below its parent. */
function standIn(node: AnyStateNode): AnyStateNode {
  return node.type === 'history' ? (node.parent ?? node) : node
}

/** In different regions of one parallel state. */
function areTogether(a: AnyStateNode, b: AnyStateNode): boolean {
  if (a === b || isBelow(a, b) || isBelow(b, a)) return false
  return pathOf(a).find((node) => isBelow(b, node))?.type === 'parallel'
}
