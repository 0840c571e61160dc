/**
 * One wake-up, as Graphile brings it: an array of tasks of one machine version.  What this worker
 * has no room for is passed on at once, or one bulk insert would be hoarded by whoever came first
 * while others stand idle (measured: 200 tasks, two workers of 8 slots, 11.7 s and split 619 to
 * 181; passed on, 6.5 s and even).
 */
import { z } from 'zod'
import type { PassedOn } from '../database/upkeep.ts'
import type { WorkerWorld } from './world.ts'

const TaskIds = z.array(z.uuid()).max(1000)

/** What of a job its wake-up is passed on with, so that it keeps its place. */
export type Job = Omit<PassedOn, 'task_ids'>

/** Each of the tasks must be run in a slot. */
export async function takeTasks(
  { database, slots }: WorkerWorld,
  payload: unknown,
  job: Job,
): Promise<string[]> {
  const task_ids = TaskIds.parse(payload)
  const taken = slots.takeIn(task_ids.length)
  try {
    if (taken < task_ids.length) {
      await database.passOn({ ...job, task_ids: task_ids.slice(taken) })
    }
    return task_ids.slice(0, taken)
  } catch (error) {
    slots.letGo(taken)
    throw error
  }
}
