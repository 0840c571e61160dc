/**
 * One model call from intent to a value of the shape asked for.  A bad answer (truncated, another
 * shape) is paid for and asked for again at once; an overloaded or broken other side is waited
 * for, with the step parked.
 */
import type { z } from 'zod'
import { crashpoint } from '../crashpoint.ts'
import type { CallSite, ModelCallIntent } from '../database/call_rows.ts'
import type { Json } from '../json.ts'
import { readAnswer } from '../models/answer.ts'
import type { ModelDoor } from '../models/anthropic.ts'
import { type AnsweredReply, type ModelReply, readMessage } from '../models/reply.ts'
import { inputTokensMax, type ModelRequest, wireRequest } from '../models/request.ts'
import { backoff } from './backoff.ts'
import type { Context } from './context.ts'
import { OverBudget, Parked } from './stops.ts'

const model_tries_max = 4
/** Intents that came too late are asked for again this often. */
const LATE_MAX = 5
/** Asked for time (429, 529), it is given some minutes: nothing is wrong with the request. */
const model_waits_max = 20
const RETRY = { base_ms: 500, cap_ms: 30_000 }

/** The model could not be made to answer.  `code` says why. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export async function callModel<S extends z.ZodType>(
  context: Context,
  site: CallSite,
  request: ModelRequest<S>,
  act_no: number | undefined,
): Promise<z.output<S>> {
  const door = context.world.models
  const tier = door?.tiers[request.tier]
  if (!door || !tier) throw new ModelFailure('no_model', `no model for the tier ${request.tier}`)
  const body = wireRequest(request, tier)
  const intent: ModelCallIntent = {
    ...site,
    purpose: request.purpose,
    tier: request.tier,
    model: tier.model,
    voice: door.name,
    request: body,
    input_tokens_max: inputTokensMax(body),
    output_tokens_max: Number(body['max_tokens']),
    ...(act_no !== undefined && { act_no }),
  }
  for (let late = 0; ; ) {
    const asked_at = performance.now()
    const begun = await context.world.database.beginModelCall(intent)
    if (begun.answer === 'answered') return stored(begun.value, request.schema)
    if (begun.answer === 'refused') throw refused(begun.reason, tier.model)
    if (begun.answer !== 'send') throw new TypeError('a model is never asked whether it answered')
    await crashpoint('ask.begun')
    if (performance.now() - asked_at > context.world.intent_ms_max) {
      await settleLate(context, intent, begun.call_no)
      if (++late > LATE_MAX)
        throw new Parked('the database answers too late to send anything', 1000)
      continue
    }
    const value = await tryModel(context, door, intent, begun, request.schema)
    if (value.ok) return value.value
  }
}

/** Another worker may have the step by now: an old intent is asked for again, not sent. */
async function settleLate(context: Context, { task_id }: CallSite, call_no: number): Promise<void> {
  const error = { message: 'not sent: the intent was older than half a lease' }
  await context.world.database.settleModelCall({ task_id, call_no, outcome: 'failed', error })
}

type Sent = { call_no: number; try_no: number; request: Json }

async function tryModel<S extends z.ZodType>(
  context: Context,
  door: ModelDoor,
  intent: ModelCallIntent,
  sent: Sent,
  schema: S,
): Promise<{ ok: true; value: z.output<S> } | { ok: false }> {
  const started = performance.now()
  const reply = await send(context, door, intent, sent)
  const latency_ms = Math.round(performance.now() - started)
  const settled = { task_id: intent.task_id, call_no: sent.call_no, latency_ms }
  if (reply.kind !== 'answered') {
    const outcome = reply.kind === 'failed' ? 'failed' : 'unknown'
    const { kind: _, ...error } = reply
    await context.world.database.settleModelCall({ ...settled, outcome, error })
    throw afterFailure(reply, sent.try_no)
  }
  const answer = readAnswer(reply, schema)
  const wrong = answer.ok ? undefined : { problem: answer.problem, message: answer.detail }
  await context.world.database.settleModelCall({
    ...settled,
    outcome: answer.ok ? 'found' : wrong?.problem === 'no_text' ? 'empty' : 'failed',
    value: reply.message,
    usage: reply.usage,
    stop_reason: reply.stop_reason,
    request_id: reply.request_id,
    ...(wrong && { error: wrong }),
  })
  if (answer.ok) return { ok: true, value: answer.value }
  if (sent.try_no >= model_tries_max) {
    throw new ModelFailure(answer.problem, `${model_tries_max} bad answers: ${answer.detail}`)
  }
  return { ok: false }
}

async function send(
  context: Context,
  door: ModelDoor,
  intent: ModelCallIntent,
  sent: Sent,
): Promise<ModelReply> {
  try {
    const asking = door.send(wireBody(sent.request), { signal: context.signal })
    // It may fail while somebody stands there.
    asking.catch(() => undefined)
    await crashpoint('ask.sent')
    const reply = await asking
    await crashpoint('ask.answered')
    return reply
  } catch (error) {
    // Nothing was sent (no API key): the promise made for it must not stay.
    const message = error instanceof Error ? error.message : String(error)
    await context.world.database.settleModelCall({
      task_id: intent.task_id,
      call_no: sent.call_no,
      outcome: 'failed',
      error: { message },
    })
    throw new ModelFailure('account', message)
  }
}

function wireBody(request: Json): { [key: string]: Json } {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new TypeError('a model request is an object')
  }
  return request
}

function afterFailure(reply: Exclude<ModelReply, AnsweredReply>, try_no: number): Error {
  if (reply.kind === 'unknown') {
    if (try_no < model_tries_max) return new Parked(reply.message, backoff(try_no, RETRY))
    return new ModelFailure('no_answer', reply.message)
  }
  if (reply.fatal_account) return new ModelFailure('account', reply.message)
  const tries_max = reply.waits ? model_waits_max : model_tries_max
  if (!reply.retryable || try_no >= tries_max) {
    return new ModelFailure(reply.error_type ?? 'failed', reply.message)
  }
  return new Parked(reply.message, Math.max(reply.retry_after_ms ?? 0, backoff(try_no, RETRY)))
}

function refused(reason: string, model: string): Error {
  if (reason === 'no_price') {
    return new ModelFailure('no_price', `there is no price for ${model}: what it costs is unknown`)
  }
  return new OverBudget(reason)
}

/** Answered before, by an earlier attempt of this step. */
function stored<S extends z.ZodType>(message: Json, schema: S): z.output<S> {
  const reply = readMessage(message, null)
  const answer = reply.kind === 'answered' ? readAnswer(reply, schema) : undefined
  if (!answer?.ok) throw new ModelFailure('does_not_fit', 'the stored answer no longer fits')
  return answer.value
}
