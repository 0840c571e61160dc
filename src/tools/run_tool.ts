/**
 * One try of one tool, turned into one of the typed outcomes.  It never rejects.
 *
 * The rule behind every branch: `failed` promises that nothing happened in the world, because
 * what follows a failure may do the thing again under a new key.  So for a tool with an effect
 * (class A, B, C) whatever is not certain is `unknown`:
 *
 *   - a timeout, an abort, a cut connection, an error the tool did not foresee.  A refused
 *     connection too: it tells of the last request only, and a tool may have made two;
 *   - an answer that does not fit the output schema.  The effect happened, only its answer
 *     cannot be used; A then sends the same key, B asks, C goes to a person, none doubles it.
 *
 * A tool that knows better throws `ToolFailure` (see `neverSent`).  A read may always be
 * repeated: there a broken connection or a timeout is `failed` and retryable, and anything
 * unforeseen `failed` for good.
 */
import type { z } from 'zod'
import { type CrashPoint, crashpoint } from '../crashpoint.ts'
import { deadline, OutOfTime } from '../deadline.ts'
import { asJson, type Json, pathText } from '../json.ts'
import { isNetworkError } from '../network.ts'
import { Refusal } from '../refusal.ts'
import type { AnyTool, ToolContext, ToolLog } from './define_tool.ts'
import { type Outcome, ToolFailure } from './outcomes.ts'

export type RunContext = { call_key: string; signal: AbortSignal; log?: ToolLog }

export type Reconciled = Extract<Outcome, { outcome: 'found' | 'empty' | 'unknown' }>

const error_chars_max = 2_000

export async function runTool(tool: AnyTool, args: Json, context: RunContext): Promise<Outcome> {
  if (context.signal.aborted) return failed('it was cancelled before anything was sent', true)
  const fitted = fit(tool.input, args)
  if (!fitted.ok) return failed(`arguments do not fit: ${fitted.problem}`, false)
  try {
    const running = withDeadline(tool, context, (own) => tool.run(inputOf(fitted), own))
    const answer = await standing(running, 'send.sent', 'send.answered')
    return settled(tool, answer)
  } catch (error) {
    return broken(tool, error)
  }
}

/**
 * Class B: did the call with this key happen?  `found` with its answer, `empty` if it did not,
 * `unknown` if the other side could not say.
 *
 * @throws Refusal PW604 for a tool that has no reconcile.
 */
export async function reconcileTool(
  tool: AnyTool,
  call_key: string,
  args: Json,
  context: Omit<RunContext, 'call_key'>,
): Promise<Reconciled> {
  if (tool.reconcile === undefined) {
    throw new Refusal('PW604', `tool ${tool.name} cannot be asked`, 'only class B has reconcile')
  }
  if (context.signal.aborted) return unknown('it was cancelled before it was asked')
  const fitted = fit(tool.input, args)
  if (!fitted.ok) return unknown(`cannot be asked: arguments do not fit: ${fitted.problem}`)
  try {
    const keyed = { ...context, call_key }
    const asking = withDeadline(tool, keyed, (own) =>
      tool.reconcile?.(call_key, inputOf(fitted), own),
    )
    const answer = await standing(asking, 'reconcile.begun', 'reconcile.answered')
    const value = readValue(tool, answer)
    return 'problem' in value ? unknown(`asked, and ${value.problem}`) : plain(value)
  } catch (error) {
    return unknown(`asked, and got no answer: ${messageOf(error)}`)
  }
}

function settled(tool: AnyTool, answer: unknown): Outcome {
  const value = readValue(tool, answer)
  if ('problem' in value) return doubtful(tool, value.problem)
  if (value.outcome === 'found' && tool.isEmpty?.(value.parsed) === true) {
    return { outcome: 'empty' }
  }
  return plain(value)
}

type Answered =
  | { outcome: 'found'; value: Json; parsed: unknown }
  | { outcome: 'empty'; note?: string }

type Valued = Answered | { problem: string }

function plain(answer: Answered): Extract<Outcome, { outcome: 'found' | 'empty' }> {
  return answer.outcome === 'found' ? { outcome: 'found', value: answer.value } : answer
}

const NEITHER = 'it answered with neither found(…) nor nothing()'

function readValue(tool: AnyTool, answer: unknown): Valued {
  if (typeof answer !== 'object' || answer === null || !('outcome' in answer)) {
    return { problem: NEITHER }
  }
  if (answer.outcome === 'empty') {
    const note = 'note' in answer && typeof answer.note === 'string' ? answer.note : undefined
    return note === undefined ? { outcome: 'empty' } : { outcome: 'empty', note }
  }
  if (answer.outcome !== 'found' || !('value' in answer)) {
    return { problem: NEITHER }
  }
  const fitted = fit(tool.output, answer.value)
  if (!fitted.ok) return { problem: `its answer does not fit: ${fitted.problem}` }
  const json = asJson(fitted.value)
  if (!json.ok) return { problem: `its answer is not JSON: ${json.path} ${json.problem}` }
  return { outcome: 'found', value: json.value, parsed: fitted.value }
}

/** The tool threw, or ran out of time. */
function broken(tool: AnyTool, error: unknown): Outcome {
  if (error instanceof ToolFailure) {
    if (error.unknown) return unknown(messageOf(error))
    return failed(messageOf(error), error.retryable, error.retry_after_ms)
  }
  if (tool.class !== 'read') return unknown(messageOf(error))
  return failed(messageOf(error), error instanceof OutOfTime || isNetworkError(error))
}

/** It answered, and the answer cannot be used. */
function doubtful(tool: AnyTool, problem: string): Outcome {
  if (tool.class === 'read') return failed(problem, false)
  return unknown(`${problem}; what it does has most likely been done`)
}

type Fitted = { ok: true; value: unknown } | { ok: false; problem: string }

function fit(schema: z.ZodType, value: unknown): Fitted {
  try {
    const result = schema.safeParse(value)
    if (result.success) return { ok: true, value: result.data }
    const issue = result.error.issues[0]
    return { ok: false, problem: `${pathText(issue?.path ?? [])}: ${issue?.message ?? 'wrong'}` }
  } catch (error) {
    return { ok: false, problem: `its schema cannot be checked: ${messageOf(error)}` }
  }
}

/** What `tool.input` has just parsed is its output: zod says so, the erased type cannot. */
function inputOf(fitted: { value: unknown }): Record<string, unknown> {
  return fitted.value as Record<string, unknown>
}

/** A tool that ignores its signal is left behind at the deadline: nothing waits for it. */
async function withDeadline<T>(
  tool: AnyTool,
  context: RunContext,
  work: (own: ToolContext) => T | Promise<T>,
): Promise<T> {
  using limit = deadline(context.signal, tool.timeout_ms)
  const { call_key, log = () => {} } = context
  const running = (async () => work({ call_key, signal: limit.signal, log }))()
  return await Promise.race([running, limit.over])
}

/** What comes of work that is under way, with the points at which it may be struck. */
async function standing<T>(work: Promise<T>, sent: CrashPoint, answered: CrashPoint): Promise<T> {
  // It may fail while somebody stands there.
  work.catch(() => undefined)
  await crashpoint(sent)
  const answer = await work
  await crashpoint(answered)
  return answer
}

function failed(message: string, retryable: boolean, retry_after_ms?: number): Outcome {
  const waits = retry_after_ms !== undefined && retry_after_ms >= 0 && retry_after_ms < Infinity
  const error = waits ? { message, retry_after_ms: Math.ceil(retry_after_ms) } : { message }
  return { outcome: 'failed', retryable, error }
}

function unknown(message: string): { outcome: 'unknown'; error: { message: string } } {
  return { outcome: 'unknown', error: { message } }
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : ''
  const whole = cause === '' || message.includes(cause) ? message : `${message}: ${cause}`
  return whole.slice(0, error_chars_max).toWellFormed()
}
