/**
 * The history of the tables.  pawl.migrations says what a database has been through, with each
 * file's checksum: what was applied is never edited, and never overtaken by an older number.
 */
import type pg from 'pg'
import { Refusal } from '../refusal.ts'
import { type Migration, runFile } from './migration_files.ts'

interface Applied {
  name: string
  checksum: string
}

// sql/ has a row too, by this name: its checksum, and what the database made of it.
export const SQL_ROW = 'sql/'

const MAKE_HISTORY = `
  create schema if not exists pawl;
  create table pawl.migrations (
    name        text        not null,
    checksum    text        not null,
    applied_at  timestamptz not null default statement_timestamp(),

    constraint migrations_pk primary key (name)
  );
  comment on table pawl.migrations is
    'What a database has been through: each file of migrations/ once, sql/ as it was last said.';
  comment on column pawl.migrations.checksum is
    'sha-256 of the file; for sql/ also of the functions, views and grants it left in the database'`

/** Empty for a database that pawl has never seen. */
export async function readHistory(client: pg.ClientBase): Promise<Applied[]> {
  const { rows } = await client.query<{ exists: boolean }>(
    `select to_regclass('pawl.migrations') is not null as exists`,
  )
  if (rows[0]?.exists !== true) return []
  const history = await client.query<Applied>(
    'select name, checksum from pawl.migrations where name <> $1 order by name collate "C"',
    [SQL_ROW],
  )
  return history.rows
}

export function judgeHistory(migrations: Migration[], history: Applied[]): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const { name, checksum } of history) {
    const migration = known.get(name)
    if (migration === undefined) {
      throw new Refusal(
        'PW501',
        `the database is newer than this code: it has ${name}`,
        'start the release of pawl that migrated it, or a later one',
      )
    }
    if (migration.checksum !== checksum) {
      throw new Refusal(
        'PW502',
        `${name} was edited after it was applied`,
        'put it back as it was, and write a new migration for the change',
      )
    }
  }
  const newest = history.at(-1)?.name ?? ''
  const isApplied = new Set(history.map(({ name }) => name))
  const late = migrations.find(({ name }) => name < newest && !isApplied.has(name))
  if (late === undefined) return
  throw new Refusal(
    'PW502',
    `${late.name} came after ${newest}, which is applied already`,
    'give it a number above the newest',
  )
}

/** The names of those that were new. */
export async function applyMigrations(
  client: pg.ClientBase,
  migrations: Migration[],
): Promise<string[]> {
  const { rows } = await client.query<{ missing: boolean }>(
    `select to_regclass('pawl.migrations') is null as missing`,
  )
  if (rows[0]?.missing === true) await client.query(MAKE_HISTORY)
  const isApplied = new Set((await readHistory(client)).map(({ name }) => name))
  const fresh = migrations.filter(({ name }) => !isApplied.has(name))
  for (const migration of fresh) {
    await runFile(client, migration)
    await client.query('insert into pawl.migrations (name, checksum) values ($1, $2)', [
      migration.name,
      migration.checksum,
    ])
  }
  return fresh.map(({ name }) => name)
}
