/**
 * What can be stored.  Context, inputs and outputs become jsonb and come back, so whatever would
 * come back changed (a Date, a Map, NaN, a hole in an array) is refused with the path to it
 * before it is written.  A property that is undefined is let through: JSON drops it, and reading
 * it gives undefined before and after.
 */
import type { Json } from '../json.ts'
import { Refusal } from '../refusal.ts'

/** Deeper than anyone writes by hand; shallower than the stack, so a cycle ends here too. */
const depth_max = 200

/** Refuses a value that JSON cannot carry; `path` says where it was found. */
export function assertJson(value: unknown, path: string): asserts value is Json {
  const flaw = flawOf(value, 0)
  if (!flaw) return
  const where = flaw.path.length > path_max ? `${flaw.path.slice(0, path_max)}…` : flaw.path
  throw new Refusal(
    'PW603',
    `${path}${where} is ${flaw.what}, which is not JSON`,
    'use plain values: strings, finite numbers, booleans, null, arrays, objects',
  )
}

/** A circle has a path without end. */
const path_max = 100

type Flaw = { path: string; what: string }

/** The path is put together on the way back only, so a sound value costs no strings. */
function flawOf(value: unknown, depth: number): Flaw | undefined {
  if (value === null) return undefined
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : { path: '', what: String(value) }
    case 'object':
      if (depth > depth_max)
        return { path: '', what: `nested deeper than ${depth_max}, or holds itself` }
      return Array.isArray(value) ? flawOfList(value, depth) : flawOfObject(value, depth)
    default:
      return { path: '', what: nameOfKind(value) }
  }
}

function flawOfList(list: unknown[], depth: number): Flaw | undefined {
  // By index: a hole in a sparse array is skipped by the iterating methods.
  for (let i = 0; i < list.length; i++) {
    const flaw = flawOf(list[i], depth + 1)
    if (flaw) return { path: `[${i}]${flaw.path}`, what: flaw.what }
  }
  return undefined
}

function flawOfObject(object: object, depth: number): Flaw | undefined {
  const kind = Object.getPrototypeOf(object)
  if (kind !== Object.prototype && kind !== null) {
    return { path: '', what: `a ${kind.constructor?.name ?? 'class instance'}` }
  }
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue
    const flaw = flawOf(value, depth + 1)
    if (flaw) return { path: `.${key}${flaw.path}`, what: flaw.what }
  }
  return undefined
}

function nameOfKind(value: unknown): string {
  return value === undefined ? 'undefined' : `a ${typeof value}`
}
