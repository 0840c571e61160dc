/**
 * Calls in a timeline: what was asked on one line, and what came back on the next.
 */
import type { TraceRow } from '../database/read_rows.ts'
import { isObject, type Json } from '../json.ts'
import { brief, briefArguments, textOf } from './brief.ts'

export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'bold' | 'person' | 'plain'

/** `whole`: on several lines rather than cut. */
export type Below = { tone: Tone; text: string; whole?: boolean }

export type TraceLine = {
  mark: string
  tone: Tone
  title: string
  /** Beside the title, quietly. */
  aside?: string
  outcome?: string | undefined
  below?: Below[]
}

/** Room for whatever is abbreviated; what does not fit the terminal is cut there. */
export const room = 160

export function toolLine({ title, outcome, detail }: TraceRow): TraceLine {
  const [name = title, purpose = ''] = title.split(/(?= \()/)
  const consequential = detail['consequential'] === true
  const request = briefArguments(detail['request'] ?? null, room)
  return {
    mark: consequential ? '◆' : '▸',
    tone: 'plain',
    title: `${name}(${request})${purpose}${tryText(detail['try_no'])}`,
    outcome: outcome ?? undefined,
    below: [
      ...(consequential ? below('quiet', approvalText(detail['approval'])) : []),
      ...(outcome === 'found' ? below('quiet', `= ${brief(detail['answer'] ?? null, room)}`) : []),
      ...errorBelow(detail['error'], outcome === 'empty' ? 'quiet' : 'bad'),
    ],
  }
}

export function modelLine({ title, outcome, detail }: TraceRow): TraceLine {
  const [, purpose = title, model = ''] = /^(.*) \((.*)\)$/.exec(title) ?? []
  return {
    mark: '✦',
    tone: 'plain',
    title: `${purpose}${tryText(detail['try_no'])}`,
    aside: model,
    outcome: outcome ?? undefined,
    below: [
      ...below('quiet', answerText(detail['answer'] ?? null)),
      ...errorBelow(detail['error']),
    ],
  }
}

/** What an error says, on a line of its own. */
export function errorBelow(error: Json | undefined, tone: Tone = 'bad'): Below[] {
  if (error === undefined || error === null) return []
  const said = isObject(error) ? textOf(error['message']) || textOf(error['reason']) : ''
  return whole(tone, said || brief(error, room))
}

/** No line where there is nothing to say. */
export function below(tone: Tone, text: string): Below[] {
  return text === '' ? [] : [{ tone, text }]
}

/** What somebody must be able to read to its end. */
export function whole(tone: Tone, text: string): Below[] {
  return below(tone, text).map((it) => ({ ...it, whole: true }))
}

function tryText(try_no: Json | undefined): string {
  return typeof try_no === 'number' && try_no > 1 ? `, try ${try_no}` : ''
}

function approvalText(approval: Json | undefined): string {
  if (!isObject(approval)) return ''
  return approval['by'] === 'person'
    ? `approved by a person in review ${approval['review_no']}`
    : 'let through: as sure as the threshold asks'
}

/** The text of a message of the Messages API: JSON as JSON, anything else as it is. */
function answerText(answer: Json): string {
  if (!isObject(answer) || !Array.isArray(answer['content'])) return ''
  const blocks = answer['content'].filter(isObject)
  const said = blocks.map((block) => textOf(block['text'])).join('')
  try {
    return `= ${brief(shortFirst(JSON.parse(said)), room)}`
  } catch {
    return said
  }
}

/** A verdict before its reason: the line may end before the reason does. */
function shortFirst(value: Json): Json {
  if (!isObject(value)) return value
  const lengths = new Map(Object.entries(value).map(([key, it]) => [key, lengthOf(it)]))
  const length = (key: string) => lengths.get(key) ?? 0
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => length(a) - length(b)))
}

function lengthOf(value: Json): number {
  return JSON.stringify(value).length
}
