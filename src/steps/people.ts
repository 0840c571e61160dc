/**
 * Where people come in: how sure the agent is of a consequential action, and the questions that
 * are put to somebody when it is not sure, out of budget or at its wits' end.
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { crashpoint } from '../crashpoint.ts'
import type { Envelope, LoadedAgent } from '../database/agent_rows.ts'
import type { AgentContext, Assessed } from '../machines/agent_context.ts'
import { actionQuestion, budgetQuestion, escalationQuestion } from '../reviews/questions.ts'
import { type Routed, route } from '../reviews/routing.ts'
import { type Agent, stepsWithResults } from './agent_spec.ts'
import type { Context } from './context.ts'
import { ASSESS_SYSTEM, assessPrompt, stepText } from './prompts.ts'

const assess_tokens_max = 1500

const Confidence = z.object({
  reason: z.string().describe('why, in one sentence'),
  confidence: z.number().min(0).max(1).describe('the probability that the action is right, 0 to 1'),
})

export async function assess(agent: Agent, context: Context): Promise<Assessed> {
  const { act_no, envelope_no, ordinal } = context.input as AgentContext
  const loaded = await context.world.database.loadAgent(context.task_id)
  const envelope = loaded.envelopes.find((it) => it.act_no === act_no)
  if (!envelope) throw new TypeError(`act ${act_no} has no envelope`)
  const evidence = stepsWithResults(loaded).filter((it) => it.ordinal < ordinal)
  const { reason, confidence } = await context.model(
    {
      tier: agent.tiers.confidence,
      purpose: 'assess',
      system: ASSESS_SYSTEM,
      prompt: assessPrompt(agent, loaded, evidence, envelope),
      schema: Confidence,
      max_tokens: assess_tokens_max,
    },
    act_no,
  )
  await crashpoint('assessment.made')
  const routed = loaded.forked
    ? FORKED
    : route(confidence, repeats(loaded, envelope), agent.autonomy)
  const { decision } = routed
  const { threshold } = agent.autonomy
  context.attach.assessment = {
    act_no,
    envelope_no,
    raw_confidence: confidence,
    threshold,
    decision,
    reason,
  }
  if (routed.decision === 'review') {
    const action = { tool: envelope.tool, act_no, envelope_no, why: routed.why, reason }
    context.attach.review = actionQuestion(action, contextOf(loaded))
  }
  return { decision }
}

/** What was let through was let through for another task. */
const FORKED: Routed = { decision: 'review', why: 'the task is a fork of another' }

/** A re-plan that would do once more what was done: a person must mean it. */
function repeats(loaded: LoadedAgent, envelope: Envelope): boolean {
  const done = new Set(loaded.results.filter((it) => it.outcome === 'found').map((it) => it.act_no))
  return loaded.envelopes.some(
    (it) =>
      it.act_no !== envelope.act_no &&
      done.has(it.act_no) &&
      it.tool === envelope.tool &&
      isDeepStrictEqual(it.args, envelope.args),
  )
}

export async function ask(_agent: Agent, context: Context): Promise<null> {
  const { trouble, act_no, envelope_no } = context.input as AgentContext
  const loaded = await context.world.database.loadAgent(context.task_id)
  const envelope = loaded.envelopes.find((it) => it.act_no === act_no)
  if (trouble?.code === 'not_approved' && envelope) {
    const why = 'nobody has let it through yet'
    const action = { tool: envelope.tool, act_no, envelope_no, why, reason: trouble.message }
    const question = actionQuestion(action, contextOf(loaded))
    context.attach.review = { ...question, choices: ['approve', 'reject'] }
    return null
  }
  const told = trouble?.message ?? 'the agent cannot go on'
  const known = { trouble: { ...trouble }, ...contextOf(loaded) }
  context.attach.review =
    trouble?.code === 'over_budget'
      ? budgetQuestion(trouble.dimension ?? 'unknown', told, known)
      : escalationQuestion(told, known)
  return null
}

/** Everything a person needs: what was asked, what was planned, what came of it, what is known. */
function contextOf(loaded: LoadedAgent) {
  return {
    input: loaded.input,
    plan_no: loaded.plan_no,
    steps: stepsWithResults(loaded).map(stepText),
    memory: loaded.memories.map((it) => `${it.kind}: ${it.body}`),
  }
}
