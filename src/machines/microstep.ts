/**
 * One microstep of a statechart without its context: which nodes are left and entered, what the
 * history nodes remember, which events the machine raises to itself.
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { assigns, type Meaning, type Raised, raisedBy, readAction, renews } from './actions.ts'
import { childrenOf, inOrder, isBelow, isDone, isLeaf } from './nodes.ts'
import { enteredBy, type History, leftBy, regionsOf, withoutConflicts } from './routes.ts'

/** Where a machine stands, and what its history nodes would bring back. */
export type Place = {
  /** In XState's order, on which it depends whose `always` is asked first. */
  nodes: readonly AnyStateNode[]
  history: History
  done: boolean
}

export type Arrival = {
  place: Place
  raised: Raised[]
  /** XState asks `always` again only where its snapshot has become a new object. */
  renewed: boolean
  /** Guards may say something else than before. */
  assigned: boolean
}

/** The machine's first microstep: from nowhere into the root's initial states. */
export function enterRoot(root: AnyStateNode): Arrival {
  const arrow = { source: root, target: initialNodesOf(root), reenter: true }
  const place = { nodes: [], history: new Map(), done: false }
  return arrive(place, [], { left: [], ...enteredBy([arrow], place.history) })
}

/** Takes all these transitions at once, as far as they do not exclude each other. */
export function microstep(from: Place, selected: readonly AnyTransitionDefinition[]): Arrival {
  const transitions = withoutConflicts(selected, from.nodes, from.history)
  const left = new Set(transitions.flatMap((it) => leftBy(it, from.nodes, from.history)))
  const history = remember(from, left)
  const script = transitions.flatMap((it) => meaningsOf(it.source, it.actions))
  const route = { left: inOrder(left).reverse(), ...enteredBy(transitions, history) }
  return arrive({ ...from, history }, script, route, from)
}

type Route = { left: AnyStateNode[]; entered: Set<AnyStateNode>; defaults: Set<AnyStateNode> }

function arrive(at: Place, script: Meaning[], route: Route, from: Place = at): Arrival {
  const { left, entered, defaults } = route
  const nodes = new Set(at.nodes)
  for (const node of left) nodes.delete(node)
  const meanings = [...left.flatMap((node) => meaningsOf(node, node.exit)), ...script]
  const raised = meanings.flatMap(raisedBy)
  const completed = new Set<AnyStateNode>()
  let { done } = at
  for (const node of inOrder(entered)) {
    nodes.add(node)
    const first = defaults.has(node) ? node.initial.actions : []
    const entry = meaningsOf(node, [...node.entry, ...first])
    meanings.push(...entry)
    raised.push(...entry.flatMap(raisedBy))
    if (node.type === 'final') done = complete({ node, nodes, completed, raised }) || done
  }
  // XState looks at the nodes as a set, and keeps the order it had where nothing else is new.
  const stays =
    at.history === from.history &&
    nodes.size === from.nodes.length &&
    from.nodes.every((node) => nodes.has(node))
  return {
    place: { nodes: stays ? from.nodes : [...nodes], history: at.history, done },
    raised,
    renewed:
      !stays ||
      [...left, ...entered].some((node) => node.invoke.length > 0) ||
      meanings.some(renews),
    assigned: meanings.some(assigns),
  }
}

type Completion = {
  node: AnyStateNode
  nodes: ReadonlySet<AnyStateNode>
  completed: Set<AnyStateNode>
  raised: Raised[]
}

/** Tells of all that a final state completes; true where that is the machine. */
function complete({ node, nodes, completed, raised }: Completion): boolean {
  const { parent } = node
  if (parent?.type === 'compound') raised.push(doneOf(parent, node.output))
  let above = parent?.type === 'parallel' ? parent : parent?.parent
  while (above?.type === 'parallel' && !completed.has(above) && isDone(above, nodes)) {
    completed.add(above)
    raised.push(doneOf(above, undefined))
    above = above.parent
  }
  return above === undefined
}

function doneOf(node: AnyStateNode, output: unknown): Raised {
  const type = `xstate.done.state.${node.id}`
  return { type, event: typeof output === 'function' ? undefined : type, maybe: false }
}

function remember({ nodes, history }: Place, left: ReadonlySet<AnyStateNode>): History {
  const news = [...left].flatMap((node) =>
    childrenOf(node)
      .filter((child) => child.type === 'history')
      .map((child) => {
        const kept = nodes.filter((inner) =>
          child.history === 'deep' ? isLeaf(inner) && isBelow(inner, node) : inner.parent === node,
        )
        return [child, kept] as const
      }),
  )
  return news.length > 0 ? new Map([...history, ...news]) : history
}

/** Every node that the first configuration consists of, in the order XState meets them. */
function initialNodesOf(node: AnyStateNode): AnyStateNode[] {
  const below = node.type === 'compound' ? [...(node.initial.target ?? [])] : []
  const inner = node.type === 'parallel' ? regionsOf(node) : below
  return [node, ...inner.flatMap(initialNodesOf)]
}

function meaningsOf(node: AnyStateNode, actions: readonly unknown[]): Meaning[] {
  return actions.map((action) => readAction(node.machine, action).meaning)
}
