/**
 * Where a machine stands, whatever its context: the name of the state, and all of a snapshot that
 * follows from it.  Nodes and regions are kept in document order, as XState has them when it
 * starts, so that a machine read back from the database goes on as one that was never stored.
 */
import type {
  AnyActorScope,
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  StateValue,
} from 'xstate'
import type { Json } from '../json.ts'
import { childrenOf } from './nodes.ts'

export type Place = {
  name: string
  value: Json
  /** All events that somebody handles here, wildcards included. */
  descriptors: string[]
  /** A snapshot that lacks only context, children and history. */
  template: AnyMachineSnapshot
}

/** Undefined where the machine has no such state. */
export function placeOf(
  machine: AnyStateMachine,
  value: StateValue,
  scope: AnyActorScope,
): Place | undefined {
  const restored = restoredAt(machine, value, scope)
  if (!restored) return undefined
  const nodes: AnyStateNode[] = [...restored._nodes].sort((a, b) => a.order - b.order)
  const leaves = nodes.filter((node) => node.type === 'atomic' || node.type === 'final')
  const inOrder = valueBelow(machine.root, new Set(nodes))
  return {
    name: leaves.map((leaf) => leaf.path.join('.')).join('|'),
    value: inOrder,
    descriptors: [...new Set(nodes.flatMap((node) => [...node.transitions.keys()]))],
    template: Object.assign(restored, { _nodes: nodes, value: inOrder }),
  }
}

function restoredAt(
  machine: AnyStateMachine,
  value: StateValue,
  scope: AnyActorScope,
): AnyMachineSnapshot | undefined {
  const bare = {
    status: 'active' as const,
    value,
    historyValue: {},
    context: {},
    children: {},
    output: undefined,
    error: undefined,
  }
  try {
    return machine.restoreSnapshot(bare, scope)
  } catch {
    return undefined
  }
}

export function valueBelow(node: AnyStateNode, active: ReadonlySet<AnyStateNode>): Json {
  const below = childrenOf(node).filter((child) => active.has(child))
  const [only] = below
  if (node.type === 'compound' && only && childrenOf(only).length === 0) return only.key
  return Object.fromEntries(below.map((child) => [child.key, valueBelow(child, active)]))
}
