/**
 * The door to Anthropic's Messages API, by its own SDK.  It sends one request once and says
 * what came back; everything else is somebody else's: retries are rows, so the SDK's are off,
 * and an answer is parsed after its row is written, so `.parse()` is never used (it throws on
 * a truncated answer and the cost is lost with it).
 *
 * It rejects for one reason only: there is no API key.
 */
import Anthropic from '@anthropic-ai/sdk'
import { deadline } from '../deadline.ts'
import type { JsonObject } from '../json.ts'
import { neverSent } from '../network.ts'
import { Refusal } from '../refusal.ts'
import { classifyError, retryAfterMs, statusOfType } from './errors.ts'
import { type FailedReply, type ModelReply, readMessage, type UnknownReply } from './reply.ts'
import { sendable, type TierConfig } from './request.ts'

export type SendOptions = { signal: AbortSignal; timeout_ms?: number }

/** A voice: something that answers bodies made by `wireRequest`. */
export type ModelDoor = {
  /** Who answers: anthropic, or the name of a stand-in. */
  readonly name: string
  readonly tiers: Readonly<Record<string, TierConfig>>
  /** @throws Refusal PW605 where there is no API key, before anything is sent. */
  send(body: JsonObject, options: SendOptions): Promise<ModelReply>
}

export type AnthropicOptions = {
  tiers: Record<string, TierConfig>
  name?: string
  /** Default: ANTHROPIC_API_KEY. */
  apiKey?: string
  /** Default: ANTHROPIC_BASE_URL, else Anthropic's own. */
  baseURL?: string
  /** For one request, in milliseconds. */
  timeout_ms?: number
}

/** Below the five minutes after which node's fetch gives up waiting for an answer to begin. */
export const timeout_ms_default = 240_000

/** From here on the SDK refuses to wait without a stream: it could take ten minutes. */
const stream_from_max_tokens = 21_334

const message_chars_max = 2_000

/** Asks for no key and opens nothing: an app without one can be registered and checked. */
export function anthropic(options: AnthropicOptions): ModelDoor {
  let client: Anthropic | undefined
  return Object.freeze({
    name: options.name ?? 'anthropic',
    tiers: Object.freeze({ ...options.tiers }),
    async send(body: JsonObject, { signal, timeout_ms }: SendOptions) {
      client ??= connect(options)
      return send(client, sendable(body), {
        signal,
        timeout_ms: timeout_ms ?? options.timeout_ms ?? timeout_ms_default,
      })
    },
  })
}

function connect(options: AnthropicOptions): Anthropic {
  const { baseURL } = options
  const apiKey = (options.apiKey ?? process.env['ANTHROPIC_API_KEY'] ?? '').trim()
  if (apiKey === '') {
    throw new Refusal('PW605', 'there is no API key', 'set ANTHROPIC_API_KEY, or use a stand-in')
  }
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new Refusal('PW605', 'the API key holds characters no key has', 'copy it once more')
  }
  return new Anthropic({ apiKey, maxRetries: 0, fetch: dial, ...(baseURL ? { baseURL } : {}) })
}

/**
 * The SDK takes every error whose text speaks of a timeout for one of the request, and drops
 * its cause; a connection that could not be opened in time must not look like a lost answer.
 */
async function dial(...request: Parameters<typeof fetch>): Promise<Response> {
  try {
    return await fetch(...request)
  } catch (error) {
    if (!neverSent(error)) throw error
    throw new Error('no connection', { cause: new Error('never opened', { cause: error }) })
  }
}

async function send(
  client: Anthropic,
  body: JsonObject,
  options: Required<SendOptions>,
): Promise<ModelReply> {
  if (options.signal.aborted) return notSent('it was cancelled before it was sent')
  using limit = deadline(options.signal, options.timeout_ms)
  const request = { signal: limit.signal, timeout: options.timeout_ms }
  // The body was made by wireRequest and has been to the database: the SDK's type asks for more.
  const params = body as unknown as Anthropic.MessageCreateParamsNonStreaming
  let begun = false
  try {
    if (params.max_tokens < stream_from_max_tokens) {
      const message = await client.messages.create(params, request)
      return readMessage(message, message._request_id ?? null)
    }
    const stream = client.messages.stream(params, request)
    stream.on('streamEvent', () => {
      begun = true
    })
    const { parsed_output: _never_asked_for, ...message } = await stream.finalMessage()
    return readMessage(message, stream.request_id ?? null)
  } catch (error) {
    const over: unknown = limit.signal.aborted ? limit.signal.reason : error
    return begun ? unknown(`the stream broke off: ${textOf(over)}`) : readError(over)
  }
}

function readError(error: unknown): FailedReply | UnknownReply {
  if (neverSent(error)) return notSent(`no connection: ${textOf(rootOf(error))}`)
  if (!(error instanceof Anthropic.APIError)) return unknown(textOf(error))
  // Without a status or a type the server said nothing: a timeout, a reset, a cut.
  if (error.status === undefined && error.type === null) {
    return unknown(`the connection broke: ${textOf(rootOf(error))}`)
  }
  return readApiError(error)
}

function readApiError(error: InstanceType<typeof Anthropic.APIError>): FailedReply {
  const headers = error.headers
  const retry_after_ms = retryAfterMs(headers)
  const should_retry = headers?.get('x-should-retry')
  const said = {
    status: error.status ?? statusOfType(error.type),
    error_type: error.type,
    error_code: error.errorCode,
    message: (error.apiMessage ?? error.message).slice(0, message_chars_max).toWellFormed(),
    ...(retry_after_ms === undefined ? {} : { retry_after_ms }),
  }
  const asked = should_retry === 'true' || should_retry === 'false'
  const verdict = classifyError(asked ? { ...said, should_retry: should_retry === 'true' } : said)
  return { kind: 'failed', ...said, ...verdict, request_id: error.requestID ?? null }
}

function notSent(message: string): FailedReply {
  return {
    kind: 'failed',
    status: null,
    error_type: 'connection_error',
    error_code: null,
    retryable: true,
    waits: false,
    fatal_account: false,
    message,
    request_id: null,
  }
}

function unknown(message: string): UnknownReply {
  return { kind: 'unknown', message: message.slice(0, message_chars_max).toWellFormed() }
}

function rootOf(error: unknown): unknown {
  let root = error
  for (let depth = 0; depth < 8 && root instanceof Error && root.cause !== undefined; depth++) {
    root = root.cause
  }
  return root
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // An AggregateError of several addresses has no message of its own.
  return error.message || ('code' in error ? String(error.code) : error.name)
}
