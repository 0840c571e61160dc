/**
 * An ordinary XState machine, the functions behind its actors, and the shapes of what goes in
 * and out: what a worker runs and what the database checks.
 */
import { type AnyStateMachine, fromPromise } from 'xstate'
import { z } from 'zod'
import type { Json, JsonObject } from '../json.ts'
import { childMachinesOf } from '../machines/admit_actors.ts'
import { type Chart, type ChartEdge, chartOf } from '../machines/chart.ts'
import { definitionOf } from '../machines/definition.ts'
import { type Host, hostOf } from '../machines/host.ts'
import { Refusal } from '../refusal.ts'
import type { Context, StepContext } from '../steps/context.ts'
import type { ToolRegistry } from '../tools/registry.ts'
import { eventSchemas } from './event_schemas.ts'

/** Caps for one task.  Money in whole micro-dollars: 0.20 USD = 200000. */
export type Budget = {
  microusd?: number
  tokens?: number
  tool_calls?: number
  model_calls?: number
  replans?: number
  wall_clock_ms?: number
}

/** What an invoked actor does.  It may run more than once; its calls do not. */
export type Actor = (context: StepContext) => Promise<unknown>

export type MachineSpec = {
  /** One function for each actor the machine invokes, by name. */
  actors: Record<string, Actor>
  input: z.ZodObject
  output?: z.ZodType
  /** What an event of that type bears besides its type. */
  events?: Record<string, z.ZodObject>
  budget?: Budget
}

export type MachineDefinition = {
  readonly name: string
  readonly chart: Chart
  /** On the edges of some database, which numbers them as it likes. */
  hostOn(edges: readonly ChartEdge[]): Host
  readonly actors: ReadonlyMap<string, (context: Context) => Promise<unknown>>
  /** Tools of its own (an agent's); undefined: the app's. */
  readonly tools: ToolRegistry | undefined
  /** What is registered: structure, schemas, budget, in JSON. */
  readonly registration: JsonObject
}

type Schemas = Pick<MachineSpec, 'events'> & {
  input: z.ZodType
  output?: z.ZodType | undefined
}

type Extras = { planned: boolean; tools: ToolRegistry | undefined; budget: Budget }

export function defineMachine(machine: AnyStateMachine, spec: MachineSpec): MachineDefinition {
  const actors = new Map(Object.entries(spec.actors))
  const extras = { planned: false, tools: undefined, budget: spec.budget ?? {} }
  return buildMachine(machine, actors, spec, extras)
}

/** The part that machines and agents share. */
export function buildMachine(
  machine: AnyStateMachine,
  actors: ReadonlyMap<string, (context: Context) => Promise<unknown>>,
  schemas: Schemas,
  extras: Extras,
): MachineDefinition {
  const whole = machine.provide({ actors: placeholders(machine, actors.keys()) })
  for (const [src, child] of childMachinesOf(whole)) {
    const hint = 'this version has no child tasks yet'
    throw new Refusal('PW603', `machine '${machine.id}' invokes ${src}, the machine ${child}`, hint)
  }
  const chart = chartOf(whole)
  for (const { actor_id, src } of chart.states.flatMap((state) => state.invokes)) {
    if (actors.has(src)) continue
    const hint = `defineMachine(machine, { actors: { ${src}: async (ctx) => … } })`
    throw new Refusal(
      'PW603',
      `machine '${machine.id}' invokes ${src} (${actor_id}), which nobody does`,
      hint,
    )
  }
  return {
    name: machine.id,
    chart,
    hostOn: (edges) => hostOf(whole, { ...chart, edges: [...edges] }),
    actors,
    tools: extras.tools,
    registration: asJson({
      machine: machine.id,
      definition: definitionOf(whole),
      chart,
      input_schema: z.toJSONSchema(schemas.input, { io: 'input' }),
      output_schema: schemas.output ? z.toJSONSchema(schemas.output) : true,
      event_schemas: eventSchemas(machine.id, chart.takes, schemas.events ?? {}),
      budget: extras.budget,
      planned: extras.planned,
      tools: Object.fromEntries(
        [...(extras.tools ?? [])].map(([name, tool]) => [name, tool.input_schema]),
      ),
    }),
  }
}

/** pawl runs the function; XState needs only to know that there is one. */
function placeholders(machine: AnyStateMachine, names: Iterable<string>) {
  const known = machine.implementations.actors
  const never = fromPromise(() => Promise.reject(new Error('pawl runs this actor as a step')))
  return Object.fromEntries([...names].map((name) => [name, known[name] ?? never]))
}

function asJson(registration: unknown): JsonObject {
  const json: Json = JSON.parse(JSON.stringify(registration))
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new TypeError('no object')
  return json
}
