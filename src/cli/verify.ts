/** `pawl verify`: the laws, over everything there is. */
import type { Command } from 'commander'
import type { Retold } from '../app/retell.ts'
import { colorsFor } from './colors.ts'
import { plain } from './columns.ts'
import { counted } from './figures.ts'
import { databaseCommand, migratedUrl, type UrlOption } from './place.ts'

/** `end` is told the exit code where it is not 0. */
export function verifyCommand(end: (code: number) => void): Command {
  return databaseCommand('verify')
    .description('check the laws over all tasks')
    .option('--app <file>', 'tell the past of its tasks again through its machines (law 18)')
    .action(async (options: UrlOption & { app?: string }) => {
      const url = await migratedUrl(options)
      const retold = options.app === undefined ? undefined : await retell(url, options.app)
      const { Reads } = await import('../database/reads.ts')
      const reads = new Reads(url)
      try {
        const { tasks, transitions } = await reads.checked()
        const breaches = [...(await reads.breaches()), ...(retold?.breaches ?? [])]
        const { green, red } = colorsFor(process.stdout)
        for (const { law, task_id, what } of breaches) {
          console.log(`${red(`law ${law}`)}  ${task_id ?? 'all tasks'}  ${plain(what)}`)
        }
        const again = retold ? `, ${retold.told} told again, ${retold.skipped} could not be` : ''
        const seen = `${counted(tasks, 'task')}, ${counted(transitions, 'transition')}${again}`
        if (breaches.length === 0) console.log(green(`all laws hold (${seen})`))
        else console.log(`${counted(breaches.length, 'breach').replace(/hs$/, 'hes')} (${seen})`)
        if (breaches.length > 0) end(1)
      } finally {
        await reads.close()
      }
    })
}

async function retell(url: string, file: string): Promise<Retold> {
  const { loadApp } = await import('./load_app.ts')
  const app = await loadApp(file)
  const { retellTasks } = await import('../app/retell.ts')
  return retellTasks(url, app)
}
