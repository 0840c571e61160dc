/**
 * A machine's structure as plain JSON, for its hash: two machines with the same text move in the
 * same ways.  Names stand for guards, actions, actors and delays; code written in place is only
 * marked, since what code says is the release's business and not the chart's.  Keys are sorted,
 * so neither the order of writing nor XState's own bookkeeping shows; only the order of regions is
 * structure, since it names the states (`a.x|b.y`) and says whose turn is first.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import type { Json, JsonObject } from '../json.ts'
import { readAction } from './actions.ts'
import { isMachine } from './admit_actors.ts'
import { type GuardTree, guardTree } from './guards.ts'
import { childrenOf } from './nodes.ts'
import { regionsOf } from './routes.ts'

const INLINE = '(inline)'

export function definitionOf(machine: AnyStateMachine): JsonObject {
  return sorted({
    machine: machine.id,
    version: machine.version ?? null,
    delays: plain(machine.implementations.delays),
    root: nodeOf(machine.root),
  })
}

function nodeOf(node: AnyStateNode): JsonObject {
  return {
    id: node.id,
    type: node.type,
    initial: node.type === 'compound' ? (node.initial.target[0]?.key ?? null) : null,
    ...(node.type === 'parallel' && { regions: regionsOf(node).map((region) => region.key) }),
    initial_actions: node.type === 'compound' ? actionsOf(node, node.initial.actions) : [],
    history: node.history,
    history_target: plain(node.type === 'history' ? node.config.target : undefined),
    tags: [...node.tags].sort(),
    meta: plain(node.meta),
    entry: actionsOf(node, node.entry),
    exit: actionsOf(node, node.exit),
    output: plain(node.output),
    invokes: node.invoke.map((invoke) => ({
      id: invoke.id,
      src: plain(invoke.src),
      input: plain(invoke.input),
      ...machineBehind(node.machine, invoke.src),
    })),
    always: (node.always ?? []).map((transition) => transitionOf(node, transition)),
    on: Object.fromEntries(
      [...node.transitions].map(([event, transitions]) => [
        event,
        transitions.map((transition) => transitionOf(node, transition)),
      ]),
    ),
    states: Object.fromEntries(childrenOf(node).map((child) => [child.key, nodeOf(child)])),
  }
}

/** Nothing is said of other actors, so that a machine without children keeps its hash. */
function machineBehind(machine: AnyStateMachine, src: unknown): JsonObject {
  const logic: unknown = typeof src === 'string' ? machine.implementations.actors[src] : undefined
  return isMachine(logic) ? { machine: logic.id } : {}
}

function transitionOf(node: AnyStateNode, transition: AnyTransitionDefinition): JsonObject {
  return {
    guard: transition.guard ? guardOf(guardTree(node.machine, transition.guard)) : null,
    target: (transition.target ?? []).map((target: AnyStateNode) => target.id),
    reenter: transition.reenter,
    actions: actionsOf(node, transition.actions),
    meta: plain(transition.meta),
  }
}

function guardOf(tree: GuardTree | undefined): Json {
  switch (tree?.kind) {
    case undefined:
      return null
    case 'choice':
      return INLINE
    case 'named':
      return { name: tree.name, params: plain(tree.params), guard: guardOf(tree.guard) }
    case 'in':
      return { in: plain(tree.value) }
    case 'not':
      return { not: guardOf(tree.guard) }
    case 'and':
      return { and: tree.guards.map(guardOf) }
    case 'or':
      return { or: tree.guards.map(guardOf) }
    default:
      return tree satisfies never
  }
}

function actionsOf(node: AnyStateNode, actions: readonly unknown[]): Json[] {
  return actions.map((action) => {
    const { name, params, meaning } = readAction(node.machine, action)
    return { name: name ?? INLINE, params: plain(params), meaning: plain(meaning) }
  })
}

/** Any value as JSON: functions are marked, what is absent is null. */
export function plain(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'object':
      if (value === null) return null
      return Array.isArray(value) ? value.map(plain) : sortedBy(Object.entries(value))
    case 'undefined':
      return null
    default:
      return typeof value === 'function' ? INLINE : String(value)
  }
}

function sortedBy(entries: [string, unknown][]): JsonObject {
  const inOrder = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(inOrder.map(([key, value]) => [key, plain(value)]))
}

function sorted(object: JsonObject): JsonObject {
  return sortedBy(Object.entries(object))
}
