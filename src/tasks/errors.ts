/**
 * What a step threw, as the machine and the trace see it.  A plain value is kept as it was thrown.
 * Of an Error its name and message are, and what else it says in plain values: a code, a reason,
 * nested details, a cause.
 */
import { isObject, type Json, type JsonObject } from '../json.ts'

const message_chars_max = 2000
/** Fields within fields, and causes of causes. */
const error_depth_max = 20
/** What does not fit is left out whole: half a value would be another. */
const error_chars_max = 20_000

export function errorValue(error: unknown): Json {
  const told = error === null ? undefined : new Telling().told(error, 0)
  return told ?? { name: 'thrown', message: String(error).slice(0, message_chars_max) }
}

class Telling {
  #room = error_chars_max

  /** Undefined for what is no plain value, and for what there is no room for. */
  told(value: unknown, depth: number): Json | undefined {
    if (depth > error_depth_max) return undefined
    if (value instanceof Error) return this.#error(value, depth)
    if (Array.isArray(value)) return this.#items(value, depth)
    if (isPlain(value)) return this.#fields(value, depth)
    return isScalar(value) && this.#fits(String(value).length) ? value : undefined
  }

  #items(items: readonly unknown[], depth: number): Json[] | undefined {
    if (!this.#fits(items.length)) return undefined
    return Array.from(items, (it) => this.told(it, depth + 1) ?? null)
  }

  #error(error: Error, depth: number): JsonObject | undefined {
    if (depth > 0 && !this.#fits(error.message.length)) return undefined
    const left_out = isOfDatabase(error) ? ['stack', ...OF_ROWS] : ['stack']
    const fields = Object.entries({ ...error, cause: error.cause })
    const kept = fields.filter(([key]) => !left_out.includes(key))
    return {
      ...this.#fields(Object.fromEntries(kept), depth),
      name: error.name,
      message: error.message.slice(0, message_chars_max),
    }
  }

  #fields(object: object, depth: number): JsonObject {
    const told = Object.entries(object).flatMap(([key, field]) => {
      const value = this.#fits(key.length + 1) ? this.told(field, depth + 1) : undefined
      return value === undefined ? [] : [[key, value] as const]
    })
    return Object.fromEntries(told)
  }

  #fits(chars: number): boolean {
    if (chars > this.#room) return false
    this.#room -= chars
    return true
  }
}

/** PostgreSQL puts whole rows into these, and slonik what was asked with. */
const OF_ROWS: readonly string[] = ['detail', 'where', 'internalQuery', 'values']

function isOfDatabase(error: Error): boolean {
  const { cause } = error
  return isOfPostgres(error) || 'sql' in error || (cause instanceof Error && isOfPostgres(cause))
}

/** As pg and others throw it: with a SQLSTATE for its code. */
export function isOfPostgres(error: Error): boolean {
  return 'severity' in error && 'routine' in error
}

function isScalar(value: unknown): value is string | number | boolean | null {
  if (typeof value === 'number') return Number.isFinite(value)
  return value === null || typeof value === 'string' || typeof value === 'boolean'
}

function isPlain(value: unknown): value is object {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
