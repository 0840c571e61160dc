/**
 * Three things to do next: see what happened to one task, answer what waits, look into the tables.
 */
import { colorsFor } from '../../../src/cli/colors.ts'
import { quoted } from '../../../src/cli/shell.ts'
import type { Home } from './home.ts'
import type { Options } from './options.ts'
import type { Audited } from './score_run.ts'

export function nextLines(
  { url, embedded }: Pick<Home, 'url' | 'embedded'>,
  audited: readonly Audited[],
  { real }: Pick<Options, 'real'>,
): string[] {
  const { bold, cyan, dim } = colorsFor(process.stdout)
  const replanned = audited.filter(({ task }) => task.replans > 0)
  const telling =
    replanned.find(({ task }) => task.status === 'succeeded') ?? replanned[0] ?? audited[0]
  // The real run's database is another than the one that the commands find by themselves.
  const where = embedded && real ? ` --url ${quoted(url)}` : ''
  const command = (text: string, about: string) => `  ${cyan(text)}  ${dim(about)}`
  const trace = `npx pawl trace ${quoted(telling?.task.key ?? '')}${where}`
  return [
    '',
    bold('To go on'),
    command(trace, replanned.length > 0 ? 'a task that was planned again' : 'everything it did'),
    command(
      `npx pawl review${where}`,
      'what waits for a person; the next `npm start` goes on with the answers',
    ),
    // A URL of somebody's own may hold a password that belongs into no log.
    command(`psql ${embedded ? quoted(url) : '"$DATABASE_URL"'}`, '\\d+ pawl.*'),
  ]
}
