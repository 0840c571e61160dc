/**
 * Write: a move of the machine as one item for pawl.commit.
 */
import { randomUUID } from 'node:crypto'
import type { Attachments } from '../database/agent_rows.ts'
import type { CommitItem, LoadedTask, StepKind, TaskStatus } from '../database/rows.ts'
import type { Json } from '../json.ts'
import type { Move } from '../machines/moves.ts'
import type { Cause } from './next.ts'
import { stopAll, timersOf, workOf } from './work_of_move.ts'
import type { Served, WorkerWorld } from './world.ts'

type Closing = NonNullable<CommitItem['step']> & { attach?: Attachments }

export function itemOfMove(
  world: WorkerWorld,
  task: LoadedTask,
  { move, cause, claim }: { move: Move; cause: Cause; claim: boolean },
  closing?: Closing,
): CommitItem {
  const work = workOf(task, move, claim, closing?.step_no)
  return {
    ...common(world, task, closing),
    transition: { ...cause, event: move.event, edge_no: move.edge_no, to_state: move.to_state },
    snapshot: move.snapshot,
    state: move.to_state,
    status: move.done
      ? (move.outcome ?? 'succeeded')
      : statusOf(work.left, move.tags.includes('review')),
    output: move.done && move.outcome !== 'failed' ? (move.output ?? null) : null,
    error:
      move.outcome === 'failed' ? (move.output ?? { message: `ended in ${move.to_state}` }) : null,
    open_steps: work.opened,
    stop_steps: work.stopped,
    ...(work.beyond && { beyond: work.beyond }),
    set_timers: timersOf(move.effects, work.left),
    remove_timers: move.effects.flatMap((it) => (it.kind === 'remove_timer' ? [it.timer_id] : [])),
  }
}

/** The engine's own moves: an error that nobody catches.  State and snapshot stay. */
export function itemOfStop(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
  { error, cause }: { error: unknown; cause: Cause },
  closing?: Closing,
): CommitItem {
  const end = { event: 'pawl.stopped', status: 'failed' as const, error: error as Json }
  return itemOfEnd(world, served, task, { ...end, cause }, closing)
}

/** It was told to end, and its machine has nothing to clean up. */
export function itemOfCancel(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
  { cause }: { cause: Cause },
): CommitItem {
  const end = { event: 'pawl.cancelled', status: 'cancelled' as const, error: null }
  return itemOfEnd(world, served, task, { ...end, cause })
}

type End = { event: string; status: 'failed' | 'cancelled'; error: Json; cause: Cause }

function itemOfEnd(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
  { event, status, error, cause }: End,
  closing?: Closing,
): CommitItem {
  const edge = served.chart.edges.find((it) => it.event === event && it.from_state === task.state)
  const work = stopAll(task, closing?.step_no)
  return {
    ...common(world, task, closing),
    transition: {
      ...cause,
      event,
      edge_no: edge?.edge_no ?? -1,
      to_state: task.state,
    },
    snapshot: task.snapshot,
    state: task.state,
    status,
    output: null,
    error,
    open_steps: [],
    stop_steps: work.stopped,
    ...(work.beyond && { beyond: work.beyond }),
    set_timers: [],
    remove_timers: [],
  }
}

/** A result that no state waits for: the step is closed and the task stays where it is. */
export function itemOfNote(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
  { step_no }: { step_no: number },
  closing?: Closing,
): CommitItem {
  const left = task.open_steps.filter((it) => it.step_no !== step_no)
  const review = served.host.tagsOf(task.state).includes('review')
  return {
    ...common(world, task, closing),
    snapshot: task.snapshot,
    state: task.state,
    status: statusOf(left, review),
    output: null,
    error: null,
    open_steps: [],
    stop_steps: closing ? [] : [step_no],
    set_timers: [],
    remove_timers: [],
  }
}

function common(world: WorkerWorld, task: LoadedTask, closing: Closing | undefined) {
  const { attach, ...step } = closing ?? {}
  return {
    task_id: task.task_id,
    revision: task.revision,
    commit_id: randomUUID(),
    worker_id: world.worker_id,
    release: world.release,
    ...(closing && { step: step as NonNullable<CommitItem['step']> }),
    ...(attach && Object.keys(attach).length > 0 && { attach }),
  }
}

/** Ready while there is something to do here; what children do is theirs. */
function statusOf(left: readonly { kind: StepKind }[], review: boolean): TaskStatus {
  if (left.some((it) => it.kind !== 'child')) return 'ready'
  return review ? 'review' : 'waiting'
}
