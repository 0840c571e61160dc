/**
 * From a machine's snapshot to the JSON that is stored, and back.  Stored are the state's value,
 * what history remembers, the context, and of each running child its id and its source; the steps'
 * own rows hold the rest.  What depends only on the state is built once and shared.
 */
import {
  type AnyActorRef,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  createActor,
  fromPromise,
  type StateValue,
} from 'xstate'
import { z } from 'zod'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { Refusal } from '../refusal.ts'
import type { Chart } from './chart.ts'
import { assertJson } from './json.ts'
import type { Effect } from './moves.ts'
import { descriptorsAt, findNode, NEW, nameOfValue, nodesOf, valueOfNode } from './nodes.ts'

const Kept = z.object({
  status: z.enum(['active', 'done']),
  value: z.custom<StateValue>((value) => typeof value === 'string' || isObject(value)),
  historyValue: z.record(z.string(), z.array(z.object({ id: z.string() }))),
  context: z.custom<JsonObject>(isObject),
  children: z.record(z.string(), z.object({ src: z.string() })),
})

/** A snapshot as it is stored. */
export type Kept = z.infer<typeof Kept>

export function kept(snapshot: Json): Kept {
  return Kept.parse(snapshot)
}

type Place = { descriptors: string[]; template: AnyMachineSnapshot }

export class Snapshots {
  readonly #places = new Map<string, Place>()
  readonly #nodes: Map<string, AnyStateNode>
  readonly #children = new Map<string, AnyActorRef>()
  readonly #scope: AnyActorScope

  constructor(machine: AnyStateMachine, chart: Chart, scope: AnyActorScope) {
    this.#scope = scope
    this.#nodes = new Map(nodesOf(machine.root).map((node) => [node.id, node]))
    for (const { state } of chart.states) {
      const leaf = state === NEW ? undefined : findNode(machine.root, state)
      if (leaf) this.#places.set(state, placeOf(leaf, scope))
    }
  }

  descriptorsAt(before: Kept): string[] {
    return this.#placeOf(before).descriptors
  }

  /** What XState goes on from. */
  restore(before: Kept): AnyMachineSnapshot {
    const running = Object.entries(before.children)
    return {
      ...this.#placeOf(before).template,
      context: before.context,
      children: Object.fromEntries(running.map(([id, { src }]) => [id, this.#child(id, src)])),
      historyValue: Object.fromEntries(
        Object.entries(before.historyValue).map(([id, nodes]) => [
          id,
          nodes.flatMap((node) => this.#nodes.get(node.id) ?? []),
        ]),
      ),
    }
  }

  keep(after: AnyMachineSnapshot, before: Kept | undefined, effects: Effect[]): JsonObject {
    const done = after.status === 'done'
    const output: unknown = after.output
    if (output !== undefined) assertJson(output, 'output')
    const value: unknown = after.value
    assertJson(value, 'value')
    // Before the context is looked at: a spawned actor stands there too, and is better named.
    const children = done ? {} : childrenOf(after, before, effects)
    return {
      status: done ? 'done' : 'active',
      value,
      historyValue: historyOf(after),
      context: contextOf(after.context, before?.context),
      children,
      ...(output === undefined ? {} : { output }),
    }
  }

  #placeOf(before: Kept): Place {
    const name = nameOfValue(before.value)
    const place = this.#places.get(name)
    if (place) return place
    throw new Refusal('PW003', `the snapshot stands in '${name}', which is no state of this chart`)
  }

  /** A child is only ever stopped by name, so one that was never started will do for all tasks. */
  #child(id: string, src: string): AnyActorRef {
    const key = `${id}\u0000${src}`
    const known = this.#children.get(key)
    if (known) return known
    const logic = fromPromise(async () => undefined)
    const child = createActor(logic, { id, src, parent: this.#scope.self })
    this.#children.set(key, child)
    return child
  }
}

function placeOf(leaf: AnyStateNode, scope: AnyActorScope): Place {
  const bare = {
    status: 'active' as const,
    value: valueOfNode(leaf),
    historyValue: {},
    context: {},
    children: {},
    output: undefined,
    error: undefined,
  }
  return {
    descriptors: descriptorsAt(leaf),
    template: leaf.machine.restoreSnapshot(bare, scope),
  }
}

function historyOf(after: AnyMachineSnapshot): JsonObject {
  return Object.fromEntries(
    Object.entries(after.historyValue).map(([id, nodes]) => [
      id,
      nodes.map((node) => ({ id: node.id })),
    ]),
  )
}

/** What an assign did not touch came from JSON and is not looked through again. */
function contextOf(context: Record<string, unknown>, before: JsonObject | undefined): JsonObject {
  if (context === before) return before
  return Object.fromEntries(
    Object.entries(context).flatMap(([key, value]) => {
      if (value === undefined) return []
      const old = before?.[key]
      if (value === old) return [[key, old]]
      assertJson(value, `context.${key}`)
      return [[key, value]]
    }),
  )
}

function childrenOf(
  after: AnyMachineSnapshot,
  before: Kept | undefined,
  effects: Effect[],
): JsonObject {
  const opened = new Map(
    effects.flatMap((effect) =>
      effect.kind === 'open_step' ? [[effect.actor_id, effect.src]] : [],
    ),
  )
  return Object.fromEntries(
    Object.keys(after.children).map((id) => {
      const src = opened.get(id) ?? before?.children[id]?.src
      if (src !== undefined) return [id, { src }]
      const hint = 'invoke a promise actor by name: it becomes a durable step'
      throw new Refusal('PW603', `the actor '${id}' was spawned outside of invoke`, hint)
    }),
  )
}
