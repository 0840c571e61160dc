/**
 * The job handler that moves tasks.  A job is a wake-up and nothing more: an array of task ids,
 * which may be stale, doubled or already done.  For each task: read, think or act, write; then go
 * on with the step that was just opened and claimed, until the task parks or its slice ends.
 */
import { z } from 'zod'
import type { CommitAnswer, CommitItem, LoadedTask } from '../database/rows.ts'
import type { Json } from '../json.ts'
import { itemOfMove, itemOfNote, itemOfStop } from './commit_item.ts'
import { answered, type Next, nextOf } from './next.ts'
import { type HeldStep, runStep, type StepEnd } from './run_step.ts'
import type { Served, WorkerWorld } from './world.ts'

const TaskIds = z.array(z.uuid()).max(1000)

/** After so many moves or so long a task hands over, so that others get their turn. */
const SLICE_STEPS_MAX = 50
const SLICE_MS_MAX = 30_000

export async function advance(world: WorkerWorld, payload: unknown): Promise<void> {
  const tasks = await world.database.loadTasks(TaskIds.parse(payload))
  await Promise.all(tasks.map((task) => world.slots.run(() => advanceTask(world, task))))
}

async function advanceTask(world: WorkerWorld, loaded: LoadedTask): Promise<void> {
  const started = performance.now()
  let task: LoadedTask | undefined = loaded
  let held: HeldStep | undefined
  for (let moves = 0; task && !world.ending.aborted; moves++) {
    const served = world.served.get(task.machine_id)
    if (!served) return
    if (
      moves > 0 &&
      !held &&
      (moves > SLICE_STEPS_MAX || performance.now() - started > SLICE_MS_MAX)
    ) {
      await world.database.wakeTasks([task.task_id])
      return
    }
    const turn: Turn | undefined = held
      ? await work(world, served, task, held)
      : await think(world, served, task)
    if (!turn) return
    held = turn.held
    task = turn.task ?? (await reload(world, task.task_id))
  }
}

/** Where the task stands after a turn (undefined: read it again), and the step now in hand. */
type Turn = { task: LoadedTask | undefined; held: HeldStep | undefined }

async function reload(world: WorkerWorld, task_id: string): Promise<LoadedTask | undefined> {
  const [task] = await world.database.loadTasks([task_id])
  return task
}

async function think(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
): Promise<Turn | undefined> {
  const next = safely(served, task)
  switch (next.kind) {
    case 'park':
      return undefined
    case 'claim': {
      const { step } = next
      const attempt = await world.database.claimStep({
        task_id: task.task_id,
        step_no: step.step_no,
        worker_id: world.worker_id,
        release: world.release,
      })
      return attempt === null ? undefined : { task, held: { ...step, attempt } }
    }
    case 'move':
      return write(world, served, task, itemOfMove(world, task, next))
    case 'note':
      return write(world, served, task, itemOfNote(world, served, task, next))
    case 'stop':
      return write(world, served, task, itemOfStop(world, served, task, next))
    default:
      return next satisfies never
  }
}

/** A machine whose own code throws has met a fault: the task stops, and says so. */
function safely(served: Served, task: LoadedTask): Next {
  try {
    return nextOf(served, task)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const cause = { cause: 'engine', cause_no: null } as const
    return { kind: 'stop', error: { code: 'machine_fault', message }, cause }
  }
}

async function work(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
  held: HeldStep,
): Promise<Turn | undefined> {
  const end = await runStep(world, served, task.task_id, held)
  switch (end.kind) {
    case 'over':
      return undefined
    case 'again':
      await world.database.endAttempt({
        task_id: task.task_id,
        step_no: held.step_no,
        attempt: held.attempt,
        ...end,
      })
      return { task: undefined, held: undefined }
    case 'succeeded':
    case 'failed':
      return deliver(world, served, task, held, end)
    default:
      return end satisfies never
  }
}

type Ended = Extract<StepEnd, { kind: 'succeeded' | 'failed' }>

async function deliver(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
  held: HeldStep,
  end: Ended,
): Promise<Turn | undefined> {
  const output: Json = end.kind === 'succeeded' ? end.output : null
  const error: Json = end.kind === 'failed' ? end.error : null
  const closing = {
    step_no: held.step_no,
    attempt: held.attempt,
    status: end.kind,
    output,
    error,
    ...(end.kind === 'succeeded' && { attach: end.attach }),
  }
  const next = answeredSafely(served, task, { ...closing, actor_id: held.actor_id })
  const item = itemOfAnswer(world, served, task, next, closing)
  return write(world, served, task, item)
}

function itemOfAnswer(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
  next: Next,
  closing: Parameters<typeof itemOfMove>[3] & object,
): CommitItem {
  switch (next.kind) {
    case 'move':
      return itemOfMove(world, task, next, closing)
    case 'stop':
      return itemOfStop(world, served, task, next, closing)
    case 'note':
      return itemOfNote(world, served, task, next, closing)
    default:
      throw new TypeError(`a step's end leads to no ${next.kind}`)
  }
}

function answeredSafely(...args: Parameters<typeof answered>): Next {
  try {
    return answered(...args)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const cause = { cause: 'step', cause_no: args[2].step_no } as const
    return { kind: 'stop', error: { code: 'machine_fault', message }, cause }
  }
}

async function write(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
  item: CommitItem,
): Promise<Turn | undefined> {
  const answer: CommitAnswer = await world.database.commit(item)
  switch (answer) {
    case 'accepted':
      return afterwards(task, item)
    case 'deferred':
    case 'busy':
      return { task: undefined, held: undefined }
    case 'fenced':
      return undefined
    case 'illegal':
      return write(world, served, task, stopOfIllegal(world, served, task, item))
    default:
      return answer satisfies never
  }
}

/** The database would not have it: the task stops for a person, with the edge named. */
function stopOfIllegal(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
  { transition, step }: CommitItem,
): CommitItem {
  if (!transition || transition.event === 'pawl.stopped') throw new Error(`${task.state} cannot even be stopped`)
  const { cause, cause_no, event, to_state } = transition
  const message = `not an edge of the chart: ${task.state} → ${to_state} on ${event}`
  const error = { code: 'PW003', message }
  return itemOfStop(world, served, task, { error, cause: { cause, cause_no } }, step)
}

/** The task as it now stands, without reading it again, and the step it goes on with. */
function afterwards(task: LoadedTask, item: CommitItem): Turn {
  const claimed = item.open_steps.find((it) => it.claimed)
  if (!claimed) return { task: undefined, held: undefined }
  const gone = new Set([...item.stop_steps, item.step?.step_no])
  const held = { ...claimed, attempts_left: claimed.attempts_max, attempt: 1 }
  return {
    held,
    task: {
      ...task,
      state: item.state,
      revision: item.revision + 1,
      snapshot: item.snapshot,
      open_steps: [
        ...task.open_steps.filter((it) => !gone.has(it.step_no)),
        ...item.open_steps.map((it) => ({ ...it, attempts_left: it.attempts_max, free: false })),
      ],
      undelivered: [],
      inbox: [],
      next_step_no: task.next_step_no + item.open_steps.length,
    },
  }
}
