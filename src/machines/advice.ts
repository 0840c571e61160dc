/**
 * What to do about a chart that has grown too large.  Regions multiply: three of ten states each
 * are a thousand places, and nobody means to write a thousand places.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { nameOfNode, nodesOf } from './nodes.ts'
import { regionsOf } from './routes.ts'

/** Names the regions that multiply most, if any do. */
export function adviceFor(machine: AnyStateMachine): string {
  const parallel = nodesOf(machine.root).filter((node) => node.type === 'parallel')
  const [worst] = parallel.sort((a, b) => placesIn(b) - placesIn(a))
  if (!worst || placesIn(worst) < 2) {
    return 'split it into several machines, or keep in context what the states enumerate'
  }
  const where = worst.parent ? `state '${nameOfNode(worst)}'` : 'its root'
  const factors = regionsOf(worst).map((region) => `${region.key} (${placesIn(region)})`)
  return (
    `the regions of ${where} multiply: ${factors.join(' × ')} = ${placesIn(worst)} places; ` +
    'make a region a machine of its own and invoke it as a child task, ' +
    'or keep in context what its states enumerate'
  )
}

/** How many ways there are to stand below this node. */
function placesIn(node: AnyStateNode): number {
  const inner = regionsOf(node).map(placesIn)
  if (node.type === 'parallel') return inner.reduce((product, count) => product * count, 1)
  return inner.length === 0 ? 1 : inner.reduce((sum, count) => sum + count, 0)
}
