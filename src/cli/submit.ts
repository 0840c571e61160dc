/** `pawl submit`: the task's id is all it prints, so that a script can go on with it. */
import type { Command } from 'commander'
import type { SubmitOptions } from '../client.ts'
import type { Json, JsonObject } from '../json.ts'
import { anyInteger, json, jsonObject, label, time } from './arguments.ts'
import { databaseCommand, type UrlOption, withClient } from './place.ts'

type Options = UrlOption & {
  key?: string
  priority?: number
  runAt?: Date
  label?: JsonObject
  budget?: JsonObject
}

export function submitCommand(): Command {
  return databaseCommand('submit')
    .description('insert a task; prints its id')
    .usage('<machine> <input> [options]')
    .argument('<machine>', 'the name of a registered machine or agent')
    .argument('<input>', 'JSON that fits the machine, in quotes: \'{"name": "value"}\'', json)
    .option('--key <key>', 'your own name for this piece of work: one task per machine and key')
    .option('--priority <n>', 'smaller runs first; default 0', anyInteger)
    .option('--run-at <time>', 'not before this time', time)
    .option('--label <name=value...>', 'kept with the task', label)
    .option(
      '--budget <json>',
      'caps, such as \'{"microusd": 200000}\' for 0.20 dollars',
      jsonObject,
    )
    .action(async (machine: string, input: Json, options: Options) => {
      const task_id = await withClient(options, (client) =>
        client.submit(machine, input, submitOptions(options)),
      )
      console.log(task_id)
    })
}

function submitOptions({ key, priority, runAt, label: labels, budget }: Options): SubmitOptions {
  return {
    ...(key !== undefined && { key }),
    ...(priority !== undefined && { priority }),
    ...(runAt !== undefined && { run_at: runAt }),
    ...(labels !== undefined && { labels }),
    // What it may hold is the database's to say.
    ...(budget !== undefined && { budget: budget as SubmitOptions['budget'] & object }),
  }
}
