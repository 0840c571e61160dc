/**
 * What is asked of a model, and the exact body that would be sent for it.
 *
 * The body is a pure function of the request and its tier, so it can be stored and hashed
 * before anything leaves.  Two orders matter in it and jsonb keeps neither: `sendable` puts
 * them back from what jsonb does keep, the order of arrays.
 *
 * There is no temperature, no forced tool and no prefilled answer: the API refuses all three.
 * The answer's shape is asked for with `output_config.format`, and checked again afterwards:
 * the API holds neither bounds nor patterns, it only shows them to the model.
 */
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { z } from 'zod'
import { asJson, isObject, type Json, type JsonObject, pathText } from '../json.ts'

export type Effort = 'low' | 'medium' | 'high'
export type Tier = 'strong' | 'cheap' | (string & {})

export type TierConfig = {
  readonly model: string
  /** The most any request of this tier may ask for; a request asking for more gets this. */
  readonly max_tokens?: number
  /** For requests that do not say. */
  readonly effort?: Effort
}

export type ModelRequest<S extends z.ZodType = z.ZodType> = {
  tier: Tier
  /** What it is for, in a word: plan, judge, … .  Stored with the call, never sent. */
  purpose: string
  system: string
  prompt: string
  /** The shape of the answer.  No z.record, no z.unknown, no transforms. */
  schema: S
  /** Output tokens, the model's thinking included. */
  max_tokens: number
  effort?: Effort
}

/**
 * Tokens that are not in the body: role markers and the instructions the API adds for
 * structured output.  Generous, because it only widens a reservation.
 */
export const input_tokens_overhead = 1_024

/** @throws TypeError for a schema the API would silently change, or a max_tokens that is none. */
export function wireRequest(request: ModelRequest, tier: TierConfig): JsonObject {
  const max_tokens = Math.min(request.max_tokens, tier.max_tokens ?? request.max_tokens)
  if (!Number.isInteger(max_tokens) || max_tokens < 1) {
    throw new TypeError(`max_tokens is ${max_tokens}: a whole number of at least 1`)
  }
  const effort = request.effort ?? tier.effort
  const format = { type: 'json_schema', schema: answerSchema(request.schema) }
  return {
    model: tier.model,
    max_tokens,
    system: request.system,
    messages: [{ role: 'user', content: request.prompt }],
    output_config: effort === undefined ? { format } : { effort, format },
  }
}

/**
 * No more input tokens than this can be billed for the body: a token is at least one byte of
 * what was sent.  About four times the truth for English, which a reservation can bear.
 */
export function inputTokensMax(body: Json): number {
  return Buffer.byteLength(JSON.stringify(body), 'utf8') + input_tokens_overhead
}

const BODY_ORDER = ['model', 'max_tokens', 'system', 'messages', 'output_config']

/**
 * The body as it goes out, after a stay in jsonb, which sorts keys by length.  A model writes
 * the properties of an answer in the order of the schema, and a reason must come before the
 * verdict it is the reason for: `required`, an array, still has that order.
 */
export function sendable(body: JsonObject): JsonObject {
  const ordered = inOrder(body, BODY_ORDER)
  const config = ordered['output_config']
  if (isObject(config)) ordered['output_config'] = declared(config)
  return ordered
}

function declared(value: Json): Json {
  if (Array.isArray(value)) return value.map(declared)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [key, declared(item)])
  const schema: JsonObject = Object.fromEntries(entries)
  const { properties, required } = schema
  if (isObject(properties) && Array.isArray(required)) {
    const names = required.filter((name) => typeof name === 'string')
    schema['properties'] = inOrder(properties, names)
  }
  return schema
}

function inOrder(object: JsonObject, first: readonly string[]): JsonObject {
  const keys = new Set([
    ...first.filter((key) => Object.hasOwn(object, key)),
    ...Object.keys(object),
  ])
  return Object.fromEntries(Array.from(keys, (key) => [key, object[key] ?? null]))
}

const answer_schemas = new WeakMap<z.ZodType, JsonObject>()

/** Cached: the same schema object is asked for with every call of its kind. */
function answerSchema(schema: z.ZodType): JsonObject {
  const known = answer_schemas.get(schema)
  if (known !== undefined) return structuredClone(known)
  refuseMaps(z.toJSONSchema(schema, { unrepresentable: 'any' }), [])
  const json = asJson(zodOutputFormat(schema).schema)
  if (!json.ok || !isObject(json.value)) throw new TypeError('the answer schema is not JSON')
  answer_schemas.set(schema, json.value)
  return structuredClone(json.value)
}

/** The SDK turns a map into an object that may hold nothing, without a word. */
function refuseMaps(schema: unknown, path: PropertyKey[]): void {
  if (typeof schema !== 'object' || schema === null) return
  const extra = 'additionalProperties' in schema ? schema.additionalProperties : false
  const is_map = typeof extra === 'object' && extra !== null && Object.keys(extra).length > 0
  if ('propertyNames' in schema || is_map) {
    const where = pathText(path.filter((key) => key !== 'properties'))
    throw new TypeError(`an answer cannot hold a map (${where}): use an array of { key, value }`)
  }
  for (const [key, value] of Object.entries(schema)) refuseMaps(value, [...path, key])
}
