/**
 * `pawl review`: the questions that wait for a person.  Named with a task, a number and a
 * decision it decides; alone at a terminal it goes through the queue; else it lists it.
 */
import { userInfo } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { type Command, Option } from 'commander'
import type { Client, DecideOptions } from '../client.ts'
import type { ReviewRow } from '../database/read_rows.ts'
import type { Json, JsonObject } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { json, jsonObject, wholeNumber } from './arguments.ts'
import { colorsFor } from './colors.ts'
import { plain } from './columns.ts'
import { counted } from './figures.ts'
import { databaseCommand, taskMeant, type UrlOption, withClient } from './place.ts'

type Options = UrlOption & {
  edit?: JsonObject
  answer?: Json
  budget?: JsonObject
  note?: string
  by: string
}

export function reviewCommand(): Command {
  return databaseCommand('review')
    .description('questions that wait for a person')
    .usage('[<task> <no> <decision>] [options]')
    .argument('[task]', '`list`, or the task: its id, the beginning of its id, or its key')
    .argument('[review_no]', 'the number that the list shows', wholeNumber)
    .argument('[decision]', 'approve, edit, reject, answer: one of the choices that the list shows')
    .option('--edit <json>', 'with edit: all arguments to send instead', jsonObject)
    .option('--answer <json>', 'with answer: what was asked for', json)
    .addOption(
      new Option('--budget <json>', 'with approve, where the budget is the question: new caps')
        .argParser(jsonObject)
        .conflicts(['edit', 'answer', 'note']),
    )
    .option('--note <text>', 'kept with the decision, and told to the agent')
    .option('--by <name>', 'a label for who decides', defaultName())
    .action(async (task, review_no, decision, options: Options, command: Command) => {
      const typed: Typed = { task, review_no, decision }
      const mistake = mistakeIn(typed, options)
      if (mistake !== undefined) command.error(`pawl: ${mistake}`)
      await withClient(options, (client) => review(client, typed, options))
    })
}

type Typed = { task?: string; review_no?: number; decision?: string }

/** What means nothing without a decision. */
const DECIDING = ['edit', 'answer', 'budget', 'note'] as const

function mistakeIn({ task, review_no, decision }: Typed, options: Options): string | undefined {
  const given = DECIDING.find((name) => options[name] !== undefined)
  const isLook = review_no === undefined && (task === undefined || task === 'list')
  if (isLook) return given && `--${given} goes with a decision: <task> <review_no> <decision>`
  if (decision === undefined) return 'a decision takes three words: <task> <review_no> <decision>'
  if (given !== 'budget' || decision === 'approve') return undefined
  return `--budget goes with approve, and not with ${decision}`
}

function review(client: Client, typed: Typed, options: Options): Promise<void> {
  const { task, review_no, decision } = typed
  if (task === undefined) return showQueue(client, options)
  if (review_no === undefined || decision === undefined) return list(client)
  return decide(client, { task, review_no, decision, options })
}

type Spoken = { task: string; review_no: number; decision: string; options: Options }

async function decide(
  client: Client,
  { task, review_no, decision, options }: Spoken,
): Promise<void> {
  const task_id = await taskMeant(client, task)
  const { by, note, edit, answer, budget } = options
  if (budget === undefined) {
    const given: DecideOptions = {
      by,
      ...(note !== undefined && { note }),
      ...(edit !== undefined && { edit }),
      ...(answer !== undefined && { answer }),
    }
    await client.decide(task_id, review_no, decision, given)
  } else {
    await checkIsBudget(client, task_id, review_no)
    await client.raiseBudget(task_id, budget, by)
  }
  console.log(`${decision}: task ${task_id} goes on`)
}

/** New caps answer the budget's question and no other. */
async function checkIsBudget(client: Client, task_id: string, review_no: number): Promise<void> {
  const reviews = await client.reviews()
  const review = reviews.find((it) => it.task_id === task_id && it.review_no === review_no)
  if (review === undefined) {
    const hint = '`pawl review list` shows what waits'
    throw new Refusal('PW302', `no question ${review_no} of task ${task_id} waits`, hint)
  }
  if (review.kind !== 'budget') {
    const hint = 'leave --budget out; to raise caps unasked: select pawl.raise_budget(…)'
    throw new Refusal('PW303', 'this question is not about the budget', hint)
  }
}

async function showQueue(client: Client, options: Options): Promise<void> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return list(client)
  const reviews = await client.reviews()
  if (reviews.length === 0) return list(client)
  const { goThrough } = await import('./review_ask.ts')
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  const colors = colorsFor(process.stdout)
  try {
    const asking = {
      client,
      by: options.by,
      lines,
      say: (line: string) => console.log(line),
      colors,
    }
    const decided = await goThrough(asking, reviews)
    console.log(colors.dim(`${decided} decided, ${reviews.length - decided} left`))
  } finally {
    lines.close()
  }
}

async function list(client: Client): Promise<void> {
  const { queueText } = await import('./review_text.ts')
  const reviews = await client.reviews()
  const waits = reviews.length === 1 ? 'waits' : 'wait'
  console.log(`${counted(reviews.length, 'question')} ${waits} for a person`)
  const names = new Map(
    await Promise.all(reviews.map(async (it) => [it.task_id, await nameOf(client, it)] as const)),
  )
  for (const line of queueText(reviews, names, colorsFor(process.stdout))) console.log(line)
}

/** The task's key where it means this task and no other, else its id. */
async function nameOf(client: Client, { task_id, key }: ReviewRow): Promise<string> {
  const isTypable = key !== null && key !== '' && !key.startsWith('-')
  if (!isTypable || plain(key) !== key) return task_id
  const meant = await client.find(key)
  return meant.every((it) => it.task_id === task_id) ? key : task_id
}

/** Where the user has no name (a container), the number has to do. */
function defaultName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.()}`
  }
}
