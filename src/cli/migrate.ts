/** `pawl migrate`: as the owner of the database. */
import type { Command } from 'commander'
import { counted } from './figures.ts'
import { databaseCommand, databaseUrl, type UrlOption } from './place.ts'

export function migrateCommand(): Command {
  return databaseCommand('migrate')
    .description('bring a database up to this release')
    .action(async (options: UrlOption) => {
      const url = await databaseUrl(options)
      const { migrate } = await import('../database/migrate.ts')
      const { applied } = await migrate(url, { log: (line) => console.log(line) })
      console.log(
        applied.length === 0 ? 'nothing to do' : `${counted(applied.length, 'file')} applied`,
      )
    })
}
