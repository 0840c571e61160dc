/**
 * What a zod schema says, as the JSON Schema that the database checks.  What cannot be said there (a
 * date, a transform) would be checked by nobody, so a machine that has it is refused.
 */
import { z } from 'zod'
import { Refusal } from '../refusal.ts'

type Way = 'input' | 'output'

/** `whose`: as in `the input of machine 'refund'`. */
export function jsonSchemaOf(schema: z.ZodType, whose: string, io: Way) {
  try {
    return z.toJSONSchema(schema, {
      io,
      override({ zodSchema, path }) {
        if (isTransform(zodSchema)) throw refusal(whose, path, 'a transform is no JSON Schema')
      },
    })
  } catch (error) {
    if (error instanceof Refusal) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw refusal(whose, pathOfFlaw(schema, io), message)
  }
}

/** A pipe of two schemas is none: zod says one of the two, and checks both. */
function isTransform({ _zod: { def } }: z.core.$ZodTypes): boolean {
  if (def.type !== 'pipe') return false
  const sides = [def.in, def.out].map((it) => it._zod.def.type)
  return sides.includes('transform') || def.transform !== undefined
}

/** Of the innermost part that zod refuses. */
function pathOfFlaw(schema: z.ZodType, io: Way): readonly PropertyKey[] {
  let found: readonly PropertyKey[] | undefined
  z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, path }) {
      if (found === undefined && !isSayable(zodSchema, io)) found = [...path]
    },
  })
  return found ?? []
}

function isSayable(schema: z.core.$ZodTypes, io: Way): boolean {
  try {
    z.toJSONSchema(schema, { io })
    return true
  } catch {
    return false
  }
}

function refusal(whose: string, path: readonly PropertyKey[], message: string): Refusal {
  const place = path
    .join('/')
    .replaceAll(/(?:^|\/)properties\//g, '.')
    .replaceAll(/\/?items/g, '[]')
    .replaceAll(/\/?(?:any|all|one)Of\/\d+/g, '')
    .replace(/^\./, '')
  return new Refusal(
    'PW603',
    `${whose} cannot be checked${place === '' ? '' : ` at ${place}`}: ${message}`,
    'a date is z.iso.datetime(), a text; what is to be transformed is, where it is used',
  )
}
