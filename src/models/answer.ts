/**
 * From a reply to a value of the shape that was asked for.  The stop reason is looked at
 * first: a truncated answer may be valid JSON, and a refusal may hold some.  None of this
 * throws, since by now the call has been paid for and its row must be written.
 */
import type { z } from 'zod'
import { pathText } from '../json.ts'
import type { AnsweredReply } from './reply.ts'

export type AnswerProblem =
  /** It ran into max_tokens or the context window. */
  | 'truncated'
  /** The model declined. */
  | 'refused'
  /** It stopped for a reason nobody asked for: tool_use, pause_turn, … */
  | 'stopped'
  /** It ended its turn and said nothing. */
  | 'no_text'
  | 'not_json'
  /** JSON of another shape. */
  | 'does_not_fit'

export type Answer<T> =
  | { ok: true; value: T }
  | { ok: false; problem: AnswerProblem; detail: string }

const issues_max = 5
const detail_chars_max = 1_000

export function readAnswer<S extends z.ZodType>(
  reply: AnsweredReply,
  schema: S,
): Answer<z.output<S>> {
  const stopped = stopProblem(reply)
  if (stopped !== undefined) return stopped
  if (reply.text.trim() === '') return bad('no_text', 'it ended its turn without any text')
  const json = parsed(reply.text)
  if (!json.ok) return bad('not_json', json.detail)
  const result = schema.safeParse(json.value)
  if (result.success) return { ok: true, value: result.data }
  return bad('does_not_fit', issuesOf(result.error))
}

type Bad = { ok: false; problem: AnswerProblem; detail: string }

function bad(problem: AnswerProblem, detail: string): Bad {
  return { ok: false, problem, detail: detail.slice(0, detail_chars_max).toWellFormed() }
}

function stopProblem(reply: AnsweredReply): Bad | undefined {
  switch (reply.stop_reason) {
    case 'end_turn':
      return undefined
    case 'max_tokens':
      return bad('truncated', `cut off after ${reply.usage.output_tokens} output tokens`)
    case 'model_context_window_exceeded':
      return bad('truncated', 'the prompt and the answer fill the context window')
    case 'refusal':
      return bad('refused', refusalOf(reply))
    default:
      return bad('stopped', `it stopped because of ${String(reply.stop_reason)}`)
  }
}

function refusalOf(reply: AnsweredReply): string {
  const details = reply.message['stop_details']
  if (typeof details !== 'object' || details === null || Array.isArray(details)) {
    return 'the model declined to answer'
  }
  const { category, explanation } = details
  const said = typeof explanation === 'string' ? `: ${explanation}` : ''
  const kind = typeof category === 'string' ? ` (${category})` : ''
  return `the model declined to answer${kind}${said}`
}

function parsed(text: string): { ok: true; value: unknown } | { ok: false; detail: string } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

function issuesOf(error: z.ZodError): string {
  const shown = error.issues.slice(0, issues_max)
  const lines = shown.map((issue) => `${pathText(issue.path)}: ${issue.message}`)
  const more = error.issues.length - shown.length
  return more > 0 ? `${lines.join('; ')}; and ${more} more` : lines.join('; ')
}
