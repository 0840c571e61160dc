/**
 * Act: one attempt at one step.  However it ends, it ends as a value.
 */

import { crashpoint } from '../crashpoint.ts'
import type { Attachments, OpenStep } from '../database/rows.ts'
import type { Json } from '../json.ts'
import { assertJson } from '../machines/json.ts'
import { Refusal } from '../refusal.ts'
import { backoff } from '../steps/backoff.ts'
import { Context } from '../steps/context.ts'
import { Parked } from '../steps/stops.ts'
import type { ToolLog } from '../tools/define_tool.ts'
import { ToolFailure } from '../tools/outcomes.ts'
import type { Hand } from './hands.ts'
import type { Served, WorkerWorld } from './world.ts'

export type StepEnd =
  | { kind: 'succeeded'; output: Json; attach: Attachments }
  | { kind: 'failed'; error: Json }
  /** The step stays open and is tried again after a pause. */
  | { kind: 'again'; outcome: 'parked' | 'failed'; delay_ms: number; error: Json }
  /** Nothing may be written: the attempt is over, or the worker is. */
  | { kind: 'over' }

export type HeldStep = Pick<
  OpenStep,
  'step_no' | 'kind' | 'actor_id' | 'src' | 'input' | 'attempts_left'
> & {
  attempt: number
}

const AGAIN = { base_ms: 1000, cap_ms: 60_000 }

export async function runStep(
  world: WorkerWorld,
  served: Served,
  hand: Hand,
  step: HeldStep,
): Promise<StepEnd> {
  const site = { ...hand.site, worker_id: world.worker_id }
  const actor = functionOf(served, step)
  const context = new Context(
    {
      database: world.database,
      tools: served.tools ?? world.tools,
      models: world.models,
      intent_ms_max: world.lease_ms / 2,
    },
    site,
    step.input,
    hand,
    stepLog(world, site),
  )
  try {
    await crashpoint('step.begun')
    // A function that ignores its signal is left behind: nobody waits for it.
    const output = (actor && (await hand.first(actor(context)))) ?? null
    await crashpoint('step.done')
    if (hand.over) return { kind: 'over' }
    assertJson(output, `the output of ${step.src}`)
    // A function may catch what a call threw; the step waits all the same.
    if (context.parked) return endOf(world, step, context.parked)
    return { kind: 'succeeded', output, attach: context.attach }
  } catch (error) {
    return hand.over ? { kind: 'over' } : endOf(world, step, error)
  }
}

function functionOf(served: Served, { kind, src, input }: HeldStep) {
  if (kind !== 'action') return served.actors.get(src)
  const action = served.actions.get(src)
  return action && ((context: Context) => action(context, input))
}

/** What follows an error: of the function, or of storing what it brought. */
export function endOf(world: WorkerWorld, step: HeldStep, error: unknown): StepEnd {
  if (world.ending.aborted || (error instanceof Refusal && error.code === 'PW002')) {
    return { kind: 'over' }
  }
  const told = errorValue(error)
  if (error instanceof Parked) {
    return { kind: 'again', outcome: 'parked', delay_ms: error.delay_ms, error: told }
  }
  const attempt = step.attempt
  if (isFinal(error) || step.attempts_left <= 1) return { kind: 'failed', error: told }
  return { kind: 'again', outcome: 'failed', delay_ms: backoff(attempt, AGAIN), error: told }
}

/** A refusal, a cap or an error with a code is an answer; only what nobody foresaw is tried again. */
function isFinal(error: unknown): boolean {
  if (error instanceof Refusal) return true
  if (error instanceof ToolFailure) return !error.retryable
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    !isSystem(error.code)
  )
}

function isSystem(code: string): boolean {
  return /^(?:E[A-Z]+|[0-9A-Z]{5}|ERR_.*)$/.test(code)
}

/**
 * An error as the machine and the trace see it: name and message, and what else its class says
 * in plain values (a code, a dimension, a reason).
 */
function errorValue(error: unknown): Json {
  if (!(error instanceof Error)) return { name: 'thrown', message: String(error).slice(0, 2000) }
  const own = Object.entries(error).filter(([key, value]) => isTelling(key, value))
  return {
    ...Object.fromEntries(own.slice(0, error_fields_max)),
    name: error.name,
    message: error.message.slice(0, 2000),
  }
}

const error_fields_max = 20
const error_field_chars_max = 2000

/** PostgreSQL puts whole rows into these. */
const PRIVATE: readonly string[] = ['stack', 'detail', 'where', 'internalQuery']

function isTelling(key: string, value: unknown): boolean {
  if (PRIVATE.includes(key)) return false
  if (typeof value === 'string') return value.length <= error_field_chars_max
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
}

function stepLog(world: WorkerWorld, site: object): ToolLog {
  return (message, fields) => world.log.info({ ...site, ...fields }, message)
}
