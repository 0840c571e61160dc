/**
 * Where XState would lose its way: a history state that is entered from inside of what it remembers
 * can leave a machine in two children of one state, or in none.
 */
import type { AnyStateNode } from 'xstate'
import { nameOfNode, pathOf } from './nodes.ts'
import { regionsOf } from './routes.ts'

/** XState would stand where no machine can. */
export class Torn extends Error {}

/** Undefined in one child of each compound state and in every region of a parallel one. */
export function tornIn(nodes: readonly AnyStateNode[]): string | undefined {
  const active = new Set(nodes)
  for (const node of new Set(nodes.flatMap(pathOf))) {
    const where = node.parent ? `state '${nameOfNode(node)}'` : 'its root'
    if (!active.has(node)) return `${where} and stay inside of it`
    const children = regionsOf(node)
    const below = children.filter((child) => active.has(child)).length
    if (below === (node.type === 'compound' ? 1 : children.length)) continue
    if (node.type === 'parallel') return `${where} without some of its regions`
    return `${where} in ${below === 0 ? 'no state at all' : 'several states at once'}`
  }
  return undefined
}
