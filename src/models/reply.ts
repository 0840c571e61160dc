/**
 * What came back from a model's door: an answer with what it cost, an error that says so, or
 * nothing to rely on.  An answer is kept whole, whatever its stop reason: a refusal and a
 * truncated answer are paid for like any other.
 */
import { z } from 'zod'
import { asJson, type JsonObject } from '../json.ts'

export type Usage = {
  /** Without what was read from or written to the cache. */
  input_tokens: number
  /** Thinking included. */
  output_tokens: number
  cache_read_input_tokens: number
  cache_write_5m_input_tokens: number
  cache_write_1h_input_tokens: number
  /** A part of output_tokens, for information. */
  thinking_tokens: number
}

export type AnsweredReply = {
  kind: 'answered'
  /** The whole message, as it came. */
  message: JsonObject
  /** Its text blocks, joined. */
  text: string
  stop_reason: string | null
  request_id: string | null
  usage: Usage
  /** The model that answered, as it names itself. */
  model: string
}

export type FailedReply = {
  kind: 'failed'
  /** Null where nothing was sent. */
  status: number | null
  error_type: string | null
  error_code: string | null
  /** The same request may work later. */
  retryable: boolean
  /** The other side asks for time (429, 529): no sign of anything wrong with the request. */
  waits: boolean
  /** No call will work until a person acts: key, permission, money, an unknown model. */
  fatal_account: boolean
  retry_after_ms?: number
  message: string
  request_id: string | null
}

/** Sent, and no answer: it may have been worked on, and may be billed. */
export type UnknownReply = { kind: 'unknown'; message: string }

export type ModelReply = AnsweredReply | FailedReply | UnknownReply

const tokens = z.int().nonnegative()

/** As much of a message as pawl reads.  Fields it does not know stay in `message`. */
const Message = z.looseObject({
  type: z.literal('message'),
  model: z.string(),
  stop_reason: z.string().nullable(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  usage: z.looseObject({
    input_tokens: tokens,
    output_tokens: tokens,
    cache_read_input_tokens: tokens.nullish(),
    cache_creation_input_tokens: tokens.nullish(),
    cache_creation: z
      .looseObject({
        ephemeral_5m_input_tokens: tokens.nullish(),
        ephemeral_1h_input_tokens: tokens.nullish(),
      })
      .nullish(),
    output_tokens_details: z.looseObject({ thinking_tokens: tokens.nullish() }).nullish(),
  }),
})

/** A success without a readable message or usage is `unknown`: what it cost cannot be told. */
export function readMessage(raw: unknown, request_id: string | null): ModelReply {
  const whole = asJson(raw)
  const message = whole.ok ? Message.safeParse(whole.value) : undefined
  if (!whole.ok || !message?.success) {
    return { kind: 'unknown', message: 'the answer is not a message of the Messages API' }
  }
  const texts = message.data.content.filter((block) => block.type === 'text')
  return {
    kind: 'answered',
    message: whole.value as JsonObject, // Message has just found it to be an object.
    text: texts.map((block) => block.text ?? '').join(''),
    stop_reason: message.data.stop_reason,
    request_id,
    usage: readUsage(message.data.usage),
    model: message.data.model,
  }
}

function readUsage(usage: z.output<typeof Message>['usage']): Usage {
  const split = usage.cache_creation
  // Without the split by lifetime, all of it was written for the default five minutes.
  const written_5m = split ? split.ephemeral_5m_input_tokens : usage.cache_creation_input_tokens
  return {
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    cache_read_input_tokens: usage.cache_read_input_tokens ?? 0,
    cache_write_5m_input_tokens: written_5m ?? 0,
    cache_write_1h_input_tokens: split?.ephemeral_1h_input_tokens ?? 0,
    thinking_tokens: usage.output_tokens_details?.thinking_tokens ?? 0,
  }
}
