/**
 * Where people come in: how sure the agent is of a consequential action, and the questions that
 * are put to somebody when it is not sure, out of budget or at its wits' end.
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Envelope, LoadedAgent } from '../database/rows.ts'
import type { AgentContext, Assessed } from '../machines/agent.ts'
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
  const { threshold } = agent.autonomy
  const repeated = repeats(loaded, envelope)
  const decision = confidence >= threshold && !repeated ? 'auto' : 'review'
  context.attach.assessment = {
    act_no,
    envelope_no,
    raw_confidence: confidence,
    threshold,
    decision,
    reason,
  }
  if (decision === 'review') {
    const why = repeated
      ? 'the same action was done before'
      : `confidence ${confidence} is below ${threshold}`
    context.attach.review = {
      kind: 'action',
      question: `May ${envelope.tool} be carried out? ${why}: ${reason}`,
      context: contextOf(loaded),
      choices: ['approve', 'edit', 'reject'],
      act_no,
      envelope_no,
    }
  }
  return { decision }
}

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
  const { trouble } = context.input as AgentContext
  const loaded = await context.world.database.loadAgent(context.task_id)
  const told = trouble?.message ?? 'the agent cannot go on'
  context.attach.review =
    trouble?.code === 'over_budget'
      ? {
          kind: 'budget',
          question: `The budget stands in the way (${trouble.dimension}): may the task spend more? ${told}`,
          context: contextOf(loaded),
          choices: ['approve', 'reject'],
        }
      : {
          kind: 'escalation',
          question: `How should this go on? ${told}`,
          context: { trouble: { ...trouble }, ...contextOf(loaded) },
          choices: ['approve', 'answer', 'reject'],
        }
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
