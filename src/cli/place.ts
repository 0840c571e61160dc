/**
 * Which database a command means: the one it is told, else DATABASE_URL, else the embedded one of
 * this project if it runs.
 *
 * Whatever takes long to load (slonik alone 130 ms) is loaded by the command that needs it, so
 * that `pawl --help` answers at once.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import type { Client } from '../client.ts'
import { Refusal } from '../refusal.ts'
import { plain } from './columns.ts'
import { environment } from './environment.ts'

export type UrlOption = { url?: string }

const URL_HELP = 'default: DATABASE_URL, else the embedded PostgreSQL of this folder'
const INSUFFICIENT_PRIVILEGE = '42501'

/** A command that speaks to a database. */
export function databaseCommand(nameAndArgs: string): Command {
  return new Command(nameAndArgs).option('--url <url>', URL_HELP)
}

/** The nearest folder upwards that has a package.json, else this one. */
export function projectRoot(from: string = process.cwd()): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) return from
  }
}

/** Undefined where nothing names one and the embedded one does not run. */
export async function findUrl({ url }: UrlOption): Promise<string | undefined> {
  const named = url ?? environment.DATABASE_URL
  if (named) return named
  const { embeddedUrl } = await import('../database/embedded.ts')
  return embeddedUrl(projectRoot())
}

/** Refused with PW503 where there is none, or none that answers. */
export async function databaseUrl(options: UrlOption): Promise<string> {
  const url = await findUrl(options)
  if (url === undefined) {
    throw new Refusal(
      'PW503',
      'no database is named, and the embedded PostgreSQL of this folder does not run',
      '`pawl db start` starts it; --url or DATABASE_URL names another',
    )
  }
  const { ping } = await import('../database/connection.ts')
  await ping(url)
  return url
}

/** The same, and migrated to what this release expects (else PW501 or PW504). */
export async function migratedUrl(options: UrlOption): Promise<string> {
  const url = await databaseUrl(options)
  const { checkMigrated } = await import('../database/migrate.ts')
  try {
    await checkMigrated(url)
  } catch (error) {
    // A login that may only submit cannot read the history, and has no need to.
    if (!isForbidden(error)) throw error
  }
  return url
}

/** One command's conversation with a migrated database. */
export async function withClient<T>(
  options: UrlOption,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const url = await migratedUrl(options)
  const { connect } = await import('../client.ts')
  const client = await connect(url)
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

/** The one task that a text means: an id, a key, or the beginning of an id. */
export async function taskMeant(client: Client, text: string): Promise<string> {
  const [task, ...more] = await client.find(text)
  const shown = plain(text.slice(0, 80))
  if (task === undefined) {
    throw new Refusal(
      'PW201',
      `there is no task '${shown}'`,
      'give its id, the beginning of its id, or its key',
    )
  }
  if (more.length > 0) {
    const named = [task, ...more].map(({ task_id, machine, key }) => {
      return `${task_id} (${machine}${key === null ? '' : ` ${plain(key)}`})`
    })
    throw new Refusal('PW201', `'${shown}' means more than one task`, named.join(', '))
  }
  return task.task_id
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === INSUFFICIENT_PRIVILEGE
}
