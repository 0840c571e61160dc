/**
 * The job handler that moves tasks.  A job is a wake-up and nothing more: an array of task ids,
 * which may be stale, doubled or already done.  For each task: read, think or act, write; then go
 * on with the step that was just opened and claimed, until the task parks or its slice ends.
 */
import { crashpoint } from '../crashpoint.ts'
import type { LoadedTask } from '../database/rows.ts'
import type { Turn } from './afterwards.ts'
import { think, work } from './turn.ts'
import { type Job, takeTasks } from './wake_up.ts'
import type { WorkerWorld } from './world.ts'

/** After so many moves or so long a task hands over, so that others get their turn. */
const SLICE_MOVES_MAX = 50
const SLICE_MS_MAX = 30_000

export async function advance(world: WorkerWorld, payload: unknown, job: Job): Promise<void> {
  const task_ids = await takeTasks(world, payload, job)
  await crashpoint('wake.taken')
  const left: string[] = []
  const ends = await Promise.allSettled(
    task_ids.map((task_id) =>
      world.slots.run(job, async () => {
        try {
          if (!world.ending.aborted) await advanceTask(world, task_id)
        } finally {
          if (world.ending.aborted) left.push(task_id)
        }
      }),
    ),
  )
  // The job ends with this handler, and with it the wake-up of whom it did not bring to an end.
  if (left.length > 0) await world.database.wakeTasks(left)
  const fault = ends.find((it) => it.status === 'rejected')
  if (fault) throw fault.reason
}

async function advanceTask(world: WorkerWorld, task_id: string): Promise<void> {
  const started = performance.now()
  let turn: Turn = { task: undefined, held: undefined }
  for (let moves = 1; !world.ending.aborted; moves++) {
    const over = moves >= SLICE_MOVES_MAX || performance.now() - started > SLICE_MS_MAX
    const mayClaim = () => !over && !world.stopping.aborted && !world.slots.closed
    const task: LoadedTask | undefined = turn.task ?? (await world.database.loadTask(task_id))
    const served = task && world.served.get(task.machine_id)
    if (!served) return
    if (!mayClaim() && !turn.held) return world.database.wakeTasks([task_id])
    const here = { world, served, task, mayClaim }
    const next: Turn | undefined = turn.held ? await work(here, turn.held) : await think(here)
    if (!next) return
    turn = next
  }
}
