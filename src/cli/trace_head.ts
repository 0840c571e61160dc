/**
 * What stands above a timeline: which task this is, where it stands, what it has spent.
 */
import type { TaskRow } from '../database/read_rows.ts'
import { brief } from './brief.ts'
import type { Colors } from './colors.ts'
import { cut, plain } from './columns.ts'
import { counted, dollars, duration, grouped } from './figures.ts'

export type HeadOptions = { colors: Colors; width: number; stable: boolean; last: Date }

const LABEL_COLUMNS = 9

export function headOf(task: TaskRow, { colors, width, stable, last }: HeadOptions): string[] {
  const elapsed = (task.finished_at ?? last).getTime() - task.created_at.getTime()
  const named = task.key === null ? '' : `, key ${task.key}`
  const where = task.state === task.status ? '' : ` in state ${plain(task.state)}`
  const when = stable ? '' : ` after ${duration(elapsed)}`
  const room = width - LABEL_COLUMNS
  const said: [string, string][] = [
    ...(stable ? [] : [['task', task.task_id] as [string, string]]),
    ['machine', `${task.machine} version ${task.version}${named}`],
    ['input', brief(task.input, room)],
    ['now', `${statusText(task, colors)}${where}, revision ${task.revision}${when}`],
    ['spent', spentText(task)],
    ...endOf(task, room),
  ]
  return said.map(([label, text]) => {
    const shown = label === 'now' ? text : cut(plain(text), room)
    return `${colors.dim(label.padEnd(LABEL_COLUMNS))}${shown}`
  })
}

function endOf({ output, error }: TaskRow, room: number): [string, string][] {
  if (error !== null) return [['error', brief(error, room)]]
  return output === null ? [] : [['output', brief(output, room)]]
}

function statusText({ status }: TaskRow, colors: Colors): string {
  if (status === 'succeeded') return colors.green(status)
  if (status === 'failed' || status === 'cancelled') return colors.red(status)
  return status === 'review' ? colors.cyan(status) : colors.yellow(status)
}

function spentText(task: TaskRow): string {
  const spent = task.spent_microusd + task.overrun_microusd
  const tokens = task.spent_tokens + task.overrun_tokens
  const money = task.cap_microusd === null ? '' : ` of ${dollars(task.cap_microusd)}`
  return [
    `${dollars(spent)}${money}`,
    `${grouped(tokens)}${of(task.cap_tokens)} tokens`,
    `${capped(task.spent_tool_calls, task.cap_tool_calls, 'tool call')}`,
    `${capped(task.spent_model_calls, task.cap_model_calls, 'model call')}`,
    ...(task.spent_replans === 0 ? [] : [capped(task.spent_replans, task.cap_replans, 're-plan')]),
  ].join(' · ')
}

function capped(spent: number, cap: number | null, noun: string): string {
  return cap === null ? counted(spent, noun) : `${grouped(spent)} of ${counted(cap, noun)}`
}

function of(cap: number | null): string {
  return cap === null ? '' : ` of ${grouped(cap)}`
}
