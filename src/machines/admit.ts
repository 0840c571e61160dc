/**
 * What a durable machine may not have.  A task outlives its process, so nothing of it may live
 * only in memory: no actor without a name to find it by, no side effect inside a transition, no
 * delay or guard that nobody wrote.  Each refusal names the state and says what to do instead.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { Refusal } from '../refusal.ts'
import { type Meaning, readAction } from './actions.ts'
import { admitActors } from './admit_actors.ts'
import { fieldOf, type GuardTree, guardTree } from './guards.ts'
import { findNode, initialOf, isBelow, nodesOf, transitionsOf } from './nodes.ts'
import { refused } from './refused.ts'

/** Refuses a machine that pawl cannot carry; returns if it can. */
export function admit(machine: AnyStateMachine): void {
  if (machine.config.id === undefined) {
    throw new Refusal(
      'PW603',
      'a machine has no id',
      "give it one: createMachine({ id: 'refund' })",
    )
  }
  if (machine.root.type !== 'compound') {
    throw refused(machine.root, `is ${machine.root.type}`, 'give the machine states, one at a time')
  }
  if (spawns(machine.config.context)) throw refused(machine.root, 'spawns in context', INVOKE)
  for (const node of nodesOf(machine.root)) {
    admitShape(node)
    admitEvents(node)
    for (const transition of transitionsOf(node)) {
      admitGuard(node, transition.guard)
      admitTargets(node, transition)
    }
    for (const action of actionsOf(node)) admitAction(node, action)
    admitActors(node)
  }
}

const INVOKE = 'invoke a promise actor by name: it becomes a durable step'

function admitShape(node: AnyStateNode): void {
  if (node.type === 'parallel') {
    throw refused(node, 'is parallel', 'this version has no parallel states: nest or sequence them')
  }
  if (node.parent && !/^[^.|()\s]+$/.test(node.key)) {
    throw refused(node, `has the key '${node.key}'`, 'a key has no dot, bar, bracket or space')
  }
  if (node.config.route) throw refused(node, 'has a route', 'use an event and a transition')
  if (node.type === 'compound' && firstOf(node)?.type === 'history') {
    throw refused(node, 'begins in a history state', 'name a state as initial')
  }
  if (node.type === 'compound' && !firstOf(node)) {
    throw refused(
      node,
      'begins in a state that does not exist',
      'name one of its states as initial',
    )
  }
  const fallback: unknown = node.type === 'history' ? node.config.target : undefined
  if (fallback !== undefined && !leadsInside(node, fallback)) {
    throw refused(
      node,
      'leads outside of its parent',
      'aim a history state at a sibling by its key',
    )
  }
  for (const delay of Object.keys(node.config.after ?? {})) admitDelay(node, delay)
}

function leadsInside(history: AnyStateNode, target: unknown): boolean {
  const { parent } = history
  const node = parent && typeof target === 'string' ? findNode(parent, target) : undefined
  return parent !== undefined && node !== undefined && isBelow(node, parent)
}

/** XState notices a wrong `initial` only when it looks. */
function firstOf(node: AnyStateNode): AnyStateNode | undefined {
  try {
    return initialOf(node)
  } catch {
    return undefined
  }
}

function admitEvents(node: AnyStateNode): void {
  for (const event of Object.keys(node.config.on ?? {})) {
    if (/^(xstate|pawl)\./.test(event) && event !== 'pawl.deadline') {
      throw refused(node, `takes '${event}'`, 'names that begin with xstate. or pawl. are taken')
    }
    if (event.includes('*') && !/^([^*]+\.)?\*$/.test(event)) {
      throw refused(node, `takes '${event}'`, "a wildcard is '*' or ends a name: 'payment.*'")
    }
  }
}

function admitTargets(node: AnyStateNode, transition: { target?: unknown }): void {
  const targets: unknown[] = Array.isArray(transition.target) ? transition.target : []
  if (targets.length > 1) throw refused(node, 'aims at several states', 'aim at one state')
  if (node.parent && targets[0] === node.machine.root) {
    throw refused(node, 'aims at the root', 'aim at one of its states')
  }
}

function admitGuard(node: AnyStateNode, guard: unknown): void {
  const missing = guard === undefined ? undefined : missingGuard(guardTree(node.machine, guard))
  if (missing === undefined) return
  throw refused(node, `needs the guard '${missing}'`, 'implement it: setup({ guards: { … } })')
}

function missingGuard(tree: GuardTree): string | undefined {
  switch (tree.kind) {
    case 'named':
      return tree.guard ? missingGuard(tree.guard) : tree.name
    case 'not':
      return missingGuard(tree.guard)
    case 'and':
    case 'or':
      return tree.guards.map(missingGuard).find((name) => name !== undefined)
    default:
      return undefined
  }
}

function admitDelay(node: AnyStateNode, delay: unknown): void {
  if (typeof delay !== 'string' || !Number.isNaN(Number(delay))) return
  if (fieldOf(node.machine.implementations.delays, delay) !== undefined) return
  throw refused(node, `needs the delay '${delay}'`, 'implement it: setup({ delays: { … } })')
}

function actionsOf(node: AnyStateNode): unknown[] {
  const first = node.type === 'compound' ? node.initial.actions : []
  const taken = transitionsOf(node).flatMap((transition) => [...transition.actions])
  return [...node.entry, ...first, ...node.exit, ...taken]
}

function admitAction(node: AnyStateNode, action: unknown): void {
  const { name, meaning } = readAction(node.machine, action)
  switch (meaning.kind) {
    case 'foreign': {
      const called = name ?? fieldOf(action, 'type')
      throw refused(node, called ? `runs the action '${called}'` : INLINE_ACTION, NO_ACTIONS)
    }
    case 'assign':
      if (spawns(meaning.assignment)) throw refused(node, 'spawns in an assign', INVOKE)
      return
    case 'raise':
      admitRaise(node, meaning)
      return
    default:
      return
  }
}

const INLINE_ACTION = 'runs an action written in place'
const NO_ACTIONS =
  'this version has no durable actions yet: only assign, raise, cancel, log and emit. ' +
  'Let an invoked promise actor do the work'

function admitRaise(node: AnyStateNode, raise: Meaning & { kind: 'raise' }): void {
  if (raise.delay === undefined) {
    if (raise.type !== undefined) return
    throw refused(
      node,
      'raises a computed event',
      'raise a constant type; keep the rest in context',
    )
  }
  admitDelay(node, raise.delay)
  if (typeof raise.id === 'string') return
  const hint = "name the timer: raise({ type: 'REMIND' }, { delay: 5000, id: 'reminder' })"
  throw refused(node, 'raises a delayed event without an id', hint)
}

/** A call of `spawn` shows in the source; what hides better is caught when it happens. */
function spawns(made: unknown): boolean {
  const parts = typeof made === 'object' && made !== null ? Object.values(made) : [made]
  return parts.some((part) => typeof part === 'function' && /\bspawn\s*\(/.test(String(part)))
}
