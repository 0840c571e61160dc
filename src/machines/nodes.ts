/**
 * Walking a statechart.  Without parallel regions a machine stands in one leaf at a time, so
 * "where it is" is a single path from that leaf to the root, and everything here follows it.
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

export function isBelow(node: AnyStateNode, ancestor: AnyStateNode): boolean {
  return node !== ancestor && pathOf(node).includes(ancestor)
}

/** `acting`, `working.calling`: the canonical text of a leaf. */
export function nameOfNode(node: AnyStateNode): string {
  return node.path.join('.')
}

export function nameOfValue(value: StateValue): string {
  if (typeof value === 'string') return value
  const [key = '', inner = {}] = Object.entries(value)[0] ?? []
  const rest = nameOfValue(inner)
  return rest === '' ? key : `${key}.${rest}`
}

export function valueOfNode(leaf: AnyStateNode): StateValue {
  const keys = [...leaf.path]
  const last = keys.pop() ?? ''
  return keys.reduceRight<StateValue>((value, key) => ({ [key]: value }), last)
}

/** A task ends here: final, and directly under the root. */
export function isMachineFinal(node: AnyStateNode): boolean {
  return node.type === 'final' && node.parent === node.machine.root
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

/** All that the nodes of this path handle, the leaf's first. */
export function descriptorsAt(leaf: AnyStateNode): string[] {
  return [...new Set(pathOf(leaf).flatMap((node) => [...node.transitions.keys()]))]
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

/** The transitions that may answer an event, in the order XState tries them. */
export function candidates(leaf: AnyStateNode, type: string): AnyTransitionDefinition[] {
  return pathOf(leaf).flatMap((node) => {
    const wild = [...node.transitions.keys()]
      .filter((descriptor) => descriptor !== type && matches(type, descriptor))
      .sort(longestFirst)
    return [type, ...wild].flatMap((descriptor) => node.transitions.get(descriptor) ?? [])
  })
}

export function eventless(leaf: AnyStateNode): AnyTransitionDefinition[] {
  return pathOf(leaf).flatMap((node) => node.always ?? [])
}

/** Every transition a node declares: on events, after delays, on answers, always. */
export function transitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])]
}

function longestFirst(a: string, b: string): number {
  return b.length - a.length
}
