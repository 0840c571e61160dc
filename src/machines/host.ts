/**
 * The machine at work, and still pure: a stored snapshot and an event go in, a move comes out.
 * No actor is ever started.  One inert scope serves all moves of a machine (4 times faster than
 * XState's `transition`, which builds an actor for each call) and only writes down what the
 * machine asks for.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import { Refusal } from '../refusal.ts'
import type { Chart } from './chart.ts'
import { assertJson, type Json } from './json.ts'
import { effectsOf, type Move } from './moves.ts'
import { classOf, NEW, nameOfValue } from './nodes.ts'
import { inertScope } from './scope.ts'
import { type Kept, kept, Snapshots } from './snapshots.ts'

export type HostEvent = { type: string } & Record<string, unknown>

export type Host = {
  /** From nothing to the first stable state. */
  start(input: Json): Move
  /** Undefined where no present state takes the event. */
  step(snapshot: Json, event: HostEvent): Move | undefined
  /** Would an error of this actor be taken?  `error` matters only to guards that look at it. */
  catches(snapshot: Json, actor_id: string, error?: Json): boolean
  tagsOf(state: string): string[]
}

/** A machine that takes more microsteps than this in one macrostep is taken to be looping. */
const microsteps_max = 1000

/** `chart` must be the chart of this very machine. */
export function hostOf(machine: AnyStateMachine, chart: Chart): Host {
  return new MachineHost(machine, chart)
}

class MachineHost implements Host {
  readonly #machine: AnyStateMachine
  readonly #scope = inertScope()
  readonly #snapshots: Snapshots
  readonly #states: Map<string, Chart['states'][number]>
  readonly #edges: Map<string, number>

  constructor(machine: AnyStateMachine, chart: Chart) {
    // A copy, because the limit is set on the machine itself and that one is the user's.
    this.#machine = machine.provide({})
    this.#machine.options = { maxIterations: microsteps_max, ...machine.config.options }
    this.#snapshots = new Snapshots(this.#machine, chart, this.#scope.scope)
    this.#states = new Map(chart.states.map((state) => [state.state, state]))
    this.#edges = new Map(
      chart.edges.map((edge) => [key(edge.from_state, edge.event, edge.to_state), edge.edge_no]),
    )
  }

  start(input: Json): Move {
    this.#scope.forget()
    const after = this.#machine.getInitialSnapshot(this.#scope.scope, input)
    return this.#move(
      { from: NEW, before: undefined, edge: 'pawl.started', type: 'pawl.started' },
      after,
    )
  }

  step(snapshot: Json, event: HostEvent): Move | undefined {
    const before = kept(snapshot)
    const meant = this.#meant(before, event)
    if (!meant) return undefined
    this.#scope.forget()
    const after = this.#machine.transition(meant.restored, meant.event, this.#scope.scope)
    const from = nameOfValue(before.value)
    return this.#move({ from, before, edge: meant.edge, type: event.type }, after)
  }

  catches(snapshot: Json, actor_id: string, error: Json = null): boolean {
    const type = `xstate.error.actor.${actor_id}`
    return this.#meant(kept(snapshot), { type, error }) !== undefined
  }

  tagsOf(state: string): string[] {
    return this.#states.get(state)?.tags ?? []
  }

  /** The event as the machine will see it, and the edge's name for it; undefined if not taken. */
  #meant(before: Kept, event: HostEvent) {
    if (before.status !== 'active') return undefined
    const [, actor_id] = ANSWER.exec(event.type) ?? []
    // An answer counts once: after it nobody runs there, so nobody need be stopped either.
    if (actor_id !== undefined && !Object.hasOwn(before.children, actor_id)) return undefined
    const edge = classOf(this.#snapshots.descriptorsAt(before), event.type)
    if (edge === undefined) return undefined
    const restored = this.#snapshots.restore(before, actor_id)
    const seen = actor_id === undefined ? event : { ...event, actorId: actor_id }
    // XState is asked first: an error that nobody takes would spoil the snapshot.
    const taken = this.#machine.getTransitionData(restored, seen).length > 0
    return taken ? { restored, event: seen, edge } : undefined
  }

  #move(cause: Cause, after: AnyMachineSnapshot): Move {
    if (after.status === 'error') throw after.error
    const { from, edge, type } = cause
    const to = nameOfValue(after.value)
    const edge_no = this.#edges.get(key(from, edge, to))
    const state = this.#states.get(to)
    if (edge_no === undefined || !state) throw offTheChart(this.#machine.id, from, type, to)
    const effects = effectsOf(this.#scope.actions)
    const snapshot = this.#snapshots.keep(after, cause.before, effects)
    return {
      from_state: from,
      to_state: to,
      event: type,
      edge_no,
      snapshot,
      done: state.final,
      outcome: state.outcome,
      tags: state.tags,
      output: snapshot['output'],
      effects,
    }
  }
}

type Cause = { from: string; before: Kept | undefined; edge: string; type: string }

const ANSWER = /^xstate\.(?:done|error)\.actor\.(.+)$/s

function key(from: string, event: string, to: string): string {
  return `${from}\u0000${event}\u0000${to}`
}

function offTheChart(machine: string, from: string, event: string, to: string): Refusal {
  return new Refusal(
    'PW003',
    `machine '${machine}' moved from '${from}' to '${to}' on '${event}', which is no edge of its chart`,
    'a guard that changes its mind within one step, or a chart drawn from another version',
  )
}
