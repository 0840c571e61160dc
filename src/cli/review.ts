/**
 * `pawl review`: the questions that wait for a person.  Named with a task, a number and a
 * decision it decides; alone at a terminal it goes through the queue; else it lists it.
 */
import { userInfo } from 'node:os'
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import type { Client, DecideOptions } from '../client.ts'
import type { Json, JsonObject } from '../json.ts'
import { json, jsonObject, wholeNumber } from './arguments.ts'
import { colorsFor } from './colors.ts'
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
    .option(
      '--budget <json>',
      'with approve, where the budget is the question: new caps',
      jsonObject,
    )
    .option('--note <text>', 'kept with the decision, and told to the agent')
    .option('--by <name>', 'a label for who decides', defaultName())
    .action(async (task, review_no, decision, options: Options, command: Command) => {
      if (task === undefined) return withClient(options, (client) => showQueue(client, options))
      if (task === 'list') return withClient(options, list)
      if (review_no === undefined || decision === undefined) {
        command.error('pawl: a decision takes three words: <task> <review_no> <decision>')
      }
      return withClient(options, (client) => decide(client, { task, review_no, decision, options }))
    })
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
    await client.raiseBudget(task_id, budget, by)
  }
  console.log(`${decision}: task ${task_id} goes on`)
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
  for (const line of queueText(reviews, colorsFor(process.stdout))) console.log(line)
}

/** Where the user has no name (a container), the number has to do. */
function defaultName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.()}`
  }
}
