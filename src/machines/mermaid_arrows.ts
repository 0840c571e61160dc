/**
 * The arrows of a diagram and what is written on them, in people's words: `plan done`,
 * `after 1 d`, `REPLIED [asked twice]`.
 */
import { isObject, type Json } from '../json.ts'
import type { DrawnTransition, Site } from './mermaid_nodes.ts'

/** `any`: from whatever state within `from`, which Mermaid cannot draw as coming from its frame. */
export type Arrow = {
  from: Site
  any: boolean
  to: Site
  within: Site
  labels: string[]
}

export function arrowsOf(sites: readonly Site[], byId: ReadonlyMap<string, Site>): Arrow[] {
  const arrows = new Map<string, Arrow>()
  for (const from of sites) {
    for (const [event, transition] of transitionsOf(from)) {
      // Without a target it only acts, and stays.
      const targets = transition.target.length > 0 ? transition.target : [from.node.id]
      for (const target of targets.flatMap((id) => byId.get(id) ?? [])) {
        const arrow = arrowOf(from, target)
        const key = `${arrow.from.mermaid} ${arrow.any} ${arrow.to.mermaid}`
        const known = arrows.get(key) ?? arrow
        const label = labelOf(from, event, transition)
        if (!known.labels.includes(label)) known.labels.push(label)
        arrows.set(key, known)
      }
    }
  }
  return [...arrows.values()]
}

function arrowOf(from: Site, target: Site): Arrow {
  const any = hasStates(from) && (target === from || aboveOf(target).includes(from))
  if (any) return { from, any, to: target, within: from, labels: [] }
  // A frame around the arrow's own beginning is entered where it begins.
  const above = aboveOf(from)
  let to = target
  for (let first = firstOf(to); first && above.includes(to); first = firstOf(to)) to = first
  const around = aboveOf(to)
  const within = above.find((site) => around.includes(site)) ?? from
  return { from, any, to, within, labels: [] }
}

function hasStates({ node }: Site): boolean {
  return Object.keys(node.states).length > 0
}

function firstOf(site: Site): Site | undefined {
  return site.children.find((it) => it.key === site.node.initial) ?? site.children[0]
}

function transitionsOf({ node }: Site): [string, DrawnTransition][] {
  return [
    ...Object.entries(node.on).flatMap(([event, all]) =>
      all.map((it): [string, DrawnTransition] => [event, it]),
    ),
    ...node.always.map((it): [string, DrawnTransition] => ['', it]),
  ].sort(([a], [b]) => urgency(a) - urgency(b) || byName(a, b))
}

/** jsonb keeps no order of keys. */
function byName(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** What a step brings first, then errors, then the rest. */
function urgency(event: string): number {
  if (event.startsWith('xstate.done.')) return 0
  return event.startsWith('xstate.error.') ? 1 : 2
}

function aboveOf(site: Site): Site[] {
  const above: Site[] = []
  for (let at = site.parent; at; at = at.parent) above.push(at)
  return above
}

function labelOf({ node }: Site, event: string, { guard }: DrawnTransition): string {
  const when = guard === null ? '' : `[${guardText(guard)}]`
  return [eventText(event, node.id), when].filter((it) => it !== '').join(' ') || 'always'
}

function eventText(event: string, id: string): string {
  const [, kind, rest = ''] =
    /^xstate\.(done\.state|done\.actor|error\.actor|after)\.(.*)$/s.exec(event) ?? []
  switch (kind) {
    case 'done.state':
      return 'done'
    case 'done.actor':
      return plain(`${shortened(rest, id)} done`)
    case 'error.actor':
      return plain(`${shortened(rest, id)} failed`)
    case 'after':
      return plain(
        `after ${delayText(rest.endsWith(`.${id}`) ? rest.slice(0, -id.length - 1) : rest)}`,
      )
    default:
      return plain(event)
  }
}

/** XState names an invoke that has no name by its place: `0.machine.state`. */
function shortened(actor_id: string, id: string): string {
  return actor_id.endsWith(`.${id}`) ? 'invoke' : actor_id
}

const UNITS: [number, string][] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
]

function delayText(delay: string): string {
  const ms = Number(delay)
  if (!Number.isFinite(ms)) return delay
  const [unit, name] = UNITS.find(([unit]) => ms >= unit && ms % unit === 0) ?? [1, 'ms']
  return `${ms / unit} ${name}`
}

function guardText(guard: Json): string {
  if (typeof guard === 'string') return guard === '(inline)' ? 'guard' : plain(guard)
  if (!isObject(guard)) return 'guard'
  const { name, not, and, or } = guard
  if (typeof name === 'string') return plain(name)
  if (not !== undefined) return `not ${guardText(not)}`
  if (Array.isArray(and)) return and.map(guardText).join(' and ')
  if (Array.isArray(or)) return or.map(guardText).join(' or ')
  const value = guard['in']
  return plain(`in ${typeof value === 'string' ? value : JSON.stringify(value ?? '')}`)
}

function plain(text: string): string {
  return text.replace(/["#;\n\r:]/g, ' ').trim()
}
