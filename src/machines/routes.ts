/**
 * What a transition leaves and enters.  It is XState's algorithm (and SCXML's before it), quirks
 * included, since what a live actor does is by definition right; a property test walks random
 * charts beside live actors to keep it so.
 */
import type { AnyStateNode } from 'xstate'
import { childrenOf, findNode, initialOf, isBelow, listed, pathOf } from './nodes.ts'

/** What each history node would bring back. */
export type History = ReadonlyMap<AnyStateNode, readonly AnyStateNode[]>

/** As much of a transition as its way depends on. */
export type Arrow = {
  source: AnyStateNode
  target?: readonly AnyStateNode[] | undefined
  reenter: boolean
}

/** The nodes a history node stands for before it remembers anything. */
export function defaultsOf(history: AnyStateNode): readonly AnyStateNode[] {
  const { parent } = history
  if (!parent) return []
  const targets = listed(history.config.target)
  if (targets.length > 0) {
    return targets.flatMap((it) => (typeof it === 'string' ? (findNode(parent, it) ?? []) : []))
  }
  return parent.type === 'parallel' ? [parent] : [initialOf(parent) ?? []].flat()
}

/** Follows history nodes to what they remember, or to their defaults. */
function aimsOf(arrow: Arrow, history: History): AnyStateNode[] {
  const aims = (arrow.target ?? []).flatMap((target) => {
    if (target.type !== 'history') return [target]
    return history.get(target) ?? aimsOf({ ...arrow, target: defaultsOf(target) }, history)
  })
  return [...new Set(aims)]
}

/** The node below which all changes; undefined when even the root is left. */
function domainOf(arrow: Arrow, history: History): AnyStateNode | undefined {
  const { source, reenter } = arrow
  const aims = aimsOf(arrow, history)
  if (!reenter && aims.every((aim) => aim === source || isBelow(aim, source))) return source
  const [first = source, ...rest] = [...aims, source]
  const common = pathOf(first)
    .slice(1)
    .find((node) => rest.every((other) => isBelow(other, node)))
  return common ?? (reenter ? undefined : source.machine.root)
}

/** Of those who stand, all that the transition leaves. */
export function leftBy(
  arrow: Arrow,
  nodes: readonly AnyStateNode[],
  history: History,
): AnyStateNode[] {
  if (!arrow.target?.length) return []
  const domain = domainOf(arrow, history)
  return domain ? nodes.filter((node) => isBelow(node, domain)) : [...nodes]
}

/** Two that leave the same node cannot both be taken: the inner one wins, else the first. */
export function withoutConflicts<T extends Arrow>(
  arrows: readonly T[],
  nodes: readonly AnyStateNode[],
  history: History,
): readonly T[] {
  if (arrows.length < 2) return arrows
  let kept: { arrow: T; left: AnyStateNode[] }[] = []
  for (const arrow of arrows) {
    const left = leftBy(arrow, nodes, history)
    const rivals = kept.filter((other) => other.left.some((node) => left.includes(node)))
    // XState stops looking at the first rival that is not outside of this one.
    if (rivals.some((rival) => !isBelow(arrow.source, rival.arrow.source))) continue
    kept = [...kept.filter((other) => !rivals.includes(other)), { arrow, left }]
  }
  return kept.map(({ arrow }) => arrow)
}

export type Entry = {
  entered: Set<AnyStateNode>
  /** Entered by default, so that their `initial` transition's actions run. */
  defaults: Set<AnyStateNode>
}

/** All that these transitions enter, in no order. */
export function enteredBy(arrows: readonly Arrow[], history: History): Entry {
  const entry: Entry = { entered: new Set(), defaults: new Set() }
  for (const arrow of arrows) {
    const { source, reenter } = arrow
    const domain = domainOf(arrow, history)
    for (const target of arrow.target ?? []) {
      const stays = target === source && source === domain && !reenter
      if (target.type !== 'history' && !stays) enterByDefault(entry, target)
      enterBelow(entry, target, history)
    }
    const limit = !source.parent && reenter ? undefined : domain
    for (const aim of aimsOf(arrow, history)) {
      const above = between(aim, domain)
      if (domain?.type === 'parallel') above.push(domain)
      enterAbove(entry, above, { history, limit })
    }
  }
  return entry
}

function enterByDefault({ entered, defaults }: Entry, node: AnyStateNode): void {
  entered.add(node)
  defaults.add(node)
}

function enterBelow(entry: Entry, node: AnyStateNode, history: History): void {
  switch (node.type) {
    case 'history':
      enterHistory(entry, node, history)
      break
    case 'compound': {
      const first = initialOf(node)
      if (!first) break
      if (first.type !== 'history') enterByDefault(entry, first)
      enterBelow(entry, first, history)
      break
    }
    case 'parallel':
      for (const region of regionsOf(node)) {
        if (anyBelow(entry.entered, region)) continue
        enterByDefault(entry, region)
        enterBelow(entry, region, history)
      }
      break
    default:
  }
}

function enterHistory(entry: Entry, node: AnyStateNode, history: History): void {
  const { parent } = node
  if (!parent) return
  const remembered = history.get(node)
  const aims = remembered ?? defaultsOf(node)
  const byParent = !remembered && !node.config.target && parent.type === 'compound'
  if (byParent) entry.defaults.add(parent)
  for (const aim of aims) {
    entry.entered.add(aim)
    enterBelow(entry, aim, history)
  }
  for (const aim of aims) {
    enterAbove(entry, between(aim, parent), { history, limit: undefined })
  }
}

type Bounds = { history: History; limit: AnyStateNode | undefined }

/** Regions that nobody aimed at begin where they begin, though XState counts it no default. */
function enterAbove(
  entry: Entry,
  ancestors: readonly AnyStateNode[],
  { history, limit }: Bounds,
): void {
  for (const ancestor of ancestors) {
    if (!limit || isBelow(ancestor, limit)) entry.entered.add(ancestor)
    if (ancestor.type !== 'parallel') continue
    for (const region of regionsOf(ancestor)) {
      if (anyBelow(entry.entered, region)) continue
      entry.entered.add(region)
      enterBelow(entry, region, history)
    }
  }
}

/** The ancestors below `end`; all of them where it is none. */
function between(node: AnyStateNode, end: AnyStateNode | undefined): AnyStateNode[] {
  if (node === end) return []
  const above = pathOf(node).slice(1)
  const at = end ? above.indexOf(end) : -1
  return at < 0 ? above : above.slice(0, at)
}

export function regionsOf(node: AnyStateNode): AnyStateNode[] {
  return childrenOf(node).filter((child) => child.type !== 'history')
}

function anyBelow(nodes: Iterable<AnyStateNode>, ancestor: AnyStateNode): boolean {
  for (const node of nodes) if (isBelow(node, ancestor)) return true
  return false
}
