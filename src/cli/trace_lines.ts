/**
 * What each kind of event says in a timeline: a mark, a title, an outcome, and the lines under it.
 */
import type { TraceRow } from '../database/read_rows.ts'
import type { Json, JsonObject } from '../json.ts'
import { brief, briefArguments, isObject } from './brief.ts'
import { counted } from './figures.ts'

export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'bold' | 'person' | 'plain'

export type TraceLine = {
  mark: string
  tone: Tone
  title: string
  /** Beside the title, quietly. */
  aside?: string
  outcome?: string
  below?: { tone: Tone; text: string }[]
}

/** Room for whatever is abbreviated; what does not fit the terminal is cut there. */
const room = 160

export function lineOf(row: TraceRow): TraceLine {
  switch (row.kind) {
    case 'transition':
      return moveLine(row)
    case 'attempt':
      return attemptLine(row)
    case 'plan':
      return planLine(row)
    case 'event':
      return eventLine(row)
    case 'tool_call':
      return toolLine(row)
    case 'model_call':
      return modelLine(row)
    case 'assessment':
      return assessmentLine(row)
    case 'review':
      return reviewLine(row)
    default:
      return row.kind satisfies never
  }
}

/** How an outcome looks, whosever it is. */
export function toneOf(outcome: string): Tone {
  if (['found', 'succeeded', 'auto', 'approve'].includes(outcome)) return 'good'
  if (['failed', 'unknown', 'lost', 'cancelled', 'reject'].includes(outcome)) return 'bad'
  return 'warn'
}

function moveLine({ title, no, detail }: TraceRow): TraceLine {
  if (no === 0) return { mark: '●', tone: 'bold', title: 'submitted' }
  const event = text(detail['event'])
  if (event === 'pawl.stopped') return { mark: '■', tone: 'bad', title: 'stopped', aside: title }
  return { mark: '→', tone: 'bold', title, aside: eventText(event) }
}

const ANSWER = /^xstate\.(done|error)\.(?:actor|state)\.(.+)$/
const TIMER = /^xstate\.after\.(\d+)\./

/** XState's own names, in words. */
function eventText(event: string): string {
  const [, end, name] = ANSWER.exec(event) ?? []
  if (name !== undefined) return `${name} ${end === 'done' ? 'done' : 'failed'}`
  const [, ms] = TIMER.exec(event) ?? []
  return ms === undefined ? event : `after ${ms} ms`
}

function attemptLine({ title, no, outcome, detail }: TraceRow): TraceLine {
  const isBad = outcome === 'failed' || outcome === 'lost'
  return {
    mark: isBad ? '✗' : '·',
    tone: isBad ? 'bad' : 'quiet',
    title: `attempt ${no} of ${title}`,
    outcome: outcome ?? 'running',
    below: errorBelow(detail['error']),
  }
}

function planLine({ no, title, detail }: TraceRow): TraceLine {
  const parent = detail['parent_plan_no']
  const steps = Array.isArray(detail['steps']) ? detail['steps'].filter(isObject) : []
  return {
    mark: '≡',
    tone: 'bold',
    title: typeof parent === 'number' ? `plan ${no} instead of plan ${parent}` : `plan ${no}`,
    aside: counted(steps.length, 'step'),
    below: [
      ...(typeof parent === 'number' ? [{ tone: 'warn' as const, text: `because ${title}` }] : []),
      ...(text(detail['thought']) ? [{ tone: 'quiet' as const, text: text(detail['thought']) }] : []),
      ...steps.map(planStep),
    ],
  }
}

function planStep(step: JsonObject): { tone: Tone; text: string } {
  const done = step['carried'] === true ? ' (done before)' : ''
  const call = `${text(step['tool'])}(${slots(step['args'] ?? null)})`
  return { tone: 'plain', text: `${step['ordinal']}. ${call}${done}` }
}

/** Per argument {value} or {from_step, path}. */
function slots(args: Json): string {
  if (!isObject(args)) return brief(args, room)
  const shown = Object.entries(args).map(([name, slot]) => {
    if (!isObject(slot) || !('from_step' in slot)) {
      return `${name}: ${brief(isObject(slot) ? (slot['value'] ?? null) : slot, room)}`
    }
    const path = text(slot['path'])
    return `${name}: step ${slot['from_step']}${path && ` ${path}`}`
  })
  return shown.join(', ')
}

function eventLine({ title, outcome, detail }: TraceRow): TraceLine {
  const payload = isObject(detail['payload']) ? detail['payload'] : {}
  const { type: _, ...rest } = payload
  return {
    mark: '⇠',
    tone: 'person',
    title: `${title} arrives`,
    aside: briefArguments(rest, room),
    ...(outcome !== null && { outcome }),
  }
}

function toolLine({ title, outcome, detail }: TraceRow): TraceLine {
  const [name = title, purpose = ''] = title.split(/(?= \()/)
  const again = Number(detail['try_no']) > 1 ? `, try ${detail['try_no']}` : ''
  const approved = detail['consequential'] === true ? approvalText(detail['approval']) : undefined
  return {
    mark: detail['consequential'] === true ? '◆' : '▸',
    tone: 'plain',
    title: `${name}(${briefArguments(detail['request'] ?? null, room)})${purpose}${again}`,
    outcome: outcome ?? '',
    below: [
      ...(approved ? [{ tone: 'quiet' as const, text: approved }] : []),
      ...(outcome === 'found' ? [{ tone: 'quiet' as const, text: `= ${brief(detail['answer'] ?? null, room)}` }] : []),
      ...errorBelow(detail['error']),
    ],
  }
}

function approvalText(approval: Json | undefined): string | undefined {
  if (!isObject(approval)) return undefined
  return approval['by'] === 'person'
    ? `approved by a person, review ${approval['review_no']}`
    : 'let through: as sure as the threshold asks'
}

function modelLine({ title, outcome, detail }: TraceRow): TraceLine {
  const again = Number(detail['try_no']) > 1 ? `, try ${detail['try_no']}` : ''
  const [, purpose = title, model = ''] = /^(.*) \((.*)\)$/.exec(title) ?? []
  const said = answerText(detail['answer'] ?? null)
  return {
    mark: '✦',
    tone: 'plain',
    title: `${purpose}${again}`,
    aside: model,
    outcome: outcome ?? '',
    below: [
      ...(said === '' ? [] : [{ tone: 'quiet' as const, text: said }]),
      ...errorBelow(detail['error']),
    ],
  }
}

/** The text of a message of the Messages API: JSON as JSON, anything else as it is. */
function answerText(answer: Json): string {
  if (!isObject(answer) || !Array.isArray(answer['content'])) return ''
  const blocks = answer['content'].filter(isObject)
  const said = blocks.map((block) => text(block['text'])).join('')
  try {
    const value: Json = JSON.parse(said)
    return `= ${brief(value, room)}`
  } catch {
    return said
  }
}

function assessmentLine({ title, outcome, detail }: TraceRow): TraceLine {
  const { correct, label_source, reason } = detail
  const label = typeof correct === 'boolean' ? `${correct ? 'right' : 'wrong'}, says ${text(label_source)}` : ''
  return {
    mark: '≈',
    tone: 'plain',
    title,
    aside: label,
    outcome: outcome ?? '',
    below: text(reason) ? [{ tone: 'quiet', text: text(reason) }] : [],
  }
}

function reviewLine({ title, outcome, detail }: TraceRow): TraceLine {
  if (outcome === 'opened') {
    const choices = Array.isArray(detail['choices']) ? detail['choices'].map(text).join(', ') : ''
    return { mark: '?', tone: 'person', title, outcome: 'asked', below: [{ tone: 'quiet', text: choices }] }
  }
  const with_it = detail['edit'] ?? detail['answer']
  return {
    mark: '!',
    tone: 'person',
    title: `${text(detail['by']) || 'nobody'}: ${outcome ?? 'withdrawn'}`,
    aside: title,
    outcome: outcome ?? 'withdrawn',
    below: with_it === undefined ? [] : [{ tone: 'plain', text: brief(with_it, room) }],
  }
}

function errorBelow(error: Json | undefined): { tone: Tone; text: string }[] {
  if (error === undefined || error === null) return []
  const message = isObject(error) ? text(error['message']) || text(error['reason']) : ''
  return [{ tone: 'bad', text: message || brief(error, room) }]
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
