/** How a machine is turned down: one sentence that names machine and state, one that helps. */
import type { AnyStateNode } from 'xstate'
import { Refusal } from '../refusal.ts'
import { nameOfNode } from './nodes.ts'

export function refused(node: AnyStateNode, what: string, hint: string): Refusal {
  const where = node.parent ? `state '${nameOfNode(node)}'` : 'its root'
  return new Refusal('PW603', `machine '${node.machine.id}': ${where} ${what}`, hint)
}
