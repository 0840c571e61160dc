/**
 * From the list of actions that XState hands over to what they ask of the engine.
 */
import type { ExecutableActionObject } from 'xstate'
import { Refusal } from '../refusal.ts'
import { isDurable } from './actions.ts'
import { fieldOf } from './guards.ts'
import { assertJson } from './json.ts'
import type { Effect } from './moves.ts'
import { eventOf, Timers } from './timers.ts'

/** The machines behind actors' names, by name. */
export type ChildMachines = ReadonlyMap<string, string>

/** The actors that run while the move is made, by id. */
type Running = Readonly<Record<string, { src: string }>>

type Around = {
  running: Running
  machines: ChildMachines
  /** The actor that XState takes the machine for. */
  self: unknown
  /** How many delayed events without an id the task has raised before. */
  unnamed: number
}

/**
 * Work begun and stopped, and what children are told, in the order it was asked for (an event for
 * a child that the same move begins may come before its beginning); then what is told and done
 * besides; then one effect for each timer touched.
 */
export function effectsOf(
  actions: readonly ExecutableActionObject[],
  { running, machines, self, unnamed }: Around,
): Effect[] {
  const work: Effect[] = []
  const told: Effect[] = []
  const timers = new Timers(unnamed)
  for (const action of actions) {
    switch (action.type) {
      case 'xstate.spawnChild':
        begin(work, action.params, running, machines)
        break
      case 'xstate.stopChild':
        // XState stops by name whoever should run there; nobody does after an answer.
        if (fieldOf(action, 'params') === self) throw unnamedActor('a machine was to stop')
        if (action.params) stop(work, action.params, machines)
        break
      case 'xstate.raise':
        timers.set(action.params)
        break
      case 'xstate.cancel':
        timers.remove(String(fieldOf(action.params, 'sendId')))
        break
      case 'xstate.sendTo':
        send({ work, told, timers }, action.params, self)
        break
      case 'xstate.emit':
        told.push({ kind: 'emit', event: eventOf(action.params, 'the emitted event') })
        break
      case 'xstate.log':
        break
      default:
        told.push(runAction(action))
    }
  }
  if (timers.touched.size === 0 && told.length === 0) return work
  return [...work, ...told, ...timers.touched.values()]
}

function begin(work: Effect[], params: unknown, running: Running, machines: ChildMachines): void {
  const actor_id = String(fieldOf(params, 'id'))
  const src = String(fieldOf(params, 'src'))
  const machine = machines.get(src)
  const input = inputOf(fieldOf(params, 'input'), machine)
  assertJson(input, `the input of '${actor_id}'`)
  // History may enter a state that was never left: whoever runs there gives way.
  const known = Object.hasOwn(running, actor_id) ? running[actor_id] : undefined
  const begun = work.some((it) => begins(it, actor_id))
  const stopped = work.some((it) => stops(it, actor_id))
  if (begun || (known && !stopped)) stop(work, { id: actor_id, src: known?.src ?? src }, machines)
  work.push(
    machine === undefined
      ? { kind: 'open_step', actor_id, src, input }
      : { kind: 'start_child', actor_id, src, machine, input },
  )
}

/** A task's input is an object, so that of a child to which nothing is said is an empty one. */
export function inputOf(said: unknown, machine: string | undefined): unknown {
  return said === undefined && machine !== undefined ? {} : (said ?? null)
}

/** What was begun by this very move is simply not begun, and hears nothing. */
function stop(work: Effect[], actor: unknown, machines: ChildMachines): void {
  const actor_id = String(fieldOf(actor, 'id'))
  const begun = work.findIndex((it) => begins(it, actor_id))
  if (begun < 0) {
    const kind = machines.has(String(fieldOf(actor, 'src'))) ? 'stop_child' : 'stop_step'
    work.push({ kind, actor_id })
    return
  }
  const before = work.findLastIndex((it) => stops(it, actor_id))
  const meant = (it: Effect) => it.kind === 'send_child' && it.actor_id === actor_id
  const kept = work.filter((it, at) => at !== begun && !(at > before && meant(it)))
  work.splice(0, work.length, ...kept)
}

function begins(effect: Effect, actor_id: string): boolean {
  return (
    (effect.kind === 'open_step' || effect.kind === 'start_child') && effect.actor_id === actor_id
  )
}

function stops(effect: Effect, actor_id: string): boolean {
  return (
    (effect.kind === 'stop_step' || effect.kind === 'stop_child') && effect.actor_id === actor_id
  )
}

type Said = { work: Effect[]; told: Effect[]; timers: Timers }

function send({ work, told, timers }: Said, params: unknown, self: unknown): void {
  const to = addressOf(params, self)
  const delayed = fieldOf(params, 'delay') !== undefined
  if (to === SELF) {
    // Its turn comes after this move, and where nobody takes it then it is gone: as a timer's.
    timers.set(delayed ? params : { event: fieldOf(params, 'event'), delay: 0 })
  } else if (delayed) {
    timers.set(params, to)
  } else if (to === PARENT) {
    told.push({ kind: 'send_parent', event: eventOf(params, 'the event for the parent') })
  } else {
    work.push({ kind: 'send_child', actor_id: to, event: eventOf(params, `the event for '${to}'`) })
  }
}

export const PARENT = '#_parent'
export const SELF = '#_internal'

function addressOf(params: unknown, self: unknown): string {
  const [id, to] = [fieldOf(params, 'targetId'), fieldOf(params, 'to')]
  if (to === self) return SELF
  if (id === PARENT || to === fieldOf(self, '_parent')) return PARENT
  if (typeof id !== 'string') throw unnamedActor('an event was sent to')
  return id.startsWith('#_') ? id.slice(2) : id
}

function unnamedActor(what: string): Refusal {
  const hint = 'name the parent, the machine itself, or a child by its id'
  return new Refusal('PW603', `${what} an actor that was not named`, hint)
}

function runAction({ type, params, exec }: ExecutableActionObject): Effect {
  if (!isDurable(exec)) {
    const hint = `give it a function: defineMachine(machine, { actions: { ${type}: async (ctx) => … } })`
    throw new Refusal('PW603', `the action '${type}' has no durable meaning`, hint)
  }
  const given: unknown = params ?? null
  assertJson(given, `the params of '${type}'`)
  return { kind: 'run_action', name: type, params: given }
}
