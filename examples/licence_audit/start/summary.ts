/**
 * What a run has come to, as a person reads it: the findings, who agrees with them, what they
 * cost, and by name whatever was not settled without somebody.
 */
import type { Colors } from '../../../src/cli/colors.ts'
import { cut, fit, plain } from '../../../src/cli/columns.ts'
import { counted, dollars, duration, grouped } from '../../../src/cli/figures.ts'
import type { Counted, Figures } from './figures.ts'
import type { Band } from './label.ts'
import type { Audited } from './score_run.ts'

const ROWS_MAX = 12
const LISTED_MAX = 20
const NAME_COLUMNS = 34
const NAMES_MAX = 44
const LINE_COLUMNS = 160
/** Each kind of review asks the same question; what differs is behind it. */
const QUESTION = /^[^?]{1,60}\? /

export type Summary = Counted & {
  readonly figures: Figures
  readonly bands: readonly Band[]
  readonly log_file: string
  readonly colors: Colors
}

export function summaryLines(summary: Summary): string[] {
  return [
    '',
    ...findingsTable(summary),
    '',
    ...totals(summary),
    ...listed(
      'Found otherwise than declared',
      summary.audited.filter((it) => it.declared === 'disagree' || it.settled === 'disagree'),
      disagreement,
      summary.colors,
    ),
    ...listed(
      'Waiting for a person',
      summary.audited.filter(({ task }) => task.status === 'review' || task.status === 'paused'),
      ({ task }) => (task.reason ?? task.status).replace(QUESTION, ''),
      summary.colors,
    ),
    ...listed(
      'Ended without a finding',
      summary.audited.filter(({ task }) => !isSettled(task.status)),
      ending,
      summary.colors,
    ),
    ...lostAndDoubled(summary),
  ]
}

type Group = { name: string; verdict: string; members: Audited[] }

function findingsTable({ audited, corpus, colors }: Summary): string[] {
  const groups = new Map<string, Group>()
  const found = audited.filter(({ task }) => task.status === 'succeeded')
  for (const it of found) {
    const name = it.task.finding?.licence ?? '(none)'
    const verdict = it.task.finding?.verdict ?? ''
    const group = groups.get(`${name}\n${verdict}`) ?? { name, verdict, members: [] }
    group.members.push(it)
    groups.set(`${name}\n${verdict}`, group)
  }
  const sorted = [...groups.values()].sort((a, b) => b.members.length - a.members.length)
  const rest = sorted.slice(ROWS_MAX).flatMap(({ members }) => members)
  const others = { name: `${sorted.length - ROWS_MAX} others`, verdict: '', members: rest }
  const shown = [...sorted.slice(0, ROWS_MAX), ...(rest.length > 0 ? [others] : [])]
  const head = row('licence found', 'verdict', [`${corpus.noun}s`, 'as declared', 'as settled'])
  return [
    colors.bold(head),
    ...shown.map((group) => groupRow(group, colors)),
    colors.bold(row('all', '', countsOf(found))),
  ]
}

function groupRow({ name, verdict, members }: Group, colors: Colors): string {
  const text = row(plain(name), verdict, countsOf(members))
  if (verdict === 'forbidden') return colors.red(text)
  return verdict === 'unclear' ? colors.yellow(text) : text
}

function countsOf(members: readonly Audited[]): string[] {
  const agree = (label: 'declared' | 'settled') =>
    members.filter((it) => it[label] === 'agree').length
  return [members.length, agree('declared'), agree('settled')].map(grouped)
}

function row(name: string, verdict: string, columns: readonly string[]): string {
  const cells = columns.map((cell) => cell.padStart(13))
  return `  ${fit(name, NAME_COLUMNS)}${fit(verdict, 10)}${cells.join('')}`
}

function totals({ figures, audited, work, bands, log_file, colors }: Summary): string[] {
  const { unlabelled } = figures
  const declared = share(figures.agree, figures.agree + figures.disagree)
  const settled = share(figures.settled_agree, figures.settled_agree + figures.settled_disagree)
  const line = (label: string, text: string) => `  ${colors.dim(label.padEnd(12))}${text}`
  return [
    line('ended', endedText(figures, audited)),
    line('agreement', `declared ${declared} · settled ${settled} · ${unlabelled} not labelled`),
    ...(bands.length > 0 ? [line('confidence', bands.map(bandText).join(' · '))] : []),
    line('calls', callsText(figures)),
    line(
      'money',
      `${grouped(figures.tokens)} tokens · ${dollars(figures.microusd)}${voices(work)}`,
    ),
    line('register', `${figures.lost} lost, ${figures.doubled} doubled, by its log ${log_file}`),
    line('elapsed', duration(figures.elapsed_ms)),
  ]
}

/** Whoever answered for a task settled it, whatever came of it. */
function endedText(figures: Figures, audited: readonly Audited[]): string {
  const { done, review, rejected, failed } = figures
  const approved = audited.filter(({ task }) => task.status === 'succeeded' && task.decided).length
  const decided = `${approved + rejected} by a person's decision`
  const no = rejected > 0 ? ` (${rejected} rejected)` : ''
  return [
    `${done - approved} without a person`,
    ...(approved + rejected > 0 ? [decided + no] : []),
    `${review} ${review === 1 ? 'waits' : 'wait'} for one`,
    `${failed} failed`,
  ].join(', ')
}

function callsText({ model_calls, tool_calls, replans }: Figures): string {
  return [
    counted(model_calls, 'model call'),
    counted(tool_calls, 'tool call'),
    counted(replans, 're-plan'),
  ].join(' · ')
}

function voices({ voices }: Summary['work']): string {
  const isReal = voices.includes('anthropic')
  const real = isReal ? '' : ', had it been spoken by a real model'
  return voices.length === 0 ? '' : ` (${voices.join(', ')}${real})`
}

function bandText({ tenth, labelled, right }: Band): string {
  return `said ${tenth / 10}${tenth === 9 ? '–1' : ''}: ${right} of ${labelled} right`
}

function share(part: number, whole: number): string {
  if (whole === 0) return '(none)'
  return `${((100 * part) / whole).toFixed(1)} % (${grouped(part)} of ${grouped(whole)})`
}

function listed(
  title: string,
  members: readonly Audited[],
  reason: (it: Audited) => string,
  colors: Colors,
): string[] {
  if (members.length === 0) return []
  const first = members.slice(0, LISTED_MAX)
  const longest = Math.max(...first.map(({ document }) => document.key.length))
  const shown = first.map((it) => {
    const name = fit(plain(it.document.key), Math.min(longest, NAMES_MAX))
    return cut(`  ${name}  ${plain(reason(it))}`, LINE_COLUMNS)
  })
  const more = members.length - shown.length
  return [
    '',
    colors.bold(`${title}: ${members.length}`),
    ...shown,
    ...(more > 0 ? [colors.dim(`  and ${more} more`)] : []),
  ]
}

function disagreement({ document, task, settled }: Audited): string {
  const found = task.finding?.licence ?? 'nothing'
  const declared = document.declared ?? 'nothing'
  const adjudicated =
    document.why === undefined ? '' : `, settled ${document.settled}: ${document.why}`
  const wrong = settled === 'disagree' ? 'WRONG: ' : ''
  const sure = task.confidence === null ? '' : ` (said ${task.confidence})`
  return `${wrong}found ${found}${sure}, declared ${declared}${adjudicated}`
}

function ending({ task }: Audited): string {
  if (!task.current && (task.status === 'ready' || task.status === 'waiting')) {
    return 'begun under an earlier version of the agent, which this code does not run'
  }
  const end = task.status === 'cancelled' ? 'rejected by a person' : task.status
  return `${end}${task.reason === null ? '' : `: ${task.reason}`}`
}

const isSettled = (status: string) => ['succeeded', 'review', 'paused'].includes(status)

function lostAndDoubled({ reached, colors }: Summary): string[] {
  return [
    ...reached.lost.map((it) => colors.red(`lost: ${it} ended, and the register did not hear it`)),
    ...reached.doubled.map((it) => colors.red(`doubled: ${it} reached the register twice`)),
  ]
}
