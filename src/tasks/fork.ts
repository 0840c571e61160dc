/**
 * A fork begins where another task once stood: the other one's past is told again through the
 * machine, and what was open then is opened anew, with the answers it had.
 */
import { z } from 'zod'
import type { CommitItem, Inboxed } from '../database/rows.ts'
import type { Effect, Move } from '../machines/moves.ts'
import { NEW } from '../machines/nodes.ts'
import { replay } from '../machines/replay.ts'
import { itemOfMove, itemOfStop } from './commit_item.ts'
import type { Here } from './here.ts'
import type { Cause } from './next.ts'

const From = z.object({ task_id: z.guid(), revision: z.int() })

/** A past that the machine tells otherwise is a fault: the task stops, and says so. */
export async function itemOfFork(
  { world, served, task, mayClaim }: Here,
  told: Inboxed,
): Promise<CommitItem> {
  const from = From.parse(told.payload)
  const past = await world.database.history(from.task_id, from.revision)
  try {
    const stand = [...replay(served.host, task.input, past)].at(-1)
    if (!stand?.snapshot) throw new Error('the past of the task it was forked from is gone')
    const { state, snapshot } = stand
    const answered = new Set(await world.database.answeredActors(from.task_id, from.revision))
    const effects = stand.pending.filter((it) => !(isWaitedFor(it) && answered.has(it.actor_id)))
    const tags = served.host.tagsOf(state)
    const edge_no = edgeTo(state, served.chart.edges)
    const move: Move = { ...STILL, to_state: state, edge_no, snapshot, tags, effects }
    const cause: Cause = { cause: 'engine', cause_no: told.event_no }
    const item = itemOfMove(world, task, { move, cause, claim: mayClaim() })
    return { ...item, beyond: { ...item.beyond, carry: true } }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const cause: Cause = { cause: 'engine', cause_no: null }
    return itemOfStop(world, served, task, { error: { code: 'replay_differs', message }, cause })
  }
}

const STILL = {
  from_state: NEW,
  event: 'pawl.forked',
  done: false,
  outcome: null,
  output: undefined,
} as const

/** An answer that no state takes ends what was asked for, too, and moves nothing. */
function isWaitedFor(effect: Effect): effect is Extract<Effect, { actor_id: string }> {
  return effect.kind === 'open_step' || effect.kind === 'start_child'
}

type Edges = readonly { event: string; to_state: string; edge_no: number }[]

function edgeTo(state: string, edges: Edges): number {
  const edge = edges.find((it) => it.event === STILL.event && it.to_state === state)
  return edge?.edge_no ?? -1
}
