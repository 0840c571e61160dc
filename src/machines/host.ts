/**
 * The machine at work, and still pure: a stored snapshot and an event go in, a move comes out.
 * No actor is ever started.  One inert scope serves all moves of a machine and only writes down
 * what the machine asks for (a whole step takes 14 µs; XState's `transition` alone, which builds
 * an actor and runs the context factory for each call, takes 23).
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate'
import type { Json } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { childMachinesOf } from './admit_actors.ts'
import type { Chart, ChartState } from './chart_rows.ts'
import { type ChildMachines, effectsOf } from './effects.ts'
import type { Move } from './moves.ts'
import { classOf, NEW } from './nodes.ts'
import { inertLogic, inertScope } from './scope.ts'
import { type Kept, kept, Snapshots, strayed } from './snapshots.ts'

export type HostEvent = { type: string } & Record<string, unknown>

export type Host = {
  /** From nothing to the first stable state. */
  start(input: Json): Move
  /** Undefined where no present state takes the event. */
  step(snapshot: Json, event: HostEvent): Move | undefined
  /** Would an error of this actor be taken?  `error` matters only to guards that look at it. */
  catches(snapshot: Json, actor_id: string, error?: Json): boolean
  /** Was it invoked, and neither answered nor stopped since? */
  awaits(snapshot: Json, actor_id: string): boolean
  tagsOf(state: string): string[]
}

/** A machine that takes more microsteps than this in one macrostep is taken to be looping. */
const microsteps_max = 1000

/** `chart` must be the chart of this very machine. */
export function hostOf(machine: AnyStateMachine, chart: Chart): Host {
  return new MachineHost(machine, chart)
}

const STARTED = 'pawl.started'
const ANSWER = /^xstate\.(?:done|error)\.actor\.(.+)$/s

/** What led to a move: `edge` is the chart's name for an event of this `type`. */
type Cause = { from: string; edge: string; type: string }

class MachineHost implements Host {
  readonly #machine: AnyStateMachine
  readonly #children: ChildMachines
  readonly #scope = inertScope()
  readonly #snapshots: Snapshots
  readonly #states: Map<string, ChartState>
  readonly #edges: Map<string, number>

  constructor(machine: AnyStateMachine, chart: Chart) {
    this.#children = childMachinesOf(machine)
    // A copy, because the limit is set on the machine itself and that one is the user's; and
    // because XState takes the first move of a child machine as soon as it hears of it.
    const inert = [...this.#children.keys()].map((src) => [src, inertLogic])
    this.#machine = machine.provide({ actors: Object.fromEntries(inert) })
    this.#machine.options = { maxIterations: microsteps_max, ...machine.config.options }
    this.#snapshots = new Snapshots(this.#machine, this.#scope.scope)
    this.#states = new Map(chart.states.map((state) => [state.state, state]))
    this.#edges = new Map(
      chart.edges.map((edge) => [key(edge.from_state, edge.event, edge.to_state), edge.edge_no]),
    )
  }

  start(input: Json): Move {
    this.#scope.forget()
    const after = this.#machine.getInitialSnapshot(this.#scope.scope, input)
    return this.#move({ from: NEW, edge: STARTED, type: STARTED }, undefined, after)
  }

  step(snapshot: Json, event: HostEvent): Move | undefined {
    const taken = this.#take(kept(snapshot), event)
    if (!taken) return undefined
    const { before, restored, seen, from, edge } = taken
    this.#scope.forget()
    const after = this.#machine.transition(restored, seen, this.#scope.scope)
    return this.#move({ from, edge, type: event.type }, before, after)
  }

  catches(snapshot: Json, actor_id: string, error: Json = null): boolean {
    const type = `xstate.error.actor.${actor_id}`
    return this.#take(kept(snapshot), { type, error }) !== undefined
  }

  awaits(snapshot: Json, actor_id: string): boolean {
    return Object.hasOwn(kept(snapshot).children, actor_id)
  }

  tagsOf(state: string): string[] {
    return this.#states.get(state)?.tags ?? []
  }

  /** All that a taken event sets out from; undefined where nobody takes it. */
  #take(stands: Kept, event: HostEvent) {
    if (stands.status !== 'active') return undefined
    const [, actor_id] = ANSWER.exec(event.type) ?? []
    const answers = actor_id !== undefined
    if (answers && !Object.hasOwn(stands.children, actor_id)) return undefined
    // An answer counts once: after it nobody runs there, so nobody need be stopped either.
    const before = answers ? without(stands, actor_id) : stands
    const seen = answers ? { ...event, actorId: actor_id } : event
    const place = this.#snapshots.placeOf(before.value, before.entered)
    if (!this.#states.has(place.name)) throw strayed(place.name)
    const edge = classOf(place.descriptors, event.type)
    // What the engine says is for whom it names: a `*` that took a cancellation would keep the task.
    const named = edge === event.type || !event.type.startsWith('pawl.')
    if (edge === undefined || !named) return undefined
    const restored = this.#snapshots.restore(before, place)
    // XState is asked first: an error that nobody takes would spoil the snapshot.
    const taken = this.#machine.getTransitionData(restored, seen).length > 0
    return taken ? { before, restored, seen, from: place.name, edge } : undefined
  }

  #move(cause: Cause, before: Kept | undefined, after: AnyMachineSnapshot): Move {
    if (after.status === 'error') throw after.error
    const { from, edge, type } = cause
    const place = this.#snapshots.placeOf(after.value)
    const to = place.name
    const edge_no = this.#edges.get(key(from, edge, to))
    const state = this.#states.get(to)
    if (edge_no === undefined || !state) throw offTheChart(this.#machine.id, from, type, to)
    const effects = effectsOf(this.#scope.actions, {
      running: before?.children ?? {},
      machines: this.#children,
      self: this.#scope.scope.self,
      unnamed: before?.unnamed ?? 0,
    })
    const snapshot = this.#snapshots.keep(after, place, before, effects)
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

function without(before: Kept, actor_id: string): Kept {
  const { [actor_id]: _answered, ...children } = before.children
  return { ...before, children }
}

function key(from: string, event: string, to: string): string {
  return `${from}\u0000${event}\u0000${to}`
}

function offTheChart(machine: string, from: string, event: string, to: string): Refusal {
  return new Refusal(
    'PW003',
    `machine '${machine}': '${event}' led from '${from}' to '${to}', which is no edge of its chart`,
    'look for a guard that changes its mind, or a chart drawn from another version',
  )
}
