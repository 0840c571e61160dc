/**
 * One microstep of a statechart without its context: which nodes are left and entered, what the
 * history nodes remember, which events the machine raises to itself.  It mirrors XState's own
 * microstep for charts without parallel regions, quirks included; a property test walks random
 * charts beside live actors to keep it honest.
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { type Meaning, raiseNow, readAction, renews } from './actions.ts'
import { childrenOf, findNode, initialOf, isBelow, isMachineFinal, pathOf } from './nodes.ts'

/** Where a machine stands, and what its history nodes would bring back. */
export type Place = { leaf: AnyStateNode; history: ReadonlyMap<AnyStateNode, AnyStateNode> }

/** A place in the middle of a macrostep: events still to be taken, `always` still to be asked. */
export type Unsettled = Place & { queue: readonly string[]; askAlways: boolean }

/** The machine's first microstep: from nowhere into the root's initial states. */
export function enterRoot(root: AnyStateNode): Unsettled {
  const defaults = new Set([root])
  const leaf = descend(root, defaults)
  const script = pathOf(leaf)
    .reverse()
    .flatMap((node) => entryOf(node, defaults))
  return { leaf, history: new Map(), queue: raisedBy(script), askAlways: true }
}

/** Takes one transition; `queue` holds what was raised before it. */
export function microstep(
  from: Place,
  transition: AnyTransitionDefinition,
  queue: readonly string[],
): Unsettled {
  const { leaf, history, left, entered, defaults } = routeOf(from, transition)
  const script = [
    ...left.flatMap((node) => meaningsOf(node, node.exit)),
    ...meaningsOf(transition.source, transition.actions),
    ...entered.flatMap((node) => entryOf(node, defaults)),
  ]
  // XState asks `always` again only where its snapshot has become a new object.
  const askAlways =
    leaf !== from.leaf ||
    history !== from.history ||
    [...left, ...entered].some((node) => node.invoke.length > 0) ||
    script.some(renews)
  return { leaf, history, queue: [...queue, ...raisedBy(script)], askAlways }
}

type Route = Place & {
  left: AnyStateNode[]
  entered: AnyStateNode[]
  /** Entered by default, so that their `initial` transition's actions run. */
  defaults: Set<AnyStateNode>
}

function routeOf(from: Place, transition: AnyTransitionDefinition): Route {
  const [target] = transition.target ?? []
  if (!target) return { ...from, left: [], entered: [], defaults: new Set() }
  const within = domainOf(transition, aimOf(target, from.history))
  const left = pathOf(from.leaf).filter((node) => !within || isBelow(node, within))
  const history = remember(from, left)
  // What is being left is remembered first, so a history node may lead straight back.
  const aim = aimOf(target, history)
  const defaults = defaultsOf(target, history)
  const leaf = descend(aim, defaults)
  const into = domainOf(transition, aim)
  // Through a history node XState enters all below its parent, even what was never left.
  const anew = target.type === 'history' ? target.parent : undefined
  const entered = pathOf(leaf)
    .filter((node) => !into || isBelow(node, into) || (anew && isBelow(node, anew)))
    .reverse()
  return { leaf, history, left, entered, defaults }
}

/** Follows a history node to what it remembers, or to its default. */
function aimOf(target: AnyStateNode, history: Place['history']): AnyStateNode {
  if (target.type !== 'history') return target
  const next = history.get(target) ?? defaultOf(target)
  return next ? aimOf(next, history) : target
}

function defaultOf(history: AnyStateNode): AnyStateNode | undefined {
  const { parent } = history
  const target: unknown = history.config.target
  if (!parent) return undefined
  return typeof target === 'string' ? findNode(parent, target) : initialOf(parent)
}

function defaultsOf(target: AnyStateNode, history: Place['history']): Set<AnyStateNode> {
  if (target.type !== 'history') return new Set([target])
  const byParent = !history.has(target) && !target.config.target && target.parent
  return new Set(byParent ? [byParent] : [])
}

/** Goes down by `initial` to a leaf, noting what is entered by default on the way. */
function descend(node: AnyStateNode, defaults: Set<AnyStateNode>): AnyStateNode {
  const first = node.type === 'compound' ? initialOf(node) : undefined
  if (!first) return node
  defaults.add(first)
  return descend(first, defaults)
}

/** The node below which a transition changes anything; undefined when even the root is left. */
function domainOf(
  transition: AnyTransitionDefinition,
  aim: AnyStateNode,
): AnyStateNode | undefined {
  const source: AnyStateNode = transition.source
  if (!transition.reenter && (aim === source || isBelow(aim, source))) return source
  const common = pathOf(aim)
    .slice(1)
    .find((node) => isBelow(source, node))
  return common ?? (transition.reenter ? undefined : source.machine.root)
}

function remember(from: Place, left: AnyStateNode[]): Place['history'] {
  const path = pathOf(from.leaf)
  const news = left.flatMap((node) =>
    childrenOf(node)
      .filter((child) => child.type === 'history')
      .map((child) => {
        const active = path.find((inner) => inner.parent === node)
        return [child, child.history === 'deep' ? from.leaf : (active ?? node)] as const
      }),
  )
  return news.length > 0 ? new Map([...from.history, ...news]) : from.history
}

function entryOf(node: AnyStateNode, defaults: ReadonlySet<AnyStateNode>): Meaning[] {
  const first = defaults.has(node) && node.type === 'compound' ? node.initial.actions : []
  const meanings = meaningsOf(node, [...node.entry, ...first])
  const completed = node.type === 'final' && !isMachineFinal(node) ? node.parent : undefined
  return completed ? [...meanings, raiseNow(`xstate.done.state.${completed.id}`)] : meanings
}

function meaningsOf(node: AnyStateNode, actions: readonly unknown[]): Meaning[] {
  return actions.map((action) => readAction(node.machine, action).meaning)
}

function raisedBy(script: Meaning[]): string[] {
  return script.flatMap((meaning) =>
    meaning.kind === 'raise' && meaning.delay === undefined ? (meaning.type ?? []) : [],
  )
}
