/**
 * A machine that says what its output looks like keeps to it: a move that would end it with
 * another is a fault, and the task stops where it stands, its step's result stored.
 */
import type { z } from 'zod'
import { pathText } from '../json.ts'
import type { Host } from '../machines/host.ts'
import type { Move } from '../machines/moves.ts'
import { Refusal } from '../refusal.ts'

/** Moves throw PW210 where the task would succeed with an output that does not fit. */
export function fittingHost(host: Host, output: z.ZodType | undefined): Host {
  if (!output) return host
  const fitting = (move: Move): Move => {
    if (move.done && move.outcome === 'succeeded') assertFits(move.output ?? null, output)
    return move
  }
  return {
    start: (input) => fitting(host.start(input)),
    step(snapshot, event) {
      const move = host.step(snapshot, event)
      return move && fitting(move)
    },
    catches: (snapshot, actor_id, error) => host.catches(snapshot, actor_id, error),
    awaits: (snapshot, actor_id) => host.awaits(snapshot, actor_id),
    tagsOf: (state) => host.tagsOf(state),
  }
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
