/**
 * What each kind of event says in a timeline: a mark, a title, an outcome, and the lines under it.
 */
import type { TraceRow } from '../database/read_rows.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { brief, briefArguments, textOf } from './brief.ts'
import { counted } from './figures.ts'
import {
  type Below,
  below,
  errorBelow,
  modelLine,
  room,
  type Tone,
  type TraceLine,
  toolLine,
  whole,
} from './trace_calls.ts'

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
      return row.outcome === 'opened' ? questionLine(row) : decisionLine(row)
    case 'child':
      return childLine(row)
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

/** What the engine does to a task where its machine has no say. */
const ENGINE_MOVES: ReadonlyMap<string, Pick<TraceLine, 'mark' | 'tone' | 'title'>> = new Map([
  ['pawl.stopped', { mark: '■', tone: 'bad', title: 'stopped' }],
  ['pawl.cancelled', { mark: '■', tone: 'bad', title: 'cancelled' }],
  ['pawl.retried', { mark: '↻', tone: 'bold', title: 'retried' }],
  ['pawl.forked', { mark: '⑂', tone: 'bold', title: 'forked' }],
])

function moveLine({ title, no, detail }: TraceRow): TraceLine {
  if (no === 0) return { mark: '●', tone: 'bold', title: 'submitted' }
  const event = textOf(detail['event'])
  const done = ENGINE_MOVES.get(event)
  if (done) return { ...done, aside: title }
  const emitted = Array.isArray(detail['emitted']) ? detail['emitted'].filter(isObject) : []
  const told = emitted.flatMap((it) => below('quiet', `emits ${brief(it, room)}`))
  return { mark: '→', tone: 'bold', title, aside: eventText(event), below: told }
}

const ANSWER = /^xstate\.(done|error)\.(?:actor|state)\.(.+)$/
const TIMER = /^xstate\.after\.(\d+)\./

/** XState's and pawl's own names, in words. */
function eventText(event: string): string {
  const [, end, name] = ANSWER.exec(event) ?? []
  if (name !== undefined) return `${name} ${end === 'done' ? 'done' : 'failed'}`
  const [, ms] = TIMER.exec(event) ?? []
  return ms === undefined ? event.replace(/^pawl\./, '') : `after ${ms} ms`
}

function attemptLine({ title, no, outcome, detail }: TraceRow): TraceLine {
  const isBad = outcome === 'failed' || outcome === 'lost'
  return {
    mark: isBad ? '✗' : '·',
    tone: isBad ? 'bad' : 'quiet',
    title: `attempt ${no} of ${title}`,
    outcome: outcome ?? 'running',
    below: errorBelow(detail['error'], isBad ? 'bad' : 'quiet'),
  }
}

function childLine({ title, outcome, detail }: TraceRow): TraceLine {
  return {
    mark: '⤷',
    tone: 'plain',
    title: `child ${title}`,
    aside: textOf(detail['task_id']),
    outcome: outcome ?? undefined,
    below: errorBelow(detail['error']),
  }
}

function planLine({ no, title, detail }: TraceRow): TraceLine {
  const parent = detail['parent_plan_no']
  const isReplan = typeof parent === 'number'
  const steps = Array.isArray(detail['steps']) ? detail['steps'].filter(isObject) : []
  return {
    mark: '≡',
    tone: isReplan ? 'warn' : 'bold',
    title: isReplan ? `plan ${no} instead of plan ${parent}` : `plan ${no}`,
    aside: counted(steps.length, 'step'),
    below: [
      ...(isReplan ? whole('warn', `because: ${title}`) : []),
      ...below('quiet', textOf(detail['thought'])),
      ...steps.map(planStep),
    ],
  }
}

function planStep(step: JsonObject): Below {
  const call = `${textOf(step['tool'])}(${slots(step['args'] ?? null)})`
  const done = step['carried'] === true
  return {
    tone: done ? 'quiet' : 'plain',
    text: `${step['ordinal']}. ${call}${done ? ', done before' : ''}`,
  }
}

/** Per argument {value} or {from_step, path}. */
function slots(args: Json): string {
  if (!isObject(args)) return brief(args, room)
  const shown = Object.entries(args).map(([name, slot]) => {
    if (!isObject(slot)) return `${name}: ${brief(slot, room)}`
    if (!('from_step' in slot)) return `${name}: ${brief(slot['value'] ?? null, room)}`
    const source = slot['from_step'] === 0 ? 'input' : `step ${slot['from_step']}`
    const path = textOf(slot['path'])
    return `${name}: ${source}${path && `.${path}`}`
  })
  return shown.join(', ')
}

function eventLine({ title, outcome, detail }: TraceRow): TraceLine {
  const payload = isObject(detail['payload']) ? detail['payload'] : {}
  const { type: _, ...rest } = payload
  return {
    mark: '⇠',
    tone: 'person',
    title: title.replace(/^pawl\./, ''),
    aside: briefArguments(rest, room),
    outcome: outcome ?? undefined,
  }
}

function assessmentLine({ title, outcome, detail }: TraceRow): TraceLine {
  const { correct, label_source, reason } = detail
  const verdict = correct === true ? 'right' : 'wrong'
  return {
    mark: '≈',
    tone: 'plain',
    title,
    aside: typeof correct === 'boolean' ? `${verdict}, says ${textOf(label_source)}` : '',
    outcome: outcome ?? undefined,
    below: below('quiet', textOf(reason)),
  }
}

function questionLine({ no, title, detail }: TraceRow): TraceLine {
  const choices = Array.isArray(detail['choices']) ? detail['choices'].map(textOf) : []
  return {
    mark: '?',
    tone: 'person',
    title: `review ${no}`,
    aside: choices.join(', '),
    outcome: 'asked',
    below: whole('person', title),
  }
}

/** Its title is the note that came with it, or nothing. */
function decisionLine({ no, title, outcome, detail }: TraceRow): TraceLine {
  const given = detail['edit'] ?? detail['answer']
  return {
    mark: '!',
    tone: 'person',
    title: `review ${no}`,
    aside: `by ${textOf(detail['by']) || 'nobody'}`,
    outcome: outcome ?? 'withdrawn',
    below: [
      ...whole('person', title),
      ...(given === undefined ? [] : below('plain', brief(given, room))),
    ],
  }
}
