/**
 * The critic.  First code, which needs no model to see that something was found, failed for good
 * or may have happened; then the cheap tier, where judgement is needed.
 */
import { z } from 'zod'
import { crashpoint } from '../crashpoint.ts'
import type { AgentContext, Judged, Verdict } from '../machines/agent_context.ts'
import type { Outcome } from '../tools/outcomes.ts'
import { type Agent, type Done, stepsWithResults } from './agent_spec.ts'
import type { Context } from './context.ts'
import { actText, JUDGE_SYSTEM, judgePrompt } from './prompts.ts'
import { storedOutcome } from './stored_outcome.ts'

const judge_tokens_max = 1500
const fact_chars_max = 600

const VerdictAnswer = z.object({
  reason: z.string().describe('why, in one sentence'),
  verdict: z.enum(['continue', 'retry', 'replan', 'escalate']),
})

type Opinion = { verdict: Verdict; reason: string }

export async function judge(agent: Agent, context: Context): Promise<Judged> {
  const { act_no } = context.input as AgentContext
  const loaded = await context.world.database.loadAgent(context.task_id)
  const step = stepsWithResults(loaded).find((it) => it.act_no === act_no)
  if (!step?.result) throw new TypeError(`act ${act_no} has no outcome to judge`)
  const outcome = storedOutcome({ ...step.result, value: step.result.answer })
  const consequential = agent.registry.get(step.tool)?.consequential ?? true
  const opinion =
    byCode(step, outcome, consequential) ??
    (await context.model(
      {
        tier: agent.tiers.critic,
        purpose: 'judge',
        system: JUDGE_SYSTEM,
        prompt: judgePrompt(agent, loaded, step, outcome),
        schema: VerdictAnswer,
        max_tokens: judge_tokens_max,
      },
      act_no,
    ))
  await crashpoint('verdict.made')
  const verdict = bounded(opinion.verdict, outcome, consequential)
  remember(context, step, { ...opinion, verdict })
  return { verdict, reason: opinion.reason, act_no, can_replan: loaded.replans_left > 0 }
}

/** Undefined where it takes judgement. */
function byCode(step: Done, outcome: Outcome, consequential: boolean): Opinion | undefined {
  switch (outcome.outcome) {
    case 'found':
      if (step.expected.judge) return undefined
      return { verdict: 'continue', reason: 'something was found, as expected' }
    case 'empty':
      return undefined
    case 'failed':
      return { verdict: 'replan', reason: `${step.tool} failed: ${outcome.error.message}` }
    case 'unknown':
      return {
        verdict: consequential ? 'escalate' : 'replan',
        reason: `whether ${step.tool} happened is unknown: ${outcome.error.message}`,
      }
    case 'refused':
      return { verdict: 'escalate', reason: outcome.error.message }
    default:
      return outcome satisfies never
  }
}

/** What happened must not be made to happen again, whatever the critic thinks of it. */
function bounded(verdict: Verdict, outcome: Outcome, consequential: boolean): Verdict {
  const happened = consequential && outcome.outcome === 'found'
  return happened && verdict === 'retry' ? 'escalate' : verdict
}

function remember(context: Context, step: Done, opinion: Opinion): void {
  context.attach.memories = [
    {
      kind: 'fact',
      act_no: step.act_no,
      body: actText(step).slice(0, fact_chars_max).toWellFormed(),
    },
    ...(opinion.verdict === 'continue'
      ? []
      : [
          {
            kind: 'decision' as const,
            act_no: step.act_no,
            body: `after ${step.tool}: ${opinion.verdict}, because ${opinion.reason}`,
          },
        ]),
  ]
}
