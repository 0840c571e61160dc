/**
 * A step that was in hand when two workers died may be what killed them.  It is tried again, but
 * alone: this worker finishes what it has in hand, takes nothing else, runs the suspect and goes
 * on.  So nobody innocent dies with it, and who dies now has named the cause.
 */
import type { Claim } from '../database/attempt_rows.ts'
import type { OpenStep } from '../database/rows.ts'
import { pause } from '../pause.ts'
import type { Here } from './here.ts'
import type { HeldStep } from './run_step.ts'
import type { WorkerWorld } from './world.ts'

const TRY_AGAIN_MS = 1000

/**
 * Undefined where the suspect is somebody else's, or where too long work is in hand here: then it
 * has a time at which it comes again.  Nobody is kept from working while it waits for its row.
 */
export async function aloneWith<T>(
  here: Here,
  step: OpenStep,
  work: (here: Here, held: HeldStep) => Promise<T>,
): Promise<T | 'busy' | undefined> {
  const { world } = here
  const { database, slots, stopping } = world
  if (!(await slots.alone(0, stopping))) {
    const wait_ms = await database.postponeSuspect(claimOf(here, step))
    if (wait_ms === 'busy') return wait_ms
    if (wait_ms === null || !(await slots.alone(wait_ms, stopping))) return undefined
  }
  let ended: Promise<void> | undefined
  const leave = () => (ended ??= end(world))
  const onAway = async () => {
    await leave()
    await here.onAway()
  }
  try {
    const attempt = await database.claimStep({ ...claimOf(here, step), alone: true })
    if (attempt === 'busy') return attempt
    if (attempt === null) await comeAgain(here, step)
    if (typeof attempt !== 'number') return undefined
    return await work({ ...here, onAway }, { ...step, attempt })
  } finally {
    await leave()
  }
}

export function claimOf({ world, task }: Pick<Here, 'world' | 'task'>, step: OpenStep): Claim {
  const { worker_id, release } = world
  return { task_id: task.task_id, step_no: step.step_no, worker_id, release }
}

/** What waits here for its row is in hand, too, and may be so for long: others may have the suspect. */
async function comeAgain(here: Here, step: OpenStep): Promise<void> {
  const { database, ending, checkAlive } = here.world
  await checkAlive()
  if (!ending.aborted) await database.postponeSuspect(claimOf(here, step))
}

/** Not before the database knows, or it would refuse whatever is begun next. */
async function end({ database, slots, worker_id, ending, log }: WorkerWorld): Promise<void> {
  while (!ending.aborted) {
    try {
      await database.endSolitude(worker_id)
      break
    } catch (error) {
      log.warn({ err: String(error) }, 'could not go back to other tasks; it is tried again')
      await pause(TRY_AGAIN_MS, ending)
    }
  }
  slots.leaveAlone()
}
