/**
 * What a durable machine may not have.  A task outlives its process, so nothing of it may live
 * only in memory: no actor without a name to find it by, no side effect inside a transition, no
 * delay or guard that nobody wrote.  Each refusal names the state and says what to do instead.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { Refusal } from '../refusal.ts'
import { actorIdsOf, admitActions, admitDelay, INVOKE, spawns } from './admit_actions.ts'
import { admitActors } from './admit_actors.ts'
import { admitRegions, admitTargets } from './admit_regions.ts'
import { type GuardTree, guardTree } from './guards.ts'
import { assertJson } from './json.ts'
import { initialOf, nodesOf, transitionsOf } from './nodes.ts'
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
  if (machine.root.type !== 'compound' && machine.root.type !== 'parallel') {
    throw refused(machine.root, `is ${machine.root.type}`, 'give the machine states')
  }
  const context: unknown = machine.config.context
  if (spawns(context)) throw refused(machine.root, 'spawns in context', INVOKE)
  // A context that is computed is looked at when a task begins.
  if (typeof context === 'object') assertJson(context, `machine '${machine.id}': context`)
  for (const node of nodesOf(machine.root)) {
    admitShape(node)
    admitEvents(node)
    for (const transition of transitionsOf(node)) {
      admitGuard(node, transition.guard)
      admitTargets(node, transition)
    }
    admitActions(node)
    admitActors(node)
  }
}

function admitShape(node: AnyStateNode): void {
  if (nodesOf(node.machine.root).some((other) => other !== node && other.id === node.id)) {
    throw refused(node, `has the id '${node.id}' of another state`, 'give each state its own id')
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
  admitRegions(node)
  for (const delay of Object.keys(node.config.after ?? {})) admitDelay(node, delay)
}

/** XState notices a wrong `initial` only when it looks. */
function firstOf(node: AnyStateNode): AnyStateNode | undefined {
  try {
    return initialOf(node)
  } catch {
    return undefined
  }
}

/** What the engine tells a machine that wants to know. */
const OF_THE_ENGINE: readonly string[] = ['pawl.deadline', 'pawl.cancel']

/** Of an actor of this machine: one that is spawned has no other place for its answer. */
function isAnswer(node: AnyStateNode, event: string): boolean {
  const [, id] = /^xstate\.(?:done|error)\.actor\.(.+)$/.exec(event) ?? []
  return id !== undefined && actorIdsOf(node.machine).has(id)
}

function admitEvents(node: AnyStateNode): void {
  for (const event of Object.keys(node.config.on ?? {})) {
    if (
      /^(xstate|pawl)\./.test(event) &&
      !OF_THE_ENGINE.includes(event) &&
      !isAnswer(node, event)
    ) {
      throw refused(node, `takes '${event}'`, 'names that begin with xstate. or pawl. are taken')
    }
    if (event.includes('*') && !/^([^*]+\.)?\*$/.test(event)) {
      throw refused(node, `takes '${event}'`, "a wildcard is '*' or ends a name: 'payment.*'")
    }
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
