/**
 * `pawl cancel|pause|resume|retry|fork`: what people do to one task.  Each says in one line what
 * came of it.
 */
import type { Command } from 'commander'
import type { Client } from '../client.ts'
import { anyInteger } from './arguments.ts'
import { databaseCommand, taskMeant, type UrlOption, withClient } from './place.ts'

type Options = UrlOption & { reason?: string; atOnce?: boolean }

export function controlCommands(): Command[] {
  return [
    controlCommand(
      'cancel',
      'end a task; its machine may clean up first',
      async (client, id, it) => {
        const answer = await client.cancel(id, {
          ...(it.reason !== undefined && { reason: it.reason }),
          at_once: it.atOnce === true,
        })
        return answer === 'cancelled' ? 'cancelled' : 'cancelling: its machine cleans up'
      },
    ).option('--at-once', 'without cleaning up'),
    controlCommand('pause', 'let a task rest: nothing new of it begins', async (client, id, it) =>
      (await client.pause(id, it.reason)) ? 'paused' : 'it was paused already',
    ),
    controlCommand('resume', 'let a paused task go on', async (client, id, it) =>
      (await client.resume(id, it.reason)) ? 'it goes on' : 'it was not paused',
    ),
    controlCommand(
      'retry',
      'let a task go on that was stopped by an error',
      async (client, id, it) => {
        await client.retry(id, it.reason)
        return 'it goes on, from the step that failed'
      },
    ),
    forkCommand(),
  ]
}

/** Prints the new task's id, as `pawl submit` does. */
function forkCommand(): Command {
  return databaseCommand('fork')
    .description('begin a new task where this one once stood; prints its id')
    .usage('<task> <revision> [options]')
    .argument('<task>', 'its id, the beginning of its id, or its key')
    .argument('<revision>', 'the transition after which it stood there', anyInteger)
    .option('--reason <text>', 'why, for whoever reads its trace')
    .action(async (text: string, revision: number, { reason, ...options }: Options) => {
      const task_id = await withClient(options, async (client) =>
        client.fork(
          await taskMeant(client, text),
          revision,
          reason === undefined ? {} : { reason },
        ),
      )
      console.log(task_id)
    })
}

function controlCommand(
  name: string,
  description: string,
  work: (client: Client, task_id: string, options: Options) => Promise<string>,
): Command {
  return databaseCommand(name)
    .description(description)
    .usage('<task> [options]')
    .argument('<task>', 'its id, the beginning of its id, or its key')
    .option('--reason <text>', 'why, for whoever reads its trace')
    .action(async (text: string, options: Options) => {
      const said = await withClient(options, async (client) =>
        work(client, await taskMeant(client, text), options),
      )
      console.log(said)
    })
}
