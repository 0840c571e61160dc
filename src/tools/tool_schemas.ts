/**
 * A tool's schemas as JSON Schema: what the planner reads.  What only zod would say (the
 * dialect, the bounds of a safe integer) is left out, since every word here is paid for in
 * each prompt.
 */
import { z } from 'zod'
import { asJson, isObject, type Json, type JsonObject } from '../json.ts'
import { Refusal } from '../refusal.ts'

/** @throws Refusal PW604 where the input is not an object that JSON can carry. */
export function inputSchemaOf(tool: string, input: z.ZodType): JsonObject {
  const schema = schemaOf(tool, input)
  if (schema['type'] === 'object') return schema
  throw new Refusal(
    'PW604',
    `the input of tool ${tool} is not an object`,
    'use z.object({ … }) or z.strictObject({ … }), without .meta({ id }) at its root',
  )
}

/** Never refuses: an output JSON Schema cannot say is shown to the planner as anything. */
export function outputSchemaOf(output: z.ZodType): JsonObject {
  return cleaned(z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' }))
}

function schemaOf(tool: string, input: z.ZodType): JsonObject {
  try {
    return cleaned(z.toJSONSchema(input, { io: 'input' }))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Refusal(
      'PW604',
      `the input of tool ${tool} cannot be said in JSON Schema: ${why}`,
      'dates are strings (z.iso.date()), big numbers are strings, maps are arrays of pairs',
    )
  }
}

function cleaned(schema: object): JsonObject {
  const json = asJson(schema)
  if (!json.ok) throw new Error(`a JSON Schema ${json.problem} at ${json.path}`)
  const { $schema: _dialect, ...rest } = isObject(json.value) ? json.value : {}
  return withoutNoise(rest)
}

function withoutNoise(schema: JsonObject): JsonObject {
  const entries = Object.entries(schema).filter(
    ([key, value]) =>
      !(key === 'maximum' && value === Number.MAX_SAFE_INTEGER) &&
      !(key === 'minimum' && value === Number.MIN_SAFE_INTEGER),
  )
  return Object.fromEntries(entries.map(([key, value]) => [key, walked(value)]))
}

function walked(value: Json): Json {
  if (Array.isArray(value)) return value.map(walked)
  return isObject(value) ? withoutNoise(value) : value
}
