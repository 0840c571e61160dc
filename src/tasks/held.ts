/**
 * Whose row somebody else holds: for the length of a transaction as a rule, and of a person's coffee
 * where they left one open.  Meanwhile it keeps no connection, and after a moment no slot and no
 * job either: the worker goes on with others, and one statement now and then asks for all that wait.
 */
import { isLostConnection, isPassing } from '../database/refused.ts'
import { pause } from '../pause.ts'
import type { Place } from './slots.ts'
import type { WorkerWorld } from './world.ts'

export type Waiting = {
  world: WorkerWorld
  task_id: string
  /** Where it stands in line for a slot when it comes back. */
  place: Place
  /** Its slot is about to be somebody else's. */
  onAway(): Promise<void> | void
}

const BUSY_MS = { first: 5, max: 200 }
/** Two workers at one task are no reason to stand in line again: it asks so often from its slot. */
const IN_SLOT = { with_result: 5, with_nothing: 2 }
/** Of an error that lasts: one in about ten seconds. */
const TIMES_PER_WARNING = 50
/** Of more than these that have nothing in hand the sweep will know when they are free. */
const WAITING_MAX = 1000

/** True when the task is to be read again, and false where others see to it. */
export async function waitToRead(waiting: Waiting, times: number): Promise<boolean> {
  const { held, stopping } = waiting.world
  const { task_id } = waiting
  if (times < IN_SLOT.with_nothing) {
    await pause(waitMs(times), stopping)
    return true
  }
  if (held.has(task_id) || held.size >= WAITING_MAX) return false
  held.add(task_id)
  try {
    await away(waiting, times, stopping)
  } finally {
    held.delete(task_id)
  }
  return true
}

/** For a result in memory: asks until nobody else holds the row; undefined where the worker ends. */
export async function unheld<T>(
  waiting: Waiting,
  ask: () => Promise<T | 'busy'>,
): Promise<T | undefined> {
  const { ending } = waiting.world
  for (let times = 0; !ending.aborted; times++) {
    const answer = await unlessPassing(waiting, times, ask)
    if (answer !== 'busy') return answer
    if (times < IN_SLOT.with_result) await pause(waitMs(times), ending)
    else await away(waiting, times, ending)
  }
  return undefined
}

/** An error that says nothing of the result is no reason to lose it: it is written once that has passed. */
async function unlessPassing<T>(
  { world, task_id }: Waiting,
  times: number,
  ask: () => Promise<T | 'busy'>,
): Promise<T | 'busy'> {
  try {
    return await ask()
  } catch (error) {
    if (isLostConnection(error) || !isPassing(error)) throw error
    if (times % TIMES_PER_WARNING === 0) {
      world.log.warn({ task_id, err: String(error) }, 'a result cannot be written now; it is kept')
    }
    return 'busy'
  }
}

async function away(waiting: Waiting, times: number, signal: AbortSignal): Promise<void> {
  const { world, task_id, place } = waiting
  await waiting.onAway()
  await world.slots.away(place, async () => {
    for (let nth = times; !signal.aborted; nth++) {
      await pause(waitMs(nth), signal)
      if (signal.aborted || (await world.database.isFree(task_id))) return
    }
  })
}

function waitMs(times: number): number {
  return Math.min(BUSY_MS.first * 2 ** times, BUSY_MS.max)
}
