/**
 * A machine gets what its schemas promise it: an input and events with their defaults filled in, the
 * same each time they are told.  The rows keep what was asked.  And a machine that says what its
 * output looks like keeps to it: a move that would end it with another is a fault, and the task stops
 * where it stands, its step's result stored.
 */
import type { z } from 'zod'
import { isObject, type Json, pathText } from '../json.ts'
import type { Host, HostEvent } from '../machines/host.ts'
import type { Move } from '../machines/moves.ts'
import { Refusal } from '../refusal.ts'

export type Shapes = {
  input: z.ZodType
  output?: z.ZodType | undefined
  events?: Readonly<Record<string, z.ZodObject>>
}

/** Moves throw PW101 and PW210 where the input, or the output of a task that would succeed, does not fit. */
export function fittingHost(host: Host, { input, output, events = {} }: Shapes): Host {
  const fitting = (move: Move): Move => {
    if (output && move.done && move.outcome === 'succeeded') assertFits(move.output ?? null, output)
    return move
  }
  const whole = (event: HostEvent): HostEvent => {
    const shape = Object.hasOwn(events, event.type) ? events[event.type] : undefined
    return shape ? wholeEvent(event, shape) : event
  }
  return {
    start: (asked) => fitting(host.start(wholeInput(asked, input))),
    step(snapshot, event) {
      const move = host.step(snapshot, whole(event))
      return move && fitting(move)
    },
    catches: (snapshot, actor_id, error) => host.catches(snapshot, actor_id, error),
    awaits: (snapshot, actor_id) => host.awaits(snapshot, actor_id),
    tagsOf: (state) => host.tagsOf(state),
  }
}

function wholeInput(asked: Json, shape: z.ZodType): Json {
  const { data, error } = shape.safeParse(asked)
  const [issue] = error?.issues ?? []
  if (!issue) return filled(asked, data)
  throw new Refusal(
    'PW101',
    `the input does not fit at ${pathText(issue.path)}: ${issue.message}`,
    'what JSON Schema cannot say (a refinement) is checked when the task begins; submit it anew',
  )
}

/** Machines may tell each other what they like: that is checked by nobody, and stays as it is. */
function wholeEvent(event: HostEvent, shape: z.ZodObject): HostEvent {
  const { type, ...said } = event
  const { data } = shape.safeParse(said)
  const whole = data && filled(said, data)
  return isObject(whole) ? { ...whole, type } : event
}

/** Everything zod says, and what it leaves out because no schema names it. */
function filled(asked: unknown, data: unknown): Json {
  if (Array.isArray(asked) && Array.isArray(data)) {
    return data.map((it, at) => filled(asked[at], it))
  }
  if (!isObject(asked) || !isObject(data)) return data as Json
  const named = Object.entries(data).map(([key, it]) => [
    key,
    Object.hasOwn(asked, key) ? filled(asked[key], it) : it,
  ])
  return { ...asked, ...Object.fromEntries(named) }
}

function assertFits(value: unknown, schema: z.ZodType): void {
  const [issue] = schema.safeParse(value).error?.issues ?? []
  if (!issue) return
  throw new Refusal(
    'PW210',
    `the output does not fit at ${pathText(issue.path)}: ${issue.message}`,
    "compare the machine's output function with the output schema it was defined with",
  )
}
