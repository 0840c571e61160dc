/**
 * Act: one attempt at one step.  However it ends, it ends as a value.
 */

import { crashpoint } from '../crashpoint.ts'
import type { Attachments } from '../database/agent_rows.ts'
import type { OpenStep } from '../database/rows.ts'
import type { Json } from '../json.ts'
import { assertJson } from '../machines/json.ts'
import { Refusal } from '../refusal.ts'
import { backoff } from '../steps/backoff.ts'
import { Context } from '../steps/context.ts'
import { Parked } from '../steps/stops.ts'
import type { ToolLog } from '../tools/define_tool.ts'
import { errorValue } from './errors.ts'
import { isFinal } from './final.ts'
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
    const output = (actor && (await hand.first(whole(actor, context)))) ?? null
    await crashpoint('step.done')
    if (hand.over) return { kind: 'over' }
    assertJson(output, `the output of ${step.src}`)
    // A function may catch what a call threw; the step waits all the same.
    if (context.parked) return endOf(world, step, context.parked)
    return { kind: 'succeeded', output, attach: context.attach }
  } catch (error) {
    return hand.over ? { kind: 'over' } : endOf(world, step, context.parked ?? error)
  }
}

/** With all the calls that it has begun: of several at once one may end the function before the rest. */
async function whole(
  actor: (context: Context) => Promise<unknown> | unknown,
  context: Context,
): Promise<unknown> {
  try {
    return await actor(context)
  } finally {
    await context.quiet()
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

function stepLog(world: WorkerWorld, site: object): ToolLog {
  return (message, fields) => world.log.info({ ...site, ...fields }, message)
}
