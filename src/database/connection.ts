/**
 * How pawl connects: as whom, how long it waits, and what it says when there is nobody there.
 * A role is taken with the connection itself, so that no statement ever runs as the owner by
 * mistake.
 */
import pg from 'pg'
import { Refusal } from '../refusal.ts'

export type Role = 'pawl_submitter' | 'pawl_worker' | 'pawl_reviewer' | 'pawl_observer'

const CONNECT_MS_MAX = 10_000
const IDLE_IN_TRANSACTION_MS_MAX = 60_000
const SERVER_VERSION_MIN = 150_000
// Only the owner may take as long as it likes (migrations); verify and search read everything.
export const STATEMENT_MS_MAX: Record<Role, number> = {
  pawl_submitter: 60_000,
  pawl_worker: 60_000,
  pawl_reviewer: 60_000,
  pawl_observer: 600_000,
}

/** Without a role: as the owner that the URL names.  A pooler takes no settings (`-c name=value`). */
export function connectionConfig(
  url: string,
  role?: Role,
  settings: readonly string[] = [],
): pg.ClientConfig {
  const { rest, options, name, pooled } = takeOptions(url)
  if (pooled) return pooledConfig(rest, name ?? (role ?? 'pawl').replace('_', ' '))
  const taken = role === undefined ? [] : [`-c role=${role}`]
  return {
    connectionString: rest,
    application_name: name ?? (role ?? 'pawl').replace('_', ' '),
    connectionTimeoutMillis: CONNECT_MS_MAX,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
    keepAlive: true,
    options: [...options, ...taken, ...settings].join(' '),
    ...(role && { statement_timeout: STATEMENT_MS_MAX[role] }),
  }
}

/** A lost connection is told to whoever waits for an answer, or asks next; it ends no process. */
export function newClient(config: pg.ClientConfig): pg.Client {
  return new pg.Client(config).on('error', () => undefined)
}

/** Behind a pooler a connection is lent by the transaction: it may bring no settings of its own. */
function pooledConfig(connectionString: string, application_name: string): pg.ClientConfig {
  return {
    connectionString,
    application_name,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
  }
}

/** A URL with `?pgbouncer=true` leads to a pooler in transaction mode. */
export function isPooled(url: string): boolean {
  return takeOptions(url).pooled
}

/** What needs a session of its own cannot go through a pooler; refused with PW506. */
export function mustBeDirect(url: string, what: string): void {
  if (!isPooled(url)) return
  const hint = '--url with the address of PostgreSQL itself, as the owner'
  throw new Refusal('PW506', `${what} needs a connection of its own, not a pooler's`, hint)
}

/** pg lets the URL's parameters win over the config's: a role must not be lost that way. */
function takeOptions(url: string) {
  const [base = '', query = ''] = url.split(/\?(.*)/s)
  const params = new URLSearchParams(query)
  const options = params.getAll('options')
  const name = params.get('application_name') ?? undefined
  const pooled = params.get('pgbouncer') === 'true'
  params.delete('pgbouncer')
  params.delete('options')
  params.delete('application_name')
  return { rest: params.size === 0 ? base : `${base}?${params}`, options, name, pooled }
}

/** Resolves when a usable PostgreSQL answers, and is refused with PW503 when none does. */
export async function ping(url: string): Promise<void> {
  const client = clientOf(url)
  try {
    await client.connect()
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version_num') as version`,
    )
    if (Number(rows[0]?.version) < SERVER_VERSION_MIN) {
      throw new Refusal('PW503', `${placeOf(url)} is older than PostgreSQL 15`)
    }
  } catch (error) {
    throw error instanceof Refusal ? error : noDatabase(url, error)
  } finally {
    await client.end().catch(() => undefined)
  }
}

function clientOf(url: string): pg.Client {
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new TypeError('that is no URL of a PostgreSQL')
    return newClient(connectionConfig(url))
  } catch (error) {
    throw noDatabase(url, error)
  }
}

const HINTS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there; `pawl db start` starts the embedded PostgreSQL',
  ENOENT: 'there is no such socket; `pawl db start` starts the embedded PostgreSQL',
  ENOTFOUND: 'no machine has that name; check DATABASE_URL',
  EAI_AGAIN: 'the name could not be looked up; check DATABASE_URL and the network',
  '08P01':
    'a pooler such as PgBouncer? add ?pgbouncer=true to the URL, with a login as the README says',
  '28P01': 'the password is wrong; check DATABASE_URL',
  '28000': 'that user may not enter; check DATABASE_URL and pg_hba.conf',
  '3D000':
    'the server is there, the database is not; make it (`create database …` in psql) or name another',
  '53300': 'the server has no connection left; raise max_connections or start fewer workers',
  '57P03': 'the server is starting or stopping; try again in a moment',
}

function noDatabase(url: string, error: unknown): Refusal {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const said = error instanceof Error && error.message !== '' ? error.message : code
  const shape = 'a URL looks like postgres://user:password@host:5432/database'
  const isShape = error instanceof TypeError
  const hint = isShape
    ? shape
    : (HINTS[code] ?? 'check DATABASE_URL, or unset it to use the embedded PostgreSQL')
  return new Refusal('PW503', `no database at ${placeOf(url)}: ${said}`, hint)
}

/** Never the password. */
function placeOf(url: string): string {
  const place = /^[a-z]+:\/\/(?:.*@)?([^@?]*)/i.exec(url)?.[1]
  return place === undefined || place === '' ? 'the URL given' : place
}
