/** `pawl trace`: what happened to one task, for people or (--json) for programs. */
import type { Command } from 'commander'
import { colorsFor } from './colors.ts'
import { databaseCommand, taskMeant, type UrlOption, withClient } from './place.ts'
import { traceText } from './trace_text.ts'

export function traceCommand(): Command {
  return databaseCommand('trace')
    .description('everything that happened to a task')
    .usage('<task> [options]')
    .argument('<task>', 'its id, the beginning of its id, or its key')
    .option('--json', 'one line of JSON for each event, nothing abbreviated')
    .action(async (text: string, options: UrlOption & { json?: boolean }) => {
      const [task, rows] = await withClient(options, async (client) => {
        const task_id = await taskMeant(client, text)
        // The task after its trace: its figures are never behind the lines.
        const trace = await client.trace(task_id)
        return [await client.task(task_id), trace] as const
      })
      const colors = colorsFor(process.stdout)
      const columns = process.stdout.columns ?? Number.POSITIVE_INFINITY
      const lines = options.json
        ? rows.map((row) => JSON.stringify(row))
        : traceText(task, rows, { colors, columns })
      console.log(lines.join('\n'))
    })
}
