/**
 * The shapes of events, as the database checks them at the send.  A shape for an event that no
 * state ever takes is a slip of the pen, and is refused.
 */
import type { z } from 'zod'
import { Refusal } from '../refusal.ts'
import { jsonSchemaOf } from './json_schemas.ts'

export function eventSchemas(
  machine: string,
  takes: readonly string[],
  events: Readonly<Record<string, z.ZodObject>>,
): Record<string, unknown> {
  for (const type of Object.keys(events)) {
    if (takes.some((descriptor) => isTaken(type, descriptor))) continue
    throw new Refusal(
      'PW603',
      `no state of machine '${machine}' ever takes the event ${type}, which has a schema`,
      `It takes: ${takes.join(', ') || 'nothing from outside'}.`,
    )
  }
  return Object.fromEntries(
    Object.entries(events).map(([type, schema]) => [
      type,
      jsonSchemaOf(schema, `the event ${type} of machine '${machine}'`, 'input'),
    ]),
  )
}

/** As XState matches them: `mouse.*` takes `mouse.click` and `mouse`. */
function isTaken(type: string, descriptor: string): boolean {
  if (descriptor === '*' || descriptor === type) return true
  return descriptor.endsWith('.*') && `${type}.`.startsWith(descriptor.slice(0, -1))
}
