/**
 * A question put to a person, as text: everything needed to answer it, and nothing cut away
 * unless it is longer than anybody reads.
 */
import type { ReviewRow } from '../database/read_rows.ts'
import { isObject, type Json } from '../json.ts'
import type { Colors } from './colors.ts'
import { columnsOf, cut, fit, plain, wrap } from './columns.ts'
import { dollars } from './figures.ts'
import { quoted } from './shell.ts'

const COLUMNS_MAX = 100
const LINES_MAX = 300
const LABEL_COLUMNS = 12

export function reviewText(review: ReviewRow, colors: Colors): string[] {
  const { task_id, review_no, machine, key, kind, question, tool, args } = review
  const asked = review.opened_at.toISOString().slice(0, 16).replace('T', ' ')
  const named = key === null ? '' : ` ${plain(key)}`
  return [
    ...wrap(plain(question), COLUMNS_MAX).map((line) => colors.bold(colors.cyan(line))),
    colors.dim(`${machine}${named}, ${kindText(kind)}, asked ${asked} UTC`),
    colors.dim(`task ${task_id}, review ${review_no}`),
    '',
    ...(tool === null ? [] : block('would send', `${tool}`, colors)),
    ...(tool === null ? [] : tree(args, LABEL_COLUMNS + 2)),
    ...confidence(review, colors),
    ...block('spent', spentText(review), colors),
    ...section('task input', review.input, colors),
    ...section('context', review.context, colors),
    ...block('choices', review.choices.join(', '), colors),
  ]
}

/** A few lines each for the list, with what to type; `names` are the tasks', by id. */
export function queueText(
  reviews: readonly ReviewRow[],
  names: ReadonlyMap<string, string>,
  colors: Colors,
): string[] {
  return reviews.flatMap(({ task_id, review_no, machine, key, kind, question, choices }) => [
    `${colors.bold(fit(plain(`${machine} ${key ?? ''}`), 44))} ${colors.cyan(kindText(kind))}`,
    `  ${cut(plain(question), COLUMNS_MAX)}`,
    colors.dim(
      `  pawl review ${quoted(names.get(task_id) ?? task_id)} ${review_no} ${choices.join('|')}`,
    ),
  ])
}

function kindText(kind: ReviewRow['kind']): string {
  switch (kind) {
    case 'action':
      return 'may it do this?'
    case 'budget':
      return 'may it spend more?'
    case 'escalation':
      return 'it does not know how to go on'
    case 'unknown_call':
      return 'nobody knows whether this happened'
    case 'poison':
      return 'it kills its workers'
    default:
      return kind satisfies never
  }
}

function confidence({ raw_confidence: sure, threshold }: ReviewRow, colors: Colors): string[] {
  if (sure === null || threshold === null) return []
  const side = sure < threshold ? 'below' : 'not below'
  return block('sure', `${sure.toFixed(2)}, ${side} the threshold ${threshold.toFixed(2)}`, colors)
}

function spentText({ spent_microusd, cap_microusd }: ReviewRow): string {
  const cap = cap_microusd === null ? '' : ` of ${dollars(cap_microusd)}`
  return `${dollars(spent_microusd)}${cap}`
}

function block(label: string, text: string, colors: Colors): string[] {
  return [`${colors.dim(label.padEnd(LABEL_COLUMNS))}${plain(text)}`]
}

function section(label: string, value: Json, colors: Colors): string[] {
  const lines = value === null ? [] : tree(value, 2)
  if (lines.length === 0) return []
  const shown = lines.slice(0, LINES_MAX)
  const more = lines.length - shown.length
  return [
    colors.dim(label),
    ...shown,
    ...(more === 0 ? [] : [colors.dim(`  … ${more} more lines: select * from pawl.review_queue`)]),
  ]
}

/** JSON as people write lists: names, indentation, whole texts. */
function tree(value: Json, indent: number): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => bullet(item, indent))
  if (!isObject(value)) return leaf('', value, indent)
  const names = Object.keys(value).map((name) => columnsOf(plain(name)))
  const columns = Math.min(Math.max(...names, 0), 24)
  return Object.entries(value).flatMap(([name, item]) =>
    leaf(plain(name).padEnd(isDeep(item) ? 0 : columns), item, indent),
  )
}

/** A list's item begins beside its dash. */
function bullet(item: Json, indent: number): string[] {
  const [first = '', ...rest] = tree(item, indent + 2)
  return [`${' '.repeat(indent)}- ${first.trimStart()}`, ...rest]
}

function leaf(name: string, value: Json, indent: number): string[] {
  const margin = ' '.repeat(indent)
  if (isDeep(value)) return [`${margin}${name}`, ...tree(value, indent + 2)]
  const said = typeof value === 'string' ? value : JSON.stringify(value)
  const hang = name === '' ? indent : indent + columnsOf(name) + 1
  const room = Math.max(COLUMNS_MAX - hang, 30)
  const lines = said.split(/\r?\n/).flatMap((line) => wrap(plain(line), room))
  return lines.map((line, index) => {
    const start = index === 0 && name !== '' ? `${margin}${name} ` : ' '.repeat(hang)
    return `${start}${line}`.trimEnd()
  })
}

function isDeep(value: Json): boolean {
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0
}
