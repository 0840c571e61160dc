/**
 * What may be stored and sent: JSON and nothing else.  A value from somebody else's code goes
 * through `asJson`, which says where it is not JSON instead of quietly changing it, as
 * `JSON.stringify` does with a Date, a Map or NaN.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export type JsonObject = { [key: string]: Json }

/** Of JSON: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Depth and size beyond which a value is refused: a cycle ends here too. */
const json_depth_max = 100
const json_chars_max = 10_000_000

export type AsJson = { ok: true; value: Json } | { ok: false; path: string; problem: string }

/**
 * A copy of `value` as plain JSON.  Properties that are `undefined` are left out, as an absent
 * optional of zod is.  Text is left as it is: `\u0000` and lone surrogates are the database's
 * door to clean.
 */
export function asJson(value: unknown): AsJson {
  try {
    return { ok: true, value: copy(value, [], { chars: 0 }) }
  } catch (error) {
    if (error instanceof NotJson) return { ok: false, path: error.path, problem: error.message }
    throw error
  }
}

/** `steps[2].tool`, as people write it; the root itself is `(root)`. */
export function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(root)'
  const parts = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
  return parts.join('').replace(/^\./, '')
}

class NotJson extends Error {
  readonly path: string

  constructor(path: readonly PropertyKey[], problem: string) {
    super(problem)
    this.path = pathText(path)
  }
}

type Size = { chars: number }

function copy(value: unknown, path: PropertyKey[], size: Size): Json {
  if (path.length > json_depth_max) throw new NotJson(path.slice(0, 5), 'is nested too deep')
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') {
    grow(size, value.length, path)
    return value
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NotJson(path, `is ${value}`)
    return value
  }
  if (Array.isArray(value)) return copyArray(value, path, size)
  if (typeof value === 'object' && isPlain(value)) return copyObject(value, path, size)
  throw new NotJson(path, `is ${nameOf(value)}`)
}

function copyArray(value: readonly unknown[], path: PropertyKey[], size: Size): Json[] {
  grow(size, value.length, path)
  return Array.from(value, (item, index) => copy(item, [...path, index], size))
}

function copyObject(value: object, path: PropertyKey[], size: Size): JsonObject {
  const entries: [string, Json][] = []
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    grow(size, key.length + 1, path)
    entries.push([key, copy(item, [...path, key], size)])
  }
  // fromEntries defines, it does not assign: a key named __proto__ stays a key.
  return Object.fromEntries(entries)
}

function grow(size: Size, chars: number, path: readonly PropertyKey[]): void {
  size.chars += chars
  if (size.chars > json_chars_max) {
    throw new NotJson(path, `makes the value larger than ${json_chars_max} characters`)
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `of type ${typeof value}`
  return `a ${value.constructor?.name ?? 'foreign object'}`
}
