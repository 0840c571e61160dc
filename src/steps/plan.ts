/**
 * The planner's step, and the re-planner's: one question to the strong tier, one immutable plan.
 * A re-plan never writes finished steps: code puts them first, with their act_no and results.
 */
import { crashpoint } from '../crashpoint.ts'
import type { PlanStep } from '../database/agent_rows.ts'
import type { AgentContext, Planned } from '../machines/agent_context.ts'
import type { Agent, Done } from './agent_spec.ts'
import { stepsWithResults } from './agent_spec.ts'
import type { Context } from './context.ts'
import { type PlannedStep, planSchema, storedArgs } from './plan_schema.ts'
import { PLAN_SYSTEM, planPrompt, replanPrompt } from './prompts.ts'
import { OverBudget } from './stops.ts'

const plan_tokens_max = 4000

export async function plan(agent: Agent, context: Context): Promise<Planned> {
  return makePlan(agent, context, [])
}

export async function replan(agent: Agent, context: Context): Promise<Planned> {
  const { ordinal } = context.input as AgentContext
  const loaded = await context.world.database.loadAgent(context.task_id)
  if (loaded.replans_left < 1) throw new OverBudget('replans')
  const finished = stepsWithResults(loaded).filter((it) => it.ordinal < ordinal)
  return makePlan(agent, context, finished)
}

async function makePlan(
  agent: Agent,
  context: Context,
  finished: readonly Done[],
): Promise<Planned> {
  const { trouble } = context.input as AgentContext
  const loaded = await context.world.database.loadAgent(context.task_id)
  const again = loaded.plan_no > 0
  const answer = await context.model({
    tier: agent.tiers.planner,
    purpose: again ? 'replan' : 'plan',
    system: PLAN_SYSTEM,
    prompt: again ? replanPrompt(agent, loaded, finished, trouble) : planPrompt(agent, loaded),
    schema: planSchema(agent.tools, finished.length + 1),
    max_tokens: plan_tokens_max,
  })
  await crashpoint('plan.made')
  const act_no = Math.max(0, ...loaded.plan_steps.map((it) => it.act_no)) + 1
  const carried = loaded.plan_steps
    .slice(0, finished.length)
    .map((step): PlanStep => ({ ...step, carried: true }))
  const steps = [
    ...carried,
    ...answer.steps.map((step, index) => newStep(step, carried.length + index + 1, act_no + index)),
  ]
  const plan_no = loaded.plan_no + 1
  const reason = again ? (trouble?.message ?? 'a person asked for another way') : 'the first plan'
  context.attach.plan = {
    plan_no,
    parent_plan_no: again ? loaded.plan_no : null,
    reason,
    thought: answer.thought,
    steps,
  }
  return { plan_no, ordinal: carried.length + 1, last_ordinal: steps.length }
}

function newStep(step: PlannedStep, ordinal: number, act_no: number): PlanStep {
  return {
    ordinal,
    act_no,
    tool: step.tool,
    args: storedArgs(step),
    expected: { says: step.expected, judge: step.judge },
    carried: false,
  }
}
