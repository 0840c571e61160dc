/**
 * What a caller hands over, checked before it travels: quietly changing what somebody asked for
 * is not ours to do, so what Postgres cannot hold is refused.
 */
import { asJson, type Json } from '../json.ts'
import { Refusal } from '../refusal.ts'

const NOT_STORABLE = /\\u(?:0000|d[89a-f])/i
const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const NEWEST = 'select task_id, machine, key from pawl.tasks order by task_id desc limit 10;'

/** `what` is its name in a refusal: input, event, … */
export function sendable(value: unknown, what: string): Json {
  const json = asJson(value)
  if (!json.ok) {
    throw new Refusal(
      'PW101',
      `the ${what} is not JSON at ${json.path}: it ${json.problem}`,
      'Send what JSON can say: text, numbers, true, false, null, lists and objects.',
    )
  }
  // An escaped backslash before `u0000` is text like any other.
  if (NOT_STORABLE.test(JSON.stringify(json.value).replaceAll('\\\\', ''))) {
    throw new Refusal(
      'PW109',
      `the ${what} has a character that PostgreSQL cannot store`,
      'Take \\u0000 and lone surrogates out of the text.',
    )
  }
  return json.value
}

export function idOf(task_id: string): string {
  if (!ID.test(task_id)) throw unknownTask(task_id)
  return task_id.toLowerCase()
}

export function unknownTask(task_id: string): Refusal {
  return new Refusal('PW201', `there is no task ${task_id.slice(0, 80)}`, NEWEST)
}

export function timeText(at: unknown): string {
  if (at instanceof Date && !Number.isNaN(at.getTime())) return at.toISOString()
  throw new Refusal('PW108', 'run_at is no time', 'Give a Date, or leave run_at out.')
}
