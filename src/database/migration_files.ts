/**
 * The SQL that lies beside the code, read and told apart: migrations/NNNN_name.sql in the order
 * of their numbers; sql/, functions before views, grants.sql last.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type pg from 'pg'

export interface SqlFile {
  /** As people name it: 'migrations/0001_roles.sql', 'sql/task/submit_task.sql'. */
  name: string
  text: string
}

export interface Migration extends SqlFile {
  checksum: string
}

const NUMBERED = /^\d{4}_\w+\.sql$/
const VIEW = /^\s*create\s+(or\s+replace\s+)?view\b/im
// It touches every function, so it is also what must not run before the forgotten are dropped.
export const GRANTS = 'sql/grants.sql'

export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(join(folder, 'migrations'))).filter((name) => name.endsWith('.sql'))
  const odd = names.find((name) => !NUMBERED.test(name))
  if (odd !== undefined) throw new Error(`migrations/${odd} is not named like 0001_what.sql`)
  const files = await Promise.all(
    names.sort().map((name) => readSqlFile(folder, `migrations/${name}`)),
  )
  return files.map((file) => ({ ...file, checksum: sha256(file.text) }))
}

export async function readSql(folder: string): Promise<SqlFile[]> {
  const entries = await readdir(join(folder, 'sql'), { recursive: true })
  const names = entries
    .filter((name) => name.endsWith('.sql'))
    .map((name) => `sql/${name.split(sep).join('/')}`)
    .sort()
  const files = await Promise.all(names.map((name) => readSqlFile(folder, name)))
  const rank = (file: SqlFile) => (file.name === GRANTS ? 2 : isView(file) ? 1 : 0)
  return files.sort((one, other) => rank(one) - rank(other))
}

/** A checkout with other line ends is not another migration. */
async function readSqlFile(folder: string, name: string): Promise<SqlFile> {
  const text = await readFile(join(folder, name), 'utf8')
  return { name, text: text.replaceAll('\r\n', '\n') }
}

function isView(file: SqlFile): boolean {
  return VIEW.test(file.text)
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Says which file, and which line of it. */
export async function runFile(client: pg.ClientBase, file: SqlFile): Promise<void> {
  try {
    await client.query(file.text)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const position = 'position' in error ? Number(error.position) : Number.NaN
    const line = Number.isNaN(position) ? 1 : file.text.slice(0, position).split('\n').length
    error.message = `${file.name}:${line}: ${error.message}`
    throw error
  }
}
