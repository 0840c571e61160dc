/**
 * What crosses the door to Postgres, named as the database names it.
 */
import type { Json, JsonObject } from '../json.ts'
import type { Attachments } from './agent_rows.ts'
import type { Beyond } from './beyond.ts'

export type FoundMachine = {
  machine_id: number
  version: number
  edges: {
    edge_no: number
    from_state: string
    event: string
    to_state: string
    kind: 'machine' | 'engine'
  }[]
}

/** An actor's step is done by its function, a child's by another task; an action's is waited for by nobody. */
export type StepKind = 'actor' | 'child' | 'action'

export type OpenStep = {
  step_no: number
  kind: StepKind
  actor_id: string
  src: string
  input: Json
  /** Of the move that asked for it. */
  opened_revision: number
  attempts_left: number
  /** Nobody has it in hand and it waits for nothing. */
  free: boolean
  /** Two workers died with it in hand: it is tried alone. */
  suspect?: boolean
}

export type Undelivered = {
  step_no: number
  actor_id: string
  status: 'succeeded' | 'failed'
  output: Json
  error: Json
}

export type Inboxed = {
  event_no: number
  cause: 'event' | 'timer' | 'review' | 'child' | 'engine'
  payload: { type: string } & JsonObject
}

export type LoadedTask = {
  task_id: string
  machine_id: number
  state: string
  status: TaskStatus
  revision: number
  input: Json
  snapshot: Json
  open_steps: OpenStep[]
  undelivered: Undelivered[]
  inbox: Inboxed[]
  next_step_no: number
}

export type TaskStatus =
  | 'ready'
  | 'waiting'
  | 'review'
  | 'paused'
  | 'succeeded'
  | 'failed'
  | 'cancelled'

export type NewStep = {
  step_no: number
  kind: StepKind
  actor_id: string
  src: string
  input: Json
  attempts_max: number
  /** The committing worker goes on with it at once, as attempt 1. */
  claimed: boolean
}

/** `sends_to`: 0 for the task's parent, else the child of that step; left out: the task itself. */
export type NewTimer = { timer_id: string; delay_ms: number; event: Json; sends_to?: number }

export type CommitItem = {
  task_id: string
  revision: number
  commit_id: string
  worker_id: string
  release: string
  step?: {
    step_no: number
    attempt: number
    status: 'succeeded' | 'failed'
    output: Json
    error: Json
  }
  /** Absent where nothing follows: a step's result that no state waits for. */
  transition?: {
    cause: 'start' | 'step' | Inboxed['cause']
    cause_no: number | null
    event: string
    edge_no: number
    to_state: string
  }
  snapshot: Json
  state: string
  status: TaskStatus
  output: Json
  error: Json
  open_steps: NewStep[]
  stop_steps: number[]
  set_timers: NewTimer[]
  remove_timers: string[]
  beyond?: Beyond
  attach?: Attachments
}

/** `unclaimed` is accepted, too, but no step was begun: its machine has a limit. */
export type CommitAnswer = 'accepted' | 'unclaimed' | 'deferred' | 'fenced' | 'busy' | 'illegal'
