/**
 * A task's timeline as text: what `pawl trace` prints and what snapshot tests compare.  Pure: rows
 * go in, lines come out.  A step's end and the move it led to are one line; after a re-plan
 * everything stands one level deeper.
 */
import type { TaskRow, TraceRow } from '../database/read_rows.ts'
import { type Colors, no_colors } from './colors.ts'
import { columnsOf, cut, fit, plain, wrap } from './columns.ts'
import { dollars, duration, grouped, since } from './figures.ts'
import type { Below, Tone, TraceLine } from './trace_calls.ts'
import { headOf } from './trace_head.ts'
import { lineOf, toneOf } from './trace_lines.ts'

export type TraceTextOptions = {
  colors?: Colors
  /** Columns of the terminal; never more than 120 are used. */
  columns?: number
  /** Without times, latencies and ids: the same text for the same story. */
  stable?: boolean
}

const COLUMNS_MAX = 120
const COLUMNS_MIN = 80
const LEVELS_MAX = 5
const WHOLE_LINES_MAX = 5
const ID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi
const HASH = /\b[0-9a-f]{64}\b/gi

export function traceText(
  task: TaskRow,
  rows: readonly TraceRow[],
  options: TraceTextOptions = {},
): string[] {
  const { colors = no_colors, columns = COLUMNS_MAX, stable = false } = options
  const width = Math.min(Math.max(columns, COLUMNS_MIN), COLUMNS_MAX)
  const look: Look = { colors, width, stable, begun: rows[0]?.at ?? task.created_at }
  const lines: string[] = []
  const end = task.finished_at === null ? -1 : task.revision
  let level = 0
  for (const row of folded(rows)) {
    if (row.kind === 'plan' && row.no > 1) level = Math.min(level + 1, LEVELS_MAX)
    const isEnd = row.kind === 'transition' && row.no === end
    const line = isEnd ? endLine(lineOf(row), task) : lineOf(row)
    lines.push(...eventLines(row, line, level, look))
  }
  const last = rows.at(-1)?.at ?? task.created_at
  return [...headOf(task, { colors, width, stable, last }), '', ...lines]
}

type Look = { colors: Colors; width: number; stable: boolean; begun: Date }

/** A succeeded attempt whose result moved the task lends its time to that move. */
function folded(rows: readonly TraceRow[]): TraceRow[] {
  const done = new Map<number | null, number | null>()
  for (const { kind, outcome, step_no, latency_ms } of rows) {
    if (kind === 'attempt' && outcome === 'succeeded') done.set(step_no, latency_ms)
  }
  const moved = new Set(rows.filter((row) => row.kind === 'transition').map((row) => row.step_no))
  return rows.flatMap((row) => {
    if (row.kind === 'transition' && row.step_no !== null) {
      return [{ ...row, latency_ms: done.get(row.step_no) ?? null }]
    }
    if (row.kind === 'attempt' && row.outcome === 'succeeded' && moved.has(row.step_no)) return []
    if (isToldTwice(row)) return []
    return row.kind === 'review' ? [withoutQuestion(row, rows)] : [row]
  })
}

/** A timer that fired and a decision made are events too; the move they caused says it all. */
function isToldTwice({ kind, outcome, detail }: TraceRow): boolean {
  const own = ['timer', 'review'].includes(String(detail['cause']))
  return kind === 'event' && own && outcome === null
}

/** A decision without a note bears the question once more. */
function withoutQuestion(row: TraceRow, rows: readonly TraceRow[]): TraceRow {
  const asked = rows.find((it) => it.kind === 'review' && it.no === row.no)
  return asked === row || asked?.title !== row.title ? row : { ...row, title: '' }
}

function eventLines(row: TraceRow, line: TraceLine, level: number, look: Look): string[] {
  const { colors, width, stable } = look
  const indent = '  '.repeat(level)
  const at = stable ? '' : since(row.at.getTime() - look.begun.getTime()).padStart(9)
  const margin = stable ? '' : `${colors.dim(at)} `
  const step = row.step_no === null ? '' : `#${row.step_no}`
  const figures = figuresOf(row, line, look)
  const room = width - columnsOf(at) - (stable ? 0 : 1) - indent.length - 8 - figures.columns
  const mark = tinted(line.mark, markTone(line), colors)
  const first = `${margin}${indent}${mark} ${colors.dim(fit(step, 4))} ${titled(line, room, look)}`
  const gap = ' '.repeat(columnsOf(at) + (stable ? 0 : 1) + indent.length + 7)
  return [
    `${first} ${figures.text}`.trimEnd(),
    ...(line.below ?? []).flatMap((it) => belowText(it, gap, look)),
  ]
}

/** The move that ended the task. */
function endLine(line: TraceLine, { status }: TaskRow): TraceLine {
  return { ...line, mark: '■', tone: toneOf(status) }
}

/** An outcome that went wrong shows at the mark, where the eye runs down. */
function markTone({ tone, outcome = '' }: TraceLine): Tone {
  return tone === 'plain' && outcome !== '' ? toneOf(outcome) : tone
}

function titled({ title, aside = '', tone }: TraceLine, room: number, look: Look): string {
  const said = cut(clean(title, look), room)
  const left = room - columnsOf(said) - 2
  const more = aside === '' || left < 8 ? '' : `  ${cut(clean(aside, look), left)}`
  const padding = ' '.repeat(Math.max(room - columnsOf(said) - columnsOf(more), 0))
  return `${tinted(said, tone, look.colors)}${look.colors.dim(more)}${padding}`
}

function figuresOf(row: TraceRow, { outcome = '' }: TraceLine, { colors, stable }: Look) {
  const latency = row.latency_ms === null ? '' : duration(row.latency_ms)
  const tokens = row.tokens === null ? '' : `${grouped(row.tokens)} tok`
  const cost = row.cost_microusd === null ? '' : dollars(row.cost_microusd)
  const parts = [
    tinted(fit(outcome, 9), outcome === '' ? 'plain' : toneOf(outcome), colors),
    ...(stable ? [] : [colors.dim(latency.padStart(6))]),
    tokens.padStart(11),
    cost.padStart(8),
  ]
  return { text: parts.join(' '), columns: stable ? 30 : 37 }
}

function belowText({ tone, text, whole }: Below, gap: string, look: Look): string[] {
  const room = look.width - gap.length
  const said = clean(text, look)
  const lines = whole ? wrap(said, room).slice(0, WHOLE_LINES_MAX) : [cut(said, room)]
  return lines.map((line) => `${gap}${tinted(line, tone, look.colors)}`)
}

function clean(text: string, { stable }: Look): string {
  const shown = plain(text)
  return stable ? shown.replace(ID, '<id>').replace(HASH, '<hash>') : shown
}

function tinted(text: string, tone: Tone, colors: Colors): string {
  switch (tone) {
    case 'good':
      return colors.green(text)
    case 'bad':
      return colors.red(text)
    case 'warn':
      return colors.yellow(text)
    case 'quiet':
      return colors.dim(text)
    case 'bold':
      return colors.bold(text)
    case 'person':
      return colors.cyan(text)
    case 'plain':
      return text
    default:
      return tone satisfies never
  }
}
