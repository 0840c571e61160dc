/**
 * One tool call from intent to outcome.  What follows `unknown` is the class of effect's to say:
 * a read is repeated, A is sent again with the same key, B is asked first, C is left to people.
 */
import { crashpoint } from '../crashpoint.ts'
import type { CallSite, ToolCallIntent } from '../database/call_rows.ts'
import type { Json } from '../json.ts'
import type { AnyTool } from '../tools/define_tool.ts'
import type { Outcome } from '../tools/outcomes.ts'
import { reconcileTool, runTool } from '../tools/run_tool.ts'
import { backoff } from './backoff.ts'
import type { Context } from './context.ts'
import { Parked } from './stops.ts'
import { storedOutcome } from './stored_outcome.ts'

/** Which plan step the call belongs to, and the envelope it sends. */
export type ActSite = { act_no: number; plan_no: number; ordinal: number; envelope_no: number }

type ToolCall = { name: string; args: Json; act?: ActSite }

/** Intents that came too late are asked for again this often. */
const LATE_MAX = 5

export async function callTool(context: Context, site: CallSite, call: ToolCall): Promise<Outcome> {
  const tool = context.world.tools.get(call.name)
  if (!tool) {
    return { outcome: 'failed', retryable: false, error: { message: `no tool ${call.name}` } }
  }
  const intent: ToolCallIntent = {
    ...site,
    ...call.act,
    purpose: 'act',
    tool: tool.name,
    tool_version: tool.version,
    class: tool.class,
    consequential: tool.consequential,
    request: call.args,
  }
  return tryTool(context, tool, intent)
}

async function tryTool(
  context: Context,
  tool: AnyTool,
  intent: ToolCallIntent,
  late = 0,
): Promise<Outcome> {
  const asked_at = performance.now()
  const begun = await context.world.database.beginToolCall(intent)
  switch (begun.answer) {
    case 'answered':
      return storedOutcome(begun)
    case 'refused':
      return {
        outcome: 'refused',
        reason: begun.reason,
        error: { message: refusedText(begun.reason) },
      }
    case 'reconcile':
      return askFirst(context, tool, intent, begun.call_key)
    case 'send':
      break
    default:
      return begun satisfies never
  }
  await crashpoint('send.begun')
  if (performance.now() - asked_at > context.world.intent_ms_max) {
    await settle(context, intent, begun.call_no, late_outcome, 0)
    if (late >= LATE_MAX) throw new Parked('the database answers too late to send anything', 1000)
    return tryTool(context, tool, intent, late + 1)
  }
  const run = { call_key: begun.call_key, signal: context.signal, log: context.log }
  const started = performance.now()
  const outcome = await runTool(tool, begun.request, run)
  await settle(context, intent, begun.call_no, outcome, performance.now() - started)
  return followUp(tool, begun.try_no, outcome)
}

const late_outcome: Outcome = {
  outcome: 'failed',
  retryable: true,
  error: { message: 'not sent: the intent was older than half a lease' },
}

/** Park and try again, or let the outcome stand. */
function followUp(tool: AnyTool, try_no: number, outcome: Outcome): Outcome {
  const again =
    (outcome.outcome === 'failed' && outcome.retryable) ||
    (outcome.outcome === 'unknown' && tool.class !== 'C')
  if (!again || try_no >= tool.retry.tries_max) return outcome
  const asked = 'retry_after_ms' in outcome.error ? outcome.error.retry_after_ms : undefined
  throw new Parked(
    `${tool.name}: ${outcome.error.message}`,
    Math.max(asked ?? 0, backoff(try_no, tool.retry)),
  )
}

/** Class B: an earlier try may have happened.  Its tool is asked by a call of its own. */
async function askFirst(
  context: Context,
  tool: AnyTool,
  intent: ToolCallIntent,
  call_key: string,
): Promise<Outcome> {
  const asking: ToolCallIntent = { ...intent, purpose: 'reconcile' }
  const begun = await context.world.database.beginToolCall(asking)
  if (begun.answer === 'answered') return storedOutcome(begun)
  if (begun.answer !== 'send') {
    return { outcome: 'unknown', error: { message: 'it may have happened and could not be asked' } }
  }
  const started = performance.now()
  const asked = { signal: context.signal, log: context.log }
  const answer = await reconcileTool(tool, call_key, begun.request, asked)
  await settle(context, asking, begun.call_no, answer, performance.now() - started)
  if (answer.outcome === 'found') return answer
  if (answer.outcome === 'unknown') return followUp(tool, begun.try_no, answer)
  return tryTool(context, tool, intent)
}

async function settle(
  context: Context,
  { task_id }: CallSite,
  call_no: number,
  outcome: Outcome,
  latency_ms: number,
): Promise<void> {
  await context.world.database.settleToolCall({
    task_id,
    call_no,
    outcome: outcome.outcome,
    latency_ms: Math.round(latency_ms),
    ...(outcome.outcome === 'found' && { value: outcome.value }),
    ...(outcome.outcome === 'empty' && outcome.note && { error: { message: outcome.note } }),
    ...(outcome.outcome === 'failed' && {
      error: { ...outcome.error, retryable: outcome.retryable },
    }),
    ...(outcome.outcome === 'unknown' && { error: outcome.error }),
  })
}

function refusedText(reason: string): string {
  if (reason === 'not_approved') return 'nobody has approved exactly this'
  return `the budget is used up: ${reason}`
}
