/**
 * What an agent is made of, as its steps need it.
 */
import type { z } from 'zod'
import type { ActResult, LoadedAgent } from '../database/agent_rows.ts'
import type { Json } from '../json.ts'
import type { Autonomy } from '../reviews/routing.ts'
import type { AnyTool } from '../tools/define_tool.ts'
import type { ToolRegistry } from '../tools/registry.ts'

export type Tiers = { planner: string; critic: string; confidence: string }

/** What `conclude` is given: the acts that were passed, in order. */
export type PassedAct = { act_no: number; tool: string; args: Json; value: Json }

export type AgentSpec = {
  name: string
  /** What the agent is for, for the models to read. */
  goal: string
  input: z.ZodObject
  output?: z.ZodType
  tools: readonly AnyTool[]
  tiers: Tiers
  autonomy: Autonomy
  /** The task's output from what was found; plain code. */
  conclude: (acts: readonly PassedAct[], input: Json) => Json
}

export type Agent = AgentSpec & { registry: ToolRegistry }

/** The steps of the newest plan with what each brought so far. */
export type Done = {
  ordinal: number
  act_no: number
  tool: string
  args: Json
  expected: Expected
  result: ActResult | undefined
}

export type Expected = { says: string; judge: boolean }

export function stepsWithResults(loaded: LoadedAgent): Done[] {
  const results = new Map(loaded.results.map((it) => [it.act_no, it]))
  const envelopes = new Map(loaded.envelopes.map((it) => [it.act_no, it]))
  return loaded.plan_steps.map((step) => ({
    ordinal: step.ordinal,
    act_no: step.act_no,
    tool: step.tool,
    args: envelopes.get(step.act_no)?.args ?? step.args,
    expected: step.expected as Expected,
    result: results.get(step.act_no),
  }))
}
