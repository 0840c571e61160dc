/**
 * The queue, one question after another, at a terminal.  Nothing is decided but by a whole word or
 * its unmistakable beginning, and whoever leaves in the middle leaves the rest as it was.
 */
import type { Interface } from 'node:readline/promises'
import type { Client } from '../client.ts'
import type { ReviewRow } from '../database/read_rows.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { textOf } from './brief.ts'
import type { Colors } from './colors.ts'
import { counted } from './figures.ts'
import { reviewText } from './review_text.ts'

export type Asking = {
  client: Client
  by: string
  lines: Interface
  say(line: string): void
  colors: Colors
}

/** How many were decided. */
export async function goThrough(asking: Asking, reviews: readonly ReviewRow[]): Promise<number> {
  const { say, colors } = asking
  let decided = 0
  for (const [index, review] of reviews.entries()) {
    say('')
    say(colors.dim(`── ${index + 1} of ${counted(reviews.length, 'question')} ──`))
    for (const line of reviewText(review, colors)) say(line)
    const end = await askUntilClear(asking, review)
    if (end === 'quit') break
    if (end === 'decided') decided++
  }
  return decided
}

type End = 'decided' | 'skipped' | 'quit'

async function askUntilClear(asking: Asking, review: ReviewRow): Promise<End> {
  const { say, colors, lines } = asking
  const words = [...review.choices, 'skip', 'quit']
  for (;;) {
    const typed = await ask(lines, `${colors.bold(words.join(' / '))} > `)
    const [word, ...others] = words.filter((it) => typed !== '' && it.startsWith(typed))
    if (word === undefined || others.length > 0) {
      say(colors.dim('one of these words, or its beginning'))
      continue
    }
    if (word === 'quit') return 'quit'
    if (word === 'skip') return 'skipped'
    if (await decide(asking, review, word)) return 'decided'
  }
}

/** False where the database would not have it: it has said why, and the question stands. */
async function decide(asking: Asking, review: ReviewRow, decision: string): Promise<boolean> {
  const { client, by, say, colors, lines } = asking
  try {
    const given = await askGiven(asking, review, decision)
    if (given === undefined) return false
    if ('caps' in given) {
      await client.raiseBudget(review.task_id, given.caps, by)
    } else {
      const note = (await ask(lines, 'note (may be empty) > ')).trim()
      const options = { by, ...given, ...(note !== '' && { note }) }
      await client.decide(review.task_id, review.review_no, decision, options)
    }
    say(colors.green(`${decision}: the task goes on`))
    return true
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    say(`${colors.red(error.message)}${error.hint === undefined ? '' : ` ${error.hint}`}`)
    return false
  }
}

type Given = { caps: JsonObject } | { edit?: Json; answer?: Json }

/** What comes with a decision; undefined where it was not to be read. */
async function askGiven(
  { client, lines, say, colors }: Asking,
  review: ReviewRow,
  decision: string,
): Promise<Given | undefined> {
  if (decision === 'answer') {
    const text = await ask(lines, 'answer > ')
    return { answer: parsed(text) ?? text }
  }
  const isRaise = review.kind === 'budget' && decision === 'approve'
  if (decision !== 'edit' && !isRaise) return {}
  const question = isRaise ? 'new caps (not increments) > ' : 'all arguments, as JSON > '
  const begun = isRaise ? await doubledCap(client, review) : review.args
  const value = parsed(await ask(lines, question, JSON.stringify(begun)))
  if (isObject(value)) return isRaise ? { caps: value } : { edit: value }
  say(colors.red('that is no JSON object'))
  return undefined
}

/** A proposal: twice as much of what ran out. */
async function doubledCap(client: Client, { task_id, context }: ReviewRow): Promise<JsonObject> {
  const trouble = isObject(context) ? context['trouble'] : undefined
  const dimension = (isObject(trouble) && textOf(trouble['dimension'])) || 'microusd'
  const caps = Object.entries(await client.task(task_id))
  const cap = caps.find(([name]) => name === `cap_${dimension}`)?.[1]
  return { [dimension]: typeof cap === 'number' ? cap * 2 : 0 }
}

/** `begun` stands in the line to be changed.  The end of the input is a wish to leave. */
async function ask(lines: Interface, question: string, begun = ''): Promise<string> {
  const ended = Promise.withResolvers<string>()
  const onClose = () => ended.resolve('quit')
  lines.once('close', onClose)
  const answered = lines.question(question)
  if (begun !== '') lines.write(begun)
  try {
    return await Promise.race([answered, ended.promise])
  } finally {
    lines.off('close', onClose)
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
