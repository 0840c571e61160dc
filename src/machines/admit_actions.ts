/**
 * Which actions a durable machine may run: what changes context, speaks or begins something by
 * name, and what its definition has a function for.  All are found by name after a restart, so
 * nothing may be told to an actor that only this process could hold.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { type Meaning, readAction } from './actions.ts'
import { admitLogic } from './admit_actors.ts'
import { PARENT, SELF } from './effects.ts'
import { fieldOf } from './guards.ts'
import { nodesOf, transitionsOf } from './nodes.ts'
import { refused } from './refused.ts'

export function admitActions(node: AnyStateNode): void {
  for (const action of actionsOf(node)) admitAction(node, action)
}

function actionsOf(node: AnyStateNode): unknown[] {
  const first = node.type === 'compound' ? node.initial.actions : []
  const taken = transitionsOf(node).flatMap((transition) => [...transition.actions])
  return [...node.entry, ...first, ...node.exit, ...taken]
}

function admitAction(node: AnyStateNode, action: unknown): void {
  const { name, meaning } = readAction(node.machine, action)
  switch (meaning.kind) {
    case 'foreign':
      throw foreign(node, name ?? fieldOf(action, 'type'))
    case 'assign':
      if (spawns(meaning.assignment)) throw refused(node, 'spawns in an assign', INVOKE)
      return
    case 'raise':
      admitRaise(node, meaning)
      return
    case 'send':
      admitSend(node, meaning)
      return
    case 'spawn':
      admitSpawn(node, meaning)
      return
    case 'enqueue':
      admitEnqueue(node, meaning)
      return
    default:
      return
  }
}

function foreign(node: AnyStateNode, called: unknown): Error {
  if (typeof called !== 'string' || called === '') {
    const hint = 'name it, and give defineMachine(machine, { actions: { name: async (ctx) => … } })'
    return refused(node, 'runs an action written in place', hint)
  }
  const hint =
    `nobody does it: defineMachine(machine, { actions: { ${called}: async (ctx, params) => … } }), ` +
    'or setup({ actions }) with one of assign, raise, sendTo, sendParent, emit, cancel, log'
  return refused(node, `runs the action '${called}'`, hint)
}

function admitRaise(node: AnyStateNode, raise: Meaning & { kind: 'raise' }): void {
  if (raise.delay === undefined) return
  admitDelay(node, raise.delay)
  if (!String(raise.id).startsWith('pawl.')) return
  const hint = 'ids that begin with pawl. are taken'
  throw refused(node, `gives the id '${raise.id}' to a delayed event`, hint)
}

function admitSend(node: AnyStateNode, send: Meaning & { kind: 'send' }): void {
  admitDelay(node, send.delay)
  // Whom a function names is known when it runs: the machine itself, its parent, or an id.
  if (typeof send.to === 'function' || send.to === PARENT || send.to === SELF) return
  if (actorIdsOf(node.machine).has(send.to)) return
  const hint =
    'send to the parent, to the machine itself, or to a machine that is invoked under that id'
  throw refused(node, `sends to '${send.to}'`, hint)
}

/** The ids of everything this machine ever invokes or spawns. */
export function actorIdsOf(machine: AnyStateMachine): Set<unknown> {
  return new Set(
    nodesOf(machine.root).flatMap((node) => [
      ...node.invoke.map((invoke) => invoke.id),
      ...actionsOf(node).flatMap((action) => {
        const { meaning } = readAction(machine, action)
        return meaning.kind === 'spawn' ? [meaning.id] : []
      }),
    ]),
  )
}

function admitSpawn(node: AnyStateNode, spawn: Meaning & { kind: 'spawn' }): void {
  if (typeof spawn.src !== 'string') {
    throw refused(node, 'spawns an actor without a name', 'name it: setup({ actors: … })')
  }
  if (typeof spawn.id !== 'string') {
    const hint = `its answers are taken by it: spawnChild('${spawn.src}', { id: 'name' })`
    throw refused(node, `spawns '${spawn.src}' without a constant id`, hint)
  }
  if (spawn.systemId !== undefined) {
    throw refused(node, `gives '${spawn.src}' a systemId`, 'an actor is found by its id alone')
  }
  admitLogic(node, spawn.src)
}

/** A call shows in the source; what hides better is caught when it happens. */
function admitEnqueue(node: AnyStateNode, { collect }: Meaning & { kind: 'enqueue' }): void {
  if (/\bspawn\s*\(/.test(String(collect))) throw refused(node, 'spawns in an assign', INVOKE)
}

export function admitDelay(node: AnyStateNode, delay: unknown): void {
  if (typeof delay !== 'string' || !Number.isNaN(Number(delay))) return
  if (fieldOf(node.machine.implementations.delays, delay) !== undefined) return
  throw refused(node, `needs the delay '${delay}'`, 'implement it: setup({ delays: { … } })')
}

export const INVOKE = 'invoke it by name: a promise becomes a step, a machine a child task'

/** A call of `spawn` shows in the source; what hides better is caught when it happens. */
export function spawns(made: unknown): boolean {
  const parts = typeof made === 'object' && made !== null ? Object.values(made) : [made]
  return parts.some((part) => typeof part === 'function' && /\bspawn\s*\(/.test(String(part)))
}
