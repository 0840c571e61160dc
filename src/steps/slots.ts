/**
 * Argument slots: a planned argument that names an earlier result is filled by code, never by a
 * model.  Step 0 is the task's input.  A path is names and indexes: `candidates[0].licence`.
 */
import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Done } from './agent_spec.ts'

export type Filled = { ok: true; args: JsonObject } | { ok: false; reason: string }

export function fillSlots(planned: Json, input: Json, steps: readonly Done[]): Filled {
  if (!isObject(planned)) return { ok: false, reason: 'the planned arguments are no object' }
  const args: JsonObject = {}
  for (const [name, source] of Object.entries(planned)) {
    if (!isObject(source)) return { ok: false, reason: `${name} has no source` }
    if (source['from_step'] === undefined) {
      args[name] = source['value'] ?? null
      continue
    }
    const value = fromStep(source, input, steps)
    if (value === undefined) {
      const where = `step ${String(source['from_step'])} at "${String(source['path'])}"`
      return { ok: false, reason: `${name}: there is nothing in ${where}` }
    }
    args[name] = value
  }
  return { ok: true, args }
}

function fromStep(source: JsonObject, input: Json, steps: readonly Done[]): Json | undefined {
  const path = String(source['path'] ?? '')
  if (source['from_step'] === 0) return at(input, path)
  const step = steps.find((it) => it.ordinal === source['from_step'])
  return step?.result?.outcome === 'found' ? at(step.result.answer, path) : undefined
}

function at(value: Json, path: string): Json | undefined {
  let here: Json | undefined = value
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (Array.isArray(here)) here = here[Number(index ?? name)]
    else if (isObject(here) && name !== undefined && Object.hasOwn(here, name)) here = here[name]
    else return undefined
  }
  return here ?? undefined
}
