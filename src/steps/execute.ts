/**
 * The executor: code.  Prepare fills the arguments and writes the envelope, act sends exactly it.
 */
import { isDeepStrictEqual } from 'node:util'
import { crashpoint } from '../crashpoint.ts'
import type { AgentContext, Prepared } from '../machines/agent_context.ts'
import { type Agent, stepsWithResults } from './agent_spec.ts'
import type { Context } from './context.ts'
import { fillSlots } from './slots.ts'
import { OverBudget } from './stops.ts'

export async function prepare(agent: Agent, context: Context): Promise<Prepared> {
  const { ordinal } = context.input as AgentContext
  const loaded = await context.world.database.loadAgent(context.task_id)
  const can_replan = loaded.replans_left > 0
  const step = loaded.plan_steps.find((it) => it.ordinal === ordinal)
  const tool = step && agent.registry.get(step.tool)
  if (!step || !tool) return { ok: false, reason: `the plan has no step ${ordinal}`, can_replan }
  const filled = fillSlots(step.args, loaded.input, stepsWithResults(loaded))
  if (!filled.ok) return { ok: false, reason: `step ${ordinal}: ${filled.reason}`, can_replan }
  const fits = tool.input.safeParse(filled.args)
  if (!fits.success) {
    const [issue] = fits.error.issues
    const where = `${issue?.path.join('.')}: ${issue?.message}`
    return {
      ok: false,
      reason: `step ${ordinal}: the arguments of ${tool.name} do not fit: ${where}`,
      can_replan,
    }
  }
  const { act_no } = step
  const ready = { ok: true, act_no, consequential: tool.consequential } as const
  const last = loaded.envelopes.find((it) => it.act_no === act_no)
  // The same arguments again are the same envelope, and so the same key.
  if (last && isDeepStrictEqual(last.args, filled.args)) {
    return { ...ready, envelope_no: last.envelope_no }
  }
  await crashpoint('envelope.made')
  context.attach.envelope = {
    act_no,
    plan_no: loaded.plan_no,
    tool: tool.name,
    tool_version: tool.version,
    args: filled.args,
    preconditions: { plan_no: loaded.plan_no, results: resultHashes(loaded.results) },
  }
  return { ...ready, envelope_no: (last?.envelope_no ?? 0) + 1 }
}

function resultHashes(results: readonly { act_no: number; answer_hash: string | null }[]) {
  return Object.fromEntries(results.map((it) => [String(it.act_no), it.answer_hash]))
}

export async function act(agent: Agent, context: Context): Promise<{ outcome: string }> {
  const { plan_no, ordinal, act_no, envelope_no } = context.input as AgentContext
  const loaded = await context.world.database.loadAgent(context.task_id)
  const envelope = loaded.envelopes.find(
    (it) => it.act_no === act_no && it.envelope_no === envelope_no,
  )
  const tool = envelope && agent.registry.get(envelope.tool)
  if (!envelope || !tool)
    throw new ActFailure('no_envelope', `act ${act_no} has no envelope ${envelope_no}`)
  if (tool.version !== envelope.tool_version) {
    throw new ActFailure(
      'tool_changed',
      `${tool.name} is another version than the one prepared for`,
    )
  }
  const outcome = await context.act(tool.name, envelope.args, {
    act_no,
    plan_no,
    ordinal,
    envelope_no,
  })
  if (outcome.outcome === 'refused') {
    if (outcome.reason === 'not_approved')
      throw new ActFailure('not_approved', outcome.error.message)
    throw new OverBudget(outcome.reason)
  }
  return { outcome: outcome.outcome }
}

/** What a person must settle: `code` says what. */
class ActFailure extends Error {
  override readonly name = 'ActFailure'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
