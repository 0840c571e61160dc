/**
 * The job handler that moves tasks.  A job is a wake-up and nothing more: an array of task ids,
 * which may be stale, doubled or already done.  For each task: read, think or act, write; then go
 * on with the step that was just opened and claimed, until the task parks or its slice ends.
 */
import { crashpoint } from '../crashpoint.ts'
import type { LoadedTask } from '../database/rows.ts'
import { BUSY, type Turn } from './afterwards.ts'
import { type Waiting, waitToRead } from './held.ts'
import { think, work } from './turn.ts'
import { type Job, takeTasks } from './wake_up.ts'
import type { WorkerWorld } from './world.ts'

export async function advance(world: WorkerWorld, payload: unknown, job: Job): Promise<void> {
  const task_ids = await takeTasks(world, payload, job)
  await crashpoint('wake.taken')
  const left: string[] = []
  const ends = await Promise.allSettled(
    task_ids.map((task_id) => bring(world, task_id, job, () => left.push(task_id))),
  )
  // The job ends with this handler, and with it the wake-up of whom it did not bring to an end.
  if (left.length > 0) await world.database.wakeTasks(left)
  const fault = ends.find((it) => it.status === 'rejected')
  if (fault) throw fault.reason
}

/** Until nothing more can be done, or until it waits for somebody else: no job is kept for that. */
function bring(world: WorkerWorld, task_id: string, place: Job, onLeft: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let away = false
    const onAway = () => {
      away = true
      resolve()
    }
    const brought = world.slots.run(place, async () => {
      try {
        if (!world.ending.aborted) await advanceTask({ world, task_id, place, onAway })
      } finally {
        if (world.ending.aborted && !away) onLeft()
      }
      if (world.ending.aborted && away) await world.database.wakeTasks([task_id])
    })
    brought.then(resolve, (error) => {
      if (away) world.log.warn({ task_id, err: String(error) }, 'left to the sweep')
      reject(error)
    })
  })
}

async function advanceTask(waiting: Waiting): Promise<void> {
  const { world, task_id } = waiting
  const started = performance.now()
  const { slice_steps_max, slice_ms_max } = world.slice
  let turn: Turn = { task: undefined, held: undefined }
  let busy = 0
  for (let moves = 1; !world.ending.aborted; moves++) {
    // It hands over then, so that others get their turn; but each turn brings it on.
    const isLong = () => moves > slice_steps_max || performance.now() - started > slice_ms_max
    const isOver = () => moves > 1 && isLong()
    const mayClaim = () => !isOver() && !world.stopping.aborted && !world.slots.closed
    const task: LoadedTask | undefined = turn.task ?? (await world.database.loadTask(task_id))
    const served = task && world.served.get(task.machine_id)
    if (!served) return
    if (!mayClaim() && !turn.held) return world.database.wakeTasks([task_id])
    const here = { ...waiting, served, task, mayClaim }
    const next: Turn | undefined = turn.held ? await work(here, turn.held) : await think(here)
    if (!next || (next === BUSY && !(await waitToRead(waiting, busy)))) return
    busy = next === BUSY ? busy + 1 : 0
    turn = next
  }
}
