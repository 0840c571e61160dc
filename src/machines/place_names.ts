/**
 * A text for each place, the same for places from which a machine goes on in the same ways.
 * XState asks the leaves' `always` in the order in which they were entered.  That order is part
 * of the place, but only where it can decide anything: where the transitions of two regions may
 * exclude each other, or both raise events.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { raisedBy, readAction } from './actions.ts'
import type { Place } from './microstep.ts'
import { inOrder, isBelow, isLeaf, nodesOf, pathOf, transitionsOf } from './nodes.ts'

export class PlaceNames {
  readonly #known = new WeakMap<object, string>()
  /** Nodes whose `always` it matters to ask earlier or later. */
  readonly #ordered: ReadonlySet<AnyStateNode>

  /** A history that nobody asks may remember what it likes. */
  readonly #aimedAt: ReadonlySet<AnyStateNode>

  constructor(machine: AnyStateMachine) {
    const transitions = nodesOf(machine.root).flatMap(transitionsOf)
    this.#aimedAt = new Set(transitions.flatMap((transition) => [...(transition.target ?? [])]))
    this.#ordered = orderedIn(machine)
  }

  nameOf({ nodes, history, done }: Place): string {
    const kept = this.#once(history, () =>
      [...history]
        .filter(([node]) => this.#aimedAt.has(node))
        .map(([node, to]) => `${node.order}:${numbers(inOrder(to))}`)
        .sort()
        .join(' '),
    )
    return `${this.#once(nodes, () => this.#standing(nodes))} ${kept}${done ? ' done' : ''}`
  }

  #standing(nodes: readonly AnyStateNode[]): string {
    const leaves = nodes.filter(isLeaf)
    const asked = leaves.filter((leaf) => pathOf(leaf).some((node) => this.#ordered.has(node)))
    return `${numbers(inOrder(leaves))}/${asked.length > 1 ? numbers(asked) : ''}`
  }

  #once(key: object, make: () => string): string {
    const text = this.#known.get(key) ?? make()
    this.#known.set(key, text)
    return text
  }
}

function numbers(nodes: readonly AnyStateNode[]): string {
  return nodes.map((node) => node.order).join(',')
}

/** The nodes of whose `always` it can matter which is asked first; mostly there are none. */
function orderedIn(machine: AnyStateMachine): ReadonlySet<AnyStateNode> {
  const asked = nodesOf(machine.root).filter((node) => node.always?.length)
  const raising = asked.filter((node) => node.always?.some(raises))
  if (asked.some((node) => node.always?.some(reachesOut))) return new Set(asked)
  return new Set(raising.length > 1 ? raising : [])
}

function raises({ source, actions }: AnyTransitionDefinition): boolean {
  return actions.some((action) => raisedBy(readAction(source.machine, action).meaning).length > 0)
}

/** Could leave more than the region it stands in. */
function reachesOut(transition: AnyTransitionDefinition): boolean {
  const source: AnyStateNode = transition.source
  const region = pathOf(source).find((node) => node.parent?.type === 'parallel')
  if (!region || !transition.target) return false
  const inside = (target: AnyStateNode) =>
    isBelow(target.type === 'history' ? (target.parent ?? target) : target, region) ||
    (target.type === 'history' && target.parent === region)
  return (transition.reenter && source === region) || !transition.target.every(inside)
}
