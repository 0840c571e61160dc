/**
 * What a worker says of its attempts, named as the database names it.
 */
import type { Json } from '../json.ts'

export type Claim = {
  task_id: string
  step_no: number
  worker_id: string
  release: string
  /** With nothing else in hand. */
  alone?: boolean
}

export type Parking = {
  task_id: string
  revision: number
  status: 'waiting' | 'review'
  /** What was looked at and left in the inbox. */
  event_nos: readonly number[]
}

export type AttemptEnd = {
  task_id: string
  step_no: number
  attempt: number
  outcome: 'failed' | 'parked' | 'handed_back'
  delay_ms: number
  error: Json
}

export type ActionEnd = {
  task_id: string
  step_no: number
  attempt: number
  status: 'succeeded' | 'failed'
  output: Json
  error: Json
}
