/** `pawl verify`: the laws, over everything there is. */
import type { Command } from 'commander'
import { colorsFor } from './colors.ts'
import { plain } from './columns.ts'
import { counted } from './figures.ts'
import { databaseCommand, migratedUrl, type UrlOption } from './place.ts'

/** `end` is told the exit code where it is not 0. */
export function verifyCommand(end: (code: number) => void): Command {
  return databaseCommand('verify')
    .description('check the laws over all tasks')
    .action(async (options: UrlOption) => {
      const url = await migratedUrl(options)
      const { Reads } = await import('../database/reads.ts')
      const reads = new Reads(url)
      try {
        const { tasks, transitions } = await reads.checked()
        const breaches = await reads.breaches()
        const { green, red } = colorsFor(process.stdout)
        for (const { law, task_id, what } of breaches) {
          console.log(`${red(`law ${law}`)}  ${task_id ?? 'all tasks'}  ${plain(what)}`)
        }
        const seen = `${counted(tasks, 'task')}, ${counted(transitions, 'transition')}`
        if (breaches.length === 0) console.log(green(`all laws hold (${seen})`))
        else console.log(`${counted(breaches.length, 'breach').replace(/hs$/, 'hes')} (${seen})`)
        if (breaches.length > 0) end(1)
      } finally {
        await reads.close()
      }
    })
}
