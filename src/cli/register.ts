/** `pawl register`: as the owner of the database. */
import type { Command } from 'commander'
import type { Registered } from '../app/register.ts'
import { colorsFor } from './colors.ts'
import { plain } from './columns.ts'
import { databaseCommand, migratedUrl, type UrlOption } from './place.ts'

export function registerCommand(): Command {
  return databaseCommand('register')
    .description("make an app's machines known to a database")
    .usage('--app <file> [options]')
    .requiredOption('--app <file>', 'a module whose default export is defineApp(…)')
    .option('--keep-current', 'new tasks go on beginning on the version they begin on now')
    .action(async (options: UrlOption & { app: string; keepCurrent?: boolean }) => {
      const { loadApp } = await import('./load_app.ts')
      const app = await loadApp(options.app)
      const url = await migratedUrl(options)
      const { registerApp } = await import('../app/register.ts')
      const keep_current = options.keepCurrent === true
      const registered = await registerApp(url, app, { keep_current })
      for (const line of registeredLines(registered)) console.log(line)
    })
}

export function registeredLines(registered: readonly Registered[]): string[] {
  const { bold, dim, yellow } = colorsFor(process.stdout)
  return registered.flatMap(({ machine, version, is_new, warnings }) => [
    `${bold(machine)} version ${version} ${dim(is_new ? '(new)' : '(as it was)')}`,
    ...warnings.map((warning) => `  ${yellow('warning:')} ${plain(warning)}`),
  ])
}
