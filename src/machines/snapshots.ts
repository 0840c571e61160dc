/**
 * From a machine's snapshot to the JSON that is stored, and back.  Stored are the state's value,
 * what history remembers, the context, and of each running child its id and its source; the steps'
 * own rows hold the rest.  What depends only on where the machine stands is built once and shared.
 */
import {
  type AnyActorRef,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  createActor,
  type StateValue,
} from 'xstate'
import { z } from 'zod'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { assertJson } from './json.ts'
import type { Effect } from './moves.ts'
import { nodesOf } from './nodes.ts'
import { type Entered, enteredOf, type Place, placeOf } from './places.ts'
import { inertLogic } from './scope.ts'
import { unnamedIn } from './timers.ts'

const Kept = z.object({
  status: z.enum(['active', 'done']),
  value: z.custom<StateValue>((value) => typeof value === 'string' || isObject(value)),
  historyValue: z.record(z.string(), z.array(z.object({ id: z.string() }))),
  context: z.custom<JsonObject>(isObject),
  children: z.record(z.string(), z.object({ src: z.string() })),
  entered: z.array(z.int()).optional(),
  /** How many delayed events without an id were raised so far: so they are told apart. */
  unnamed: z.int().optional(),
})

/** A snapshot as it is stored. */
export type Kept = z.infer<typeof Kept>

export function kept(snapshot: Json): Kept {
  return Kept.parse(snapshot)
}

/** It is written anew at each move, and read again before each. */
const context_chars_max = 256 * 1024

export class Snapshots {
  readonly #machine: AnyStateMachine
  readonly #scope: AnyActorScope
  readonly #nodes: Map<string, AnyStateNode>
  /** By the text of the state's value: jsonb puts the keys of parallel regions in its own order. */
  readonly #places = new Map<string, Place>()
  readonly #children = new Map<string, AnyActorRef>()

  constructor(machine: AnyStateMachine, scope: AnyActorScope) {
    this.#machine = machine
    this.#scope = scope
    this.#nodes = new Map(nodesOf(machine.root).map((node) => [node.id, node]))
  }

  placeOf(value: StateValue, entered?: Entered): Place {
    const text =
      typeof value === 'string' ? value : `${JSON.stringify(value)} ${entered?.join() ?? ''}`
    const known = this.#places.get(text)
    if (known) return known
    const place = placeOf(this.#machine, value, entered, this.#scope)
    if (!place) throw strayed(text)
    this.#places.set(text, place)
    return place
  }

  /** What XState goes on from. */
  restore(before: Kept, place: Place): AnyMachineSnapshot {
    const running = Object.entries(before.children)
    return {
      ...place.template,
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

  keep(
    after: AnyMachineSnapshot,
    { value }: { value: Json },
    before: Kept | undefined,
    effects: Effect[],
  ): JsonObject {
    const done = after.status === 'done'
    const output: unknown = after.output
    if (output !== undefined) assertJson(output, 'output')
    // Before the context is looked at: a spawned actor stands there too, and is better named.
    const children = done ? {} : childrenOf(after, before, effects)
    const entered = done ? undefined : enteredOf(after)
    const unnamed = (before?.unnamed ?? 0) + unnamedIn(effects)
    return {
      status: done ? 'done' : 'active',
      value,
      historyValue: historyOf(after),
      context: contextOf(after.context, before?.context),
      children,
      ...(entered && { entered }),
      ...(unnamed > 0 && { unnamed }),
      ...(output === undefined ? {} : { output }),
    }
  }

  /** A child is only ever found by name, so one that was never started will do for all tasks. */
  #child(id: string, src: string): AnyActorRef {
    const key = `${id}\u0000${src}`
    const known = this.#children.get(key)
    if (known) return known
    const child = createActor(inertLogic, { id, src, parent: this.#scope.self })
    this.#children.set(key, child)
    return child
  }
}

export function strayed(state: string): Refusal {
  return new Refusal('PW003', `the snapshot stands in '${state}', which is no state of this chart`)
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
  const entries = Object.entries(context).flatMap(([key, value]) => {
    if (value === undefined) return []
    const old = before?.[key]
    if (value === old) return [[key, old]]
    assertJson(value, `context.${key}`)
    return [[key, value]]
  })
  const whole: JsonObject = Object.fromEntries(entries)
  const chars = JSON.stringify(whole).length
  if (chars <= context_chars_max) return whole
  throw new Refusal(
    'PW209',
    `context has grown to ${chars} characters; at most ${context_chars_max} are kept`,
    'keep large values in your own tables or in a tool, and in context what finds them',
  )
}

function childrenOf(
  after: AnyMachineSnapshot,
  before: Kept | undefined,
  effects: Effect[],
): JsonObject {
  const begun = new Map(
    effects.flatMap((effect) =>
      effect.kind === 'open_step' || effect.kind === 'start_child'
        ? [[effect.actor_id, effect.src]]
        : [],
    ),
  )
  return Object.fromEntries(
    Object.keys(after.children).map((id) => {
      const src = begun.get(id) ?? before?.children[id]?.src
      if (src !== undefined) return [id, { src }]
      const hint = 'invoke it by name: a promise becomes a step, a machine a child task'
      throw new Refusal('PW603', `the actor '${id}' was spawned outside of invoke`, hint)
    }),
  )
}
