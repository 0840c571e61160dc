/**
 * `pawl migrate`: brings a database to what this code expects.  migrations/ is applied once,
 * forward only; sql/ is said again whenever it, or what the database made of it, has changed.
 * All of it is one transaction, behind a lock that a second migrate waits for.  Graphile Worker's
 * own schema comes first, by its own hand.
 */
import { fileURLToPath } from 'node:url'
import { Logger, runMigrations } from 'graphile-worker'
import pg from 'pg'
import { Refusal } from '../refusal.ts'
import { connectionConfig, mustBeDirect, newClient } from './connection.ts'
import { applySql } from './migrate_sql.ts'
import { applyMigrations, judgeHistory, readHistory } from './migrate_tables.ts'
import { readMigrations, readSql } from './migration_files.ts'

export interface MigrateOptions {
  log: (line: string) => void
  /** Holds migrations/ and sql/; this package's own unless given. */
  folder?: string
}

// Any number, but always the same one.
const LOCK = 7_295_176_304
const ROLE_RACES_MAX = 5
const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))

/** As the owner.  `applied` names the migrations, and `sql/` when it was said again. */
export async function migrate(
  url: string,
  { log, folder = PACKAGE }: MigrateOptions,
): Promise<{ applied: string[] }> {
  mustBeDirect(url, 'a migration')
  const [migrations, sql] = await Promise.all([readMigrations(folder), readSql(folder)])
  const client = newClient({
    ...connectionConfig(url),
    // It waits for the lock, and while Graphile works.
    idle_in_transaction_session_timeout: 0,
  })
  await client.connect()
  try {
    await takeLock(client, log)
    judgeHistory(migrations, await readHistory(client))
    await migrateGraphile(url)
    const applied = await unlessRolesRace(() =>
      inTransaction(client, async () => {
        const names = await applyMigrations(client, migrations)
        const again = await applySql(client, sql, migrations)
        if (folder === PACKAGE) await client.query('select pawl.make_months()')
        return again ? [...names, 'sql/'] : names
      }),
    )
    for (const name of applied) log(`applied ${name}`)
    return { applied }
  } finally {
    await client.end()
  }
}

/** Refused with PW504 where a migration is missing, with PW501 where the database is ahead. */
export async function checkMigrated(url: string, folder = PACKAGE): Promise<void> {
  const migrations = await readMigrations(folder)
  const client = newClient(connectionConfig(url))
  await client.connect()
  try {
    const history = await readHistory(client)
    judgeHistory(migrations, history)
    if (history.length === migrations.length) return
    const missing = migrations[history.length]?.name
    throw new Refusal('PW504', `the database lacks ${missing}`, '`pawl migrate` brings it')
  } finally {
    await client.end()
  }
}

/** The session's end gives it back, however it ends. */
async function takeLock(client: pg.Client, log: (line: string) => void): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock($1) as taken',
    [LOCK],
  )
  if (rows[0]?.taken === true) return
  log('another migrate is at work on this database: waiting for it')
  await client.query('select pg_advisory_lock($1)', [LOCK])
}

async function migrateGraphile(url: string): Promise<void> {
  const pool = new pg.Pool({ ...connectionConfig(url), max: 1 })
  // Whoever waits for an answer is told; Graphile complains of a pool without these.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => undefined) })
  } finally {
    await pool.end()
  }
}

async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    // Bodies may name what a later file makes; an unqualified name must find nothing of ours.
    await client.query(`
      set local check_function_bodies = off;
      set local search_path = pg_catalog, pg_temp;
      set local client_min_messages = warning`)
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/** Roles belong to the whole cluster and the lock to one database: two can make them at once. */
async function unlessRolesRace<T>(work: () => Promise<T>): Promise<T> {
  for (let races = 0; ; races++) {
    try {
      return await work()
    } catch (error) {
      const text = error instanceof Error ? error.message : ''
      const isRace = /pg_authid_rolname_index|pg_auth_members|tuple concurrently/.test(text)
      if (!isRace || races === ROLE_RACES_MAX) throw error
    }
  }
}
