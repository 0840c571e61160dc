/**
 * From a version of a machine to another: a task stands where it is told to stand, and nothing is
 * run.  Its context is kept as it is, and no entry or exit action has a say.  What both states ask
 * for (an invoke of the same id and source, a delay of the same name and state) goes on as it was,
 * begun, waiting or over; what only the new one asks for begins, and what only the old one asked
 * for is let go.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import type { Json, JsonObject } from '../json.ts'
import { childMachinesOf } from './admit_actors.ts'
import type { ChartEdge, ChartState } from './chart_rows.ts'
import { inputOf } from './effects.ts'
import { fieldOf } from './guards.ts'
import { assertJson } from './json.ts'
import type { Effect } from './moves.ts'
import { leavesOfName, NEW, nodesOf, pathOf } from './nodes.ts'
import { valueBelow } from './places.ts'
import { inertScope } from './scope.ts'
import { type Kept, kept } from './snapshots.ts'
import { assertDelay } from './timers.ts'

/** A task as it stands in another version, and all that waits for it. */
export type Standing = {
  state: string
  snapshot: Json
  /** Open, or with a result that waits. */
  steps: readonly { actor_id: string; src: string; kind: 'actor' | 'child' | 'action' }[]
  timers: readonly string[]
}

/** What the state asked for, by the chart of the version that is left. */
export type Asked = { invokes: ReadonlySet<string>; timers: ReadonlySet<string> }

export type Migrated = {
  to_state: string
  snapshot: Json
  tags: string[]
  effects: Effect[]
}

export type Migrator = (task: Standing, asked: Asked, to_state: string) => Migrated

export function askedAt(
  state: string,
  chart: { states: readonly Omit<ChartState, 'meta'>[]; edges: readonly ChartEdge[] },
): Asked {
  const invokes = chart.states.find((it) => it.state === state)?.invokes ?? []
  const left = chart.edges.filter((it) => it.from_state === state)
  return {
    invokes: new Set(invokes.map((it) => textOf(it.actor_id, it.src))),
    timers: new Set(left.map((it) => it.event).filter((it) => it.startsWith(AFTER))),
  }
}

/** The answer throws what the machine's own functions throw: an input or a delay they cannot say. */
export function migratorOf(machine: AnyStateMachine, states: readonly ChartState[]): Migrator {
  const { self } = inertScope().scope
  const event = { type: 'pawl.migrated' }
  return (task, asked, to_state) => {
    const state = states.find((it) => it.state === to_state)
    if (!state) throw new TypeError(`'${to_state}' is no state of this machine`)
    const { tags } = state
    if (to_state === NEW) return { to_state, snapshot: null, tags, effects: [] }
    const before = kept(task.snapshot)
    const nodes = activeAt(machine, to_state)
    const given = { context: before.context, event, self }
    const effects = [
      ...stepsBetween(machine, nodes, task, asked, given),
      ...timersBetween(machine, nodes, task, asked, given),
    ]
    return { to_state, tags, effects, snapshot: snapshotAt(machine, nodes, before, effects) }
  }
}

const AFTER = 'xstate.after.'

type Given = { context: JsonObject; event: { type: string }; self: unknown }

function textOf(actor_id: string, src: string): string {
  return `${actor_id}\u0000${src}`
}

/** In document order, the root first. */
function activeAt(machine: AnyStateMachine, state: string): AnyStateNode[] {
  const active = new Set((leavesOfName(state, machine.root) ?? []).flatMap(pathOf))
  return nodesOf(machine.root).filter((node) => active.has(node))
}

function stepsBetween(
  machine: AnyStateMachine,
  nodes: readonly AnyStateNode[],
  task: Standing,
  asked: Asked,
  given: Given,
): Effect[] {
  const invokes = nodes.flatMap((node) => node.invoke)
  const wanted = new Set(invokes.map((it) => textOf(it.id, String(it.src))))
  const machines = childMachinesOf(machine)
  const gone = task.steps.filter(({ actor_id, src, kind }) => {
    const text = textOf(actor_id, src)
    if (kind === 'action') return false
    // What no state's invoke began was spawned, and goes on where somebody is still there for it.
    return asked.invokes.has(text) ? !wanted.has(text) : !isKnown(machine, src)
  })
  const news = invokes.filter((it) => !asked.invokes.has(textOf(it.id, String(it.src))))
  return [
    ...gone.map(
      ({ actor_id, kind }): Effect => ({
        kind: kind === 'child' ? 'stop_child' : 'stop_step',
        actor_id,
      }),
    ),
    ...news.map((invoke): Effect => {
      const [actor_id, src] = [invoke.id, String(invoke.src)]
      const child = machines.get(src)
      const input = inputOf(resolved(invoke.input, given), child)
      assertJson(input, `the input of '${actor_id}'`)
      return child === undefined
        ? { kind: 'open_step', actor_id, src, input }
        : { kind: 'start_child', actor_id, src, machine: child, input }
    }),
  ]
}

function timersBetween(
  machine: AnyStateMachine,
  nodes: readonly AnyStateNode[],
  task: Standing,
  asked: Asked,
  given: Given,
): Effect[] {
  const wanted = new Map(
    nodes.flatMap((node) =>
      Object.keys(node.config.after ?? {}).map((delay) => [`${AFTER}${delay}.${node.id}`, delay]),
    ),
  )
  const gone = task.timers.filter((it) => asked.timers.has(it) && !wanted.has(it))
  const news = [...wanted].filter(([timer_id]) => !asked.timers.has(timer_id))
  return [
    ...gone.map((timer_id): Effect => ({ kind: 'remove_timer', timer_id })),
    ...news.map(([timer_id, delay]): Effect => {
      const delay_ms = delayOf(machine, delay, given)
      return { kind: 'set_timer', timer_id, delay_ms, event: { type: timer_id } }
    }),
  ]
}

function delayOf(machine: AnyStateMachine, delay: string, given: Given): number {
  const named: unknown = machine.implementations.delays[delay]
  const delay_ms = Number.isNaN(Number(delay)) ? resolved(named, given) : Number(delay)
  assertDelay(delay_ms, `the delay '${delay}'`)
  return delay_ms
}

function resolved(value: unknown, given: Given): unknown {
  return typeof value === 'function' ? value(given) : value
}

function snapshotAt(
  machine: AnyStateMachine,
  nodes: readonly AnyStateNode[],
  before: Kept,
  effects: readonly Effect[],
): JsonObject {
  const there = new Set(nodesOf(machine.root).map((node) => node.id))
  const remembered = Object.entries(before.historyValue).filter(
    ([id, left]) => there.has(id) && left.every((node) => there.has(node.id)),
  )
  const children = new Map(Object.entries(before.children))
  for (const effect of effects) {
    if (effect.kind === 'stop_step' || effect.kind === 'stop_child') {
      children.delete(effect.actor_id)
    } else if (effect.kind === 'open_step' || effect.kind === 'start_child') {
      children.set(effect.actor_id, { src: effect.src })
    }
  }
  return {
    status: 'active',
    value: valueBelow(machine.root, nodes),
    historyValue: Object.fromEntries(remembered),
    context: before.context,
    ...(before.unnamed !== undefined && { unnamed: before.unnamed }),
    children: Object.fromEntries([...children].filter(([, it]) => isKnown(machine, it.src))),
  }
}

/** A child that neither a step nor a function stands behind answers nobody. */
function isKnown(machine: AnyStateMachine, src: string): boolean {
  return fieldOf(machine.implementations.actors, src) !== undefined
}
