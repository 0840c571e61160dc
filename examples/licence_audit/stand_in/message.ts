/**
 * Answers in the shape of the Messages API, good and bad.
 */
import type { BadKind } from './bad_answers.ts'
import type { Plan } from './planner.ts'
import type { MessagesRequest } from './question.ts'

export type Reply = { readonly status: number; readonly body: object }

const CHARS_PER_TOKEN = 4
/** What the API adds to a request by itself, in tokens. */
const OVERHEAD_TOKENS = 20

function tokensOf(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN)
}

/** Cut at max_tokens, as the real one would. */
export function messageReply(request: MessagesRequest, text: string, id: string): Reply {
  const chars_max = request.max_tokens * CHARS_PER_TOKEN
  const isCut = text.length > chars_max
  return reply(request, text.slice(0, chars_max), isCut ? 'max_tokens' : 'end_turn', id)
}

export function badReply(
  kind: BadKind,
  request: MessagesRequest,
  answer: object,
  id: string,
): Reply {
  const text = JSON.stringify(answer)
  switch (kind) {
    case 'overloaded':
      return errorReply(529, 'overloaded_error', 'Overloaded', id)
    case 'truncated':
      return reply(request, text.slice(0, text.length / 2), 'max_tokens', id)
    case 'wrong_schema':
      return reply(request, JSON.stringify({ answer: text }), 'end_turn', id)
    case 'unknown_tool':
      return reply(request, JSON.stringify(withUnknownTool(answer)), 'end_turn', id)
    default:
      return kind satisfies never
  }
}

export function errorReply(status: number, type: string, message: string, id: string): Reply {
  return { status, body: { type: 'error', error: { type, message }, request_id: `req_${id}` } }
}

function withUnknownTool(answer: object | Plan): object {
  if (!('steps' in answer)) return answer
  const [first, ...rest] = answer.steps
  return { ...answer, steps: [{ ...first, tool: 'browse_the_web' }, ...rest] }
}

function reply(request: MessagesRequest, text: string, stop_reason: string, id: string): Reply {
  const asked = [
    request.system ?? '',
    JSON.stringify(request.output_config),
    ...request.messages.map(({ content }) => content),
  ]
  const chars = asked.reduce((sum, part) => sum + part.length, 0)
  return {
    status: 200,
    body: {
      id: `msg_${id}`,
      type: 'message',
      role: 'assistant',
      model: request.model,
      content: [{ type: 'text', text }],
      stop_reason,
      stop_sequence: null,
      usage: {
        input_tokens: tokensOf(chars) + OVERHEAD_TOKENS,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: tokensOf(text.length),
      },
    },
  }
}
