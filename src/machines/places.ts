/**
 * Where a machine stands, whatever its context: the name of the state, and all of a snapshot that
 * follows from it.  XState asks regions in the order in which they were entered, which can decide
 * between them, so where that is not the order of the document it is part of the place; a machine
 * read back from the database then goes on as one that was never stored.
 */
import type {
  AnyActorScope,
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  StateValue,
} from 'xstate'
import type { Json } from '../json.ts'
import { childrenOf, inOrder, isLeaf, nameOfLeaves } from './nodes.ts'

export type Place = {
  name: string
  value: Json
  /** All events that somebody handles here, wildcards included. */
  descriptors: string[]
  /** A snapshot that lacks only context, children and history. */
  template: AnyMachineSnapshot
}

/** Nodes by their number in the document, in the order in which they were entered. */
export type Entered = readonly number[]

/** Undefined where the machine has no such state. */
export function placeOf(
  machine: AnyStateMachine,
  value: StateValue,
  entered: Entered | undefined,
  scope: AnyActorScope,
): Place | undefined {
  const restored = restoredAt(machine, value, scope)
  if (!restored) return undefined
  const nodes = asEntered(inOrder(restored._nodes), entered)
  const valueAsEntered = valueBelow(machine.root, nodes)
  return {
    name: nameOfLeaves(nodes.filter(isLeaf)),
    value: valueAsEntered,
    descriptors: [...new Set(nodes.flatMap((node) => [...node.transitions.keys()]))],
    template: Object.assign(restored, { _nodes: nodes, value: valueAsEntered }),
  }
}

/** Undefined where it is the order of the document, or where only one leaf is active. */
export function enteredOf({ _nodes }: AnyMachineSnapshot): number[] | undefined {
  const nodes: AnyStateNode[] = _nodes
  if (nodes.filter(isLeaf).length < 2) return undefined
  const sorted = nodes.every((node, at) => at === 0 || (nodes[at - 1]?.order ?? 0) < node.order)
  return sorted ? undefined : nodes.map((node) => node.order)
}

function asEntered(nodes: AnyStateNode[], entered: Entered | undefined): AnyStateNode[] {
  if (!entered) return nodes
  const rank = new Map(entered.map((order, at) => [order, at]))
  const last = entered.length
  return nodes.sort((a, b) => (rank.get(a.order) ?? last) - (rank.get(b.order) ?? last))
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

/** Its keys in the order of these nodes, in which XState asks the regions. */
export function valueBelow(node: AnyStateNode, nodes: readonly AnyStateNode[]): Json {
  const below = nodes.filter((child) => child.parent === node)
  const [only] = below
  if (node.type === 'compound' && only && childrenOf(only).length === 0) return only.key
  return Object.fromEntries(below.map((child) => [child.key, valueBelow(child, nodes)]))
}
