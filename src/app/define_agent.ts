/**
 * An agent is a machine like any other: the chart in machines/agent.ts with pawl's own steps
 * behind it.  What is yours: the goal, the tools, the shapes, what it may spend and how sure it
 * must be.
 */
import type { z } from 'zod'
import type { Json } from '../json.ts'
import { agentMachine } from '../machines/agent.ts'
import { type Autonomy, threshold_default } from '../reviews/routing.ts'
import type { Agent, AgentSpec, PassedAct, Tiers } from '../steps/agent_spec.ts'
import { cleanUp } from '../steps/clean_up.ts'
import { conclude } from '../steps/conclude.ts'
import type { Context } from '../steps/context.ts'
import { act, prepare } from '../steps/execute.ts'
import { judge } from '../steps/judge.ts'
import { ask, assess } from '../steps/people.ts'
import { plan, replan } from '../steps/plan.ts'
import type { AnyTool } from '../tools/define_tool.ts'
import { toolRegistry } from '../tools/registry.ts'
import {
  type Budget,
  buildMachine,
  type Concurrency,
  type MachineDefinition,
} from './define_machine.ts'

export type AgentOptions = {
  name: string
  goal: string
  input: z.ZodObject
  output?: z.ZodType
  tools: readonly AnyTool[]
  /** Tiers of the app's models. */
  tiers?: Partial<Tiers>
  budget: Budget
  autonomy?: Partial<Autonomy>
  concurrency?: Concurrency
  conclude?: (acts: readonly PassedAct[], input: Json) => Json
}

const TIERS: Tiers = { planner: 'strong', critic: 'cheap', confidence: 'cheap' }

const STEPS = { plan, replan, prepare, assess, act, judge, conclude, ask, clean_up: cleanUp }

export function defineAgent(options: AgentOptions): MachineDefinition {
  const registry = toolRegistry(options.tools)
  const spec: AgentSpec = {
    ...options,
    tiers: { ...TIERS, ...options.tiers },
    autonomy: { threshold: threshold_default, ...options.autonomy },
    conclude: options.conclude ?? lastFound,
  }
  const agent: Agent = { ...spec, registry }
  const actors = new Map(
    Object.entries(STEPS).map(([name, step]) => [name, (context: Context) => step(agent, context)]),
  )
  return buildMachine(agentMachine(options.name), actors, options, {
    planned: true,
    tools: registry,
    budget: options.budget,
  })
}

function lastFound(acts: readonly PassedAct[]): Json {
  return acts.at(-1)?.value ?? null
}
