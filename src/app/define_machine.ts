/**
 * An ordinary XState machine, the functions behind its actors, and the shapes of what goes in
 * and out: what a worker runs and what the database checks.
 */
import { type AnyStateMachine, createMachine, fromPromise } from 'xstate'
import type { z } from 'zod'
import type { Json, JsonObject } from '../json.ts'
import { durableAction, isBuiltIn } from '../machines/actions.ts'
import { childMachinesOf } from '../machines/admit_actors.ts'
import { chartOf } from '../machines/chart.ts'
import type { Chart, ChartEdge } from '../machines/chart_rows.ts'
import { definitionOf } from '../machines/definition.ts'
import { type Host, hostOf } from '../machines/host.ts'
import { loopsOf } from '../machines/loops.ts'
import { type Migrator, migratorOf } from '../machines/migration.ts'
import { Refusal } from '../refusal.ts'
import type { Context, StepContext } from '../steps/context.ts'
import type { ToolRegistry } from '../tools/registry.ts'
import { eventSchemas } from './event_schemas.ts'
import { fittingHost, type Shapes } from './fitting_host.ts'
import { jsonSchemaOf } from './json_schemas.ts'

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

/** What a named action does.  Nothing waits for it, and it may outlive the task's last state. */
export type Action = (context: StepContext, params: Json) => Promise<unknown>

export type MachineSpec = {
  /**
   * For each actor the machine invokes, by name: a function, or another machine or agent, which
   * then is a task of its own.  (A machine that XState's `setup` names already needs no entry.)
   */
  actors: Record<string, Actor | MachineDefinition>
  /** One function for each named action that XState's `setup` does not have. */
  actions?: Record<string, Action>
  input: z.ZodObject
  output?: z.ZodType
  /** What an event of that type bears besides its type. */
  events?: Record<string, z.ZodObject>
  budget?: Budget
  concurrency?: Concurrency
}

/** How many steps may be in hand at once, over all workers. */
export type Concurrency = {
  /** Of all its tasks together. */
  max?: number
  /** Of the tasks that have the same value of this label: `{ customer: 2 }`. */
  per_label?: Record<string, number>
}

export type MachineDefinition = {
  readonly name: string
  readonly chart: Chart
  /** On the edges of some database, which numbers them as it likes. */
  hostOn(edges: readonly ChartEdge[]): Host
  /** Where a task of another version would stand in this one. */
  readonly migrate: Migrator
  readonly actors: ReadonlyMap<string, (context: Context) => Promise<unknown>>
  readonly actions: ReadonlyMap<string, (context: Context, params: Json) => Promise<unknown>>
  /** The machines it invokes, by the actor's name. */
  readonly children: ReadonlyMap<string, string>
  /** Tools of its own (an agent's); undefined: the app's. */
  readonly tools: ToolRegistry | undefined
  /** What is registered: structure, schemas, budget, in JSON. */
  readonly registration: JsonObject
}

type Schemas = Pick<MachineSpec, 'concurrency'> & Shapes

type Extras = {
  planned: boolean
  tools: ToolRegistry | undefined
  budget: Budget
  actions?: MachineDefinition['actions']
}

export function defineMachine(machine: AnyStateMachine, spec: MachineSpec): MachineDefinition {
  const given = Object.entries(spec.actors)
  const actors = new Map(
    given.flatMap(([name, actor]) => (typeof actor === 'function' ? [[name, actor] as const] : [])),
  )
  const children = given.flatMap(([name, actor]) =>
    typeof actor === 'function' ? [] : [[name, createMachine({ id: actor.name })] as const],
  )
  const actions = new Map(Object.entries(spec.actions ?? {}))
  const extras = { planned: false, tools: undefined, budget: spec.budget ?? {}, actions }
  const whole = machine.provide({ actors: Object.fromEntries(children) })
  return buildMachine(whole, actors, spec, extras)
}

/** The part that machines and agents share. */
export function buildMachine(
  machine: AnyStateMachine,
  actors: ReadonlyMap<string, (context: Context) => Promise<unknown>>,
  schemas: Schemas,
  extras: Extras,
): MachineDefinition {
  const actions = extras.actions ?? new Map()
  const whole = machine.provide({
    actors: placeholders(machine, actors.keys()),
    actions: durableActions(machine, actions.keys()),
  })
  const children = childMachinesOf(whole)
  const chart = withLoops(chartOf(whole), extras.budget)
  for (const { actor_id, src } of chart.states.flatMap((state) => state.invokes)) {
    if (actors.has(src) || children.has(src)) continue
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
    hostOn: (edges) => fittingHost(hostOf(whole, { ...chart, edges: [...edges] }), schemas),
    migrate: migratorOf(whole, chart.states),
    actors,
    actions,
    children,
    tools: extras.tools,
    registration: asJson({
      machine: machine.id,
      definition: definitionOf(whole),
      chart,
      input_schema: jsonSchemaOf(schemas.input, `the input of machine '${machine.id}'`, 'input'),
      output_schema: outputSchema(machine.id, schemas.output),
      event_schemas: eventSchemas(machine.id, chart.takes, schemas.events ?? {}),
      budget: extras.budget,
      limits: limitsOf(schemas.concurrency ?? {}),
      planned: extras.planned,
      tools: Object.fromEntries(
        [...(extras.tools ?? [])].map(([name, tool]) => [name, tool.input_schema]),
      ),
    }),
  }
}

function outputSchema(machine: string, output: z.ZodType | undefined) {
  return output ? jsonSchemaOf(output, `the output of machine '${machine}'`, 'output') : true
}

function withLoops(chart: Chart, budget: Budget): Chart {
  const budgeted = Object.keys(budget).length > 0
  return { ...chart, warnings: [...chart.warnings, ...loopsOf(chart, budgeted)] }
}

function limitsOf({ max, per_label }: Concurrency) {
  const labels = Object.entries(per_label ?? {})
  return [
    ...(max === undefined ? [] : [{ in_hand_max: max, label: null }]),
    ...labels.map(([label, in_hand_max]) => ({ in_hand_max, label })),
  ]
}

/** pawl runs the function; XState needs only to know that there is one. */
function placeholders(machine: AnyStateMachine, names: Iterable<string>) {
  const known = machine.implementations.actors
  const never = fromPromise(() => Promise.reject(new Error('pawl runs this actor as a step')))
  return Object.fromEntries([...names].map((name) => [name, known[name] ?? never]))
}

function durableActions(machine: AnyStateMachine, names: Iterable<string>) {
  return Object.fromEntries(
    [...names].map((name) => {
      if (!isBuiltIn(machine.implementations.actions[name])) return [name, durableAction()]
      const hint = `rename one of the two: '${name}' changes context or speaks, and a function acts`
      const message = `machine '${machine.id}' has the action '${name}' twice`
      throw new Refusal('PW603', message, hint)
    }),
  )
}

function asJson(registration: unknown): JsonObject {
  const json: Json = JSON.parse(JSON.stringify(registration))
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new TypeError('no object')
  return json
}
