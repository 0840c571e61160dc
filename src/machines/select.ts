/**
 * Who answers an event: in each region the innermost node that has a transition whose guard lets
 * it pass; a parallel state itself only where none of its regions answers.
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'
import type { Ask } from './choices.ts'
import { candidates, isLeaf, pathOf } from './nodes.ts'
import { regionsOf } from './routes.ts'

/** The transitions that an event selects, in XState's order. */
export function selected(
  nodes: readonly AnyStateNode[],
  type: string,
  ask: Ask,
): AnyTransitionDefinition[] {
  const active = new Set(nodes)
  const at = (node: AnyStateNode): AnyTransitionDefinition[] => {
    const inner = regionsOf(node)
      .filter((child) => active.has(child))
      .flatMap(at)
    if (inner.length > 0) return inner
    const own = candidates(node, type).find(ask)
    return own ? [own] : []
  }
  const [root] = nodes
  return root ? at(root.machine.root) : []
}

/** The `always` transitions that are selected: each leaf looks up its own path. */
export function selectedAlways(
  nodes: readonly AnyStateNode[],
  ask: Ask,
): AnyTransitionDefinition[] {
  const found = nodes.filter(isLeaf).map((leaf) =>
    pathOf(leaf)
      .flatMap((node) => node.always ?? [])
      .find(ask),
  )
  return [...new Set(found.filter((transition) => transition !== undefined))]
}
