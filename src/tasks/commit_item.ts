/**
 * Write: a move of the machine as one item for pawl.commit.
 */
import { randomUUID } from 'node:crypto'
import type { Attachments, CommitItem, LoadedTask, NewStep, TaskStatus } from '../database/rows.ts'
import type { Json } from '../json.ts'
import type { Move } from '../machines/moves.ts'
import type { Cause } from './next.ts'
import type { Served, WorkerWorld } from './world.ts'

export const attempts_max_default = 3

type Closing = NonNullable<CommitItem['step']> & { attach?: Attachments }

export function itemOfMove(
  world: WorkerWorld,
  task: LoadedTask,
  { move, cause, claim }: { move: Move; cause: Cause; claim: boolean },
  closing?: Closing,
): CommitItem {
  const steps = stepsOf(task, move, claim, closing)
  return {
    ...common(world, task, closing),
    transition: { ...cause, event: move.event, edge_no: move.edge_no, to_state: move.to_state },
    snapshot: move.snapshot,
    state: move.to_state,
    status: statusOf(move, steps.left),
    output: move.done && move.outcome === 'succeeded' ? (move.output ?? null) : null,
    error:
      move.outcome === 'failed' ? (move.output ?? { message: `ended in ${move.to_state}` }) : null,
    open_steps: steps.opened,
    stop_steps: steps.stopped,
    set_timers: move.effects.flatMap((it) =>
      it.kind === 'set_timer'
        ? [{ timer_id: it.timer_id, delay_ms: Math.ceil(it.delay_ms), event: it.event }]
        : [],
    ),
    remove_timers: move.effects.flatMap((it) => (it.kind === 'remove_timer' ? [it.timer_id] : [])),
  }
}

/** The engine's own move: an error that nobody catches.  State and snapshot stay. */
export function itemOfStop(
  world: WorkerWorld,
  served: Served,
  task: LoadedTask,
  { error, cause }: { error: unknown; cause: Cause },
  closing?: Closing,
): CommitItem {
  const edge = served.chart.edges.find(
    (it) => it.event === 'pawl.stopped' && it.from_state === task.state,
  )
  return {
    ...common(world, task, closing),
    transition: {
      ...cause,
      event: 'pawl.stopped',
      edge_no: edge?.edge_no ?? -1,
      to_state: task.state,
    },
    snapshot: task.snapshot,
    state: task.state,
    status: 'failed',
    output: null,
    error: error as Json,
    open_steps: [],
    stop_steps: task.open_steps.map((it) => it.step_no).filter((it) => it !== closing?.step_no),
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
    status: left.length > 0 ? 'ready' : review ? 'review' : 'waiting',
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

function stepsOf(task: LoadedTask, move: Move, claim: boolean, closing: Closing | undefined) {
  let step_no = task.next_step_no
  const opened: NewStep[] = []
  const stopped: number[] = []
  let left = task.open_steps.filter((it) => it.step_no !== closing?.step_no)
  for (const effect of move.effects) {
    if (effect.kind === 'stop_step') {
      stopped.push(...left.filter((it) => it.actor_id === effect.actor_id).map((it) => it.step_no))
      left = left.filter((it) => it.actor_id !== effect.actor_id)
    } else if (effect.kind === 'open_step') {
      const { actor_id, src, input } = effect
      const claimed = claim && opened.length === 0
      opened.push({ step_no, actor_id, src, input, attempts_max: attempts_max_default, claimed })
      step_no++
    }
  }
  if (move.done) {
    stopped.push(...left.map((it) => it.step_no))
    left = []
  }
  return { opened, stopped, left: left.length + opened.length }
}

function statusOf(move: Move, steps_left: number): TaskStatus {
  if (move.done) return move.outcome ?? 'succeeded'
  if (steps_left > 0) return 'ready'
  return move.tags.includes('review') ? 'review' : 'waiting'
}
