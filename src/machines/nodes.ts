/**
 * Walking a statechart.  A machine stands in one leaf of each region that is active; the leaves,
 * in document order, say where it is, and `a.x|b.y` is that place's one name.
 */
import type { AnyStateNode, AnyTransitionDefinition, StateValue } from 'xstate'

/** The state before the first: a task that exists and has not started. */
export const NEW = '(new)'

/** The leaf first, the root last: the order in which XState asks who takes an event. */
export function pathOf(leaf: AnyStateNode): AnyStateNode[] {
  const path: AnyStateNode[] = []
  for (let node: AnyStateNode | undefined = leaf; node; node = node.parent) path.push(node)
  return path
}

/** Every node of the chart in document order, the root first. */
export function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...childrenOf(node).flatMap(nodesOf)]
}

export function childrenOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states)
}

/** Strictly below. */
export function isBelow(node: AnyStateNode, ancestor: AnyStateNode): boolean {
  let above: AnyStateNode | undefined = node.parent
  while (above && above !== ancestor) above = above.parent
  return above === ancestor
}

/** Where a machine can stand: the ends of the active paths. */
export function isLeaf(node: AnyStateNode): boolean {
  return node.type === 'atomic' || node.type === 'final'
}

/** `acting`, `working.calling`: the canonical text of a leaf. */
export function nameOfNode(node: AnyStateNode): string {
  return node.path.join('.')
}

/** `a.x|b.y`: all leaves in document order, whatever order jsonb has put the value's keys in. */
export function nameOfValue(value: StateValue, root: AnyStateNode): string {
  return pathsOf(value, root)
    .map((path) => path.join('.'))
    .join('|')
}

export function nameOfLeaves(leaves: Iterable<AnyStateNode>): string {
  return inOrder(leaves).map(nameOfNode).join('|')
}

/** In document order; undefined where the machine has no such state. */
export function leavesOfValue(value: StateValue, root: AnyStateNode): AnyStateNode[] | undefined {
  const leaves = pathsOf(value, root).map((path) => nodeAt(root, path))
  return leaves.every((leaf) => leaf !== undefined) ? leaves : undefined
}

export function leavesOfName(name: string, root: AnyStateNode): AnyStateNode[] | undefined {
  const leaves = name.split('|').map((path) => nodeAt(root, path.split('.')))
  return leaves.every((leaf) => leaf !== undefined) ? leaves : undefined
}

/** The state's value as XState writes it, regions in document order. */
export function valueOfLeaves(leaves: Iterable<AnyStateNode>, root: AnyStateNode): StateValue {
  return valueBelow(root, new Set([...leaves].flatMap(pathOf)))
}

export function inOrder(nodes: Iterable<AnyStateNode>): AnyStateNode[] {
  return [...nodes].sort((a, b) => a.order - b.order)
}

/** These leaves and all above them, in document order. */
export function activeAt(leaves: Iterable<AnyStateNode>): AnyStateNode[] {
  return inOrder(new Set([...leaves].flatMap(pathOf)))
}

/** The keys from below this node to each leaf; keys it does not know come last. */
function pathsOf(value: StateValue, node: AnyStateNode | undefined): string[][] {
  if (typeof value === 'string') return [[value]]
  const known = Object.keys(node?.states ?? {}).filter((key) => Object.hasOwn(value, key))
  const keys = [...new Set([...known, ...Object.keys(value)])]
  if (keys.length === 0) return [[]]
  return keys.flatMap((key) =>
    pathsOf(value[key] ?? {}, node?.states[key]).map((path) => [key, ...path]),
  )
}

function nodeAt(root: AnyStateNode, path: readonly string[]): AnyStateNode | undefined {
  let node: AnyStateNode | undefined = root
  for (const key of path) node = node?.states[key]
  return node
}

function valueBelow(node: AnyStateNode, active: ReadonlySet<AnyStateNode>): StateValue {
  const below = childrenOf(node).filter((child) => active.has(child))
  const [only] = below
  if (node.type === 'compound' && only && childrenOf(only).length === 0) return only.key
  return Object.fromEntries(below.map((child) => [child.key, valueBelow(child, active)]))
}

/** Among these nodes: a final child of a compound state, or one in every region. */
export function isDone(node: AnyStateNode, nodes: ReadonlySet<AnyStateNode>): boolean {
  const children = childrenOf(node).filter((child) => child.type !== 'history')
  if (node.type === 'parallel') return children.every((child) => isDone(child, nodes))
  if (node.type === 'final') return true
  return children.some((child) => child.type === 'final' && nodes.has(child))
}

/** The chart's own way of finding a node by `#id` or by a path below `from`. */
export function findNode(from: AnyStateNode, target: string): AnyStateNode | undefined {
  if (target.startsWith('#')) return from.machine.getStateNodeById(target)
  let node: AnyStateNode | undefined = from
  for (const key of target.split('.')) node = node?.states[key]
  return node
}

/** Where a compound state begins. */
export function initialOf(node: AnyStateNode): AnyStateNode | undefined {
  return node.initial.target[0]
}

export function matches(type: string, descriptor: string): boolean {
  if (descriptor === type || descriptor === '*') return true
  if (!descriptor.endsWith('.*')) return false
  const stem = descriptor.slice(0, -2)
  return type === stem || type.startsWith(`${stem}.`)
}

/** All that these leaves and the nodes above them handle, the leaves' own first. */
export function descriptorsAt(leaves: readonly AnyStateNode[]): string[] {
  const path = new Set(inOrder(leaves).flatMap(pathOf))
  return [...new Set([...path].flatMap((node) => [...node.transitions.keys()]))]
}

/**
 * The descriptor an event type stands under: its own name where somebody on the path handles it
 * by name, else the longest wildcard that matches.  All events of one class meet the same
 * candidates in the same order, which is why a chart needs one edge for a class and not one for
 * each name in the world.
 */
export function classOf(descriptors: readonly string[], type: string): string | undefined {
  if (descriptors.includes(type)) return type
  return descriptors.filter((descriptor) => matches(type, descriptor)).sort(longestFirst)[0]
}

/** This node's transitions that may answer an event, in the order XState tries them. */
export function candidates(node: AnyStateNode, type: string): AnyTransitionDefinition[] {
  const wild = [...node.transitions.keys()]
    .filter((descriptor) => descriptor !== type && matches(type, descriptor))
    .sort(longestFirst)
  return [type, ...wild].flatMap((descriptor) => node.transitions.get(descriptor) ?? [])
}

/** Every transition a node declares: on events, after delays, on answers, always. */
export function transitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])]
}

function longestFirst(a: string, b: string): number {
  return b.length - a.length
}

/** One or several, as XState's configuration has it. */
export function listed(value: unknown): unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
