/**
 * slonik, as pawl uses it: for what people and programs ask now and then, never on the hot path.
 * Each row is checked against its zod schema.  Three of slonik's defaults are not ours: `DISCARD
 * ALL` after each query (2 to 4 times the latency), bigint as BigInt, and timestamps as numbers.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import {
  createPool,
  createSqlTag,
  type DatabasePool,
  type Interceptor,
  SchemaValidationError,
} from 'slonik'
import { Refusal } from '../refusal.ts'
import { connectionConfig, isPooled, type Role } from './connection.ts'
import { lookAtLogin } from './login.ts'
import { asRefusal, isLostConnection } from './refused.ts'

export const sql = createSqlTag({})

const NEVER = 'DISABLE_TIMEOUT'
const CONNECTIONS_MAX = 4
const IDLE_MS_MAX = 10_000
const CONNECT_MS_MAX = 10_000
/** A question may be asked twice: it changes nothing. */
const ASK_TRIES_MAX = 8
const ASK_PAUSE_MS = 200
// No such schema, table, column, function.
const NOT_THERE = new Set(['3F000', '42P01', '42703', '42883'])

/** Opened with the first question. */
export class TypedPool {
  readonly #url: string
  readonly #role: Role
  #opened: Promise<DatabasePool> | undefined

  constructor(url: string, role: Role) {
    this.#url = url
    this.#role = role
  }

  /** What changes something: tried once, since a lost answer says nothing. */
  async tell<T>(work: (pool: DatabasePool) => Promise<T>): Promise<T> {
    return translated(async () => work(await this.#open()))
  }

  /** What only reads: asked again when the connection was lost. */
  async ask<T>(work: (pool: DatabasePool) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.tell(work)
      } catch (error) {
        if (!isLost(error) || tries === ASK_TRIES_MAX) throw error
        await sleep(ASK_PAUSE_MS * tries)
      }
    }
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined)
    await opened?.end()
  }

  #open(): Promise<DatabasePool> {
    this.#opened ??= openPool(this.#url, this.#role).catch((error) => {
      // A database that is not there now may be there the next time.
      this.#opened = undefined
      throw error
    })
    return this.#opened
  }
}

async function openPool(url: string, role: Role): Promise<DatabasePool> {
  await lookAtLogin(url, role)
  const pool = await createPool(slonikUrl(url, role), {
    connectionTimeout: CONNECT_MS_MAX,
    idleTimeout: IDLE_MS_MAX,
    interceptors: [checkRows],
    maxPoolSize: CONNECTIONS_MAX,
    queryRetryLimit: 0,
    resetConnection: async () => undefined,
    ...timeouts(url, role),
    typeParsers: [
      // Revisions, counters and micro-dollars stay below 2^53 by their constraints.
      { name: 'int8', parse: Number },
      { name: 'timestamptz', parse: pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) },
    ],
  })
  pool.on('error', () => undefined) // Whoever waits for an answer is told.
  return pool
}

/** A pooler takes none of them; there the login's own settings hold. */
function timeouts(url: string, role: Role) {
  const { statement_timeout } = connectionConfig(url, role)
  return isPooled(url)
    ? ({ statementTimeout: NEVER, idleInTransactionSessionTimeout: NEVER } as const)
    : { statementTimeout: Number(statement_timeout ?? 0) }
}

/** slonik reads its settings from the URL alone. */
function slonikUrl(url: string, role: Role): string {
  const { connectionString = '', options, application_name = '' } = connectionConfig(url, role)
  const params = new URLSearchParams({ ...(options && { options }), application_name })
  return `${connectionString}${connectionString.includes('?') ? '&' : '?'}${params}`
}

const checkRows: Interceptor = {
  name: 'check rows',
  transformRow({ resultParser }, query, row) {
    const checked = resultParser?.['~standard'].validate(row)
    if (checked === undefined) return row
    if (checked instanceof Promise) throw new TypeError('a row is checked without waiting')
    if (checked.issues) throw new SchemaValidationError(query, row, checked.issues)
    return checked.value as typeof row
  },
}

/** slonik wraps what it knows; the code is somewhere down the chain. */
function isLost(error: unknown): boolean {
  return causes(error).some(
    (it) => isLostConnection(it) || (it instanceof Error && /^BackendTerminated/.test(it.name)),
  )
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    for (const cause of causes(error)) {
      const refusal = asRefusal(cause)
      if (refusal instanceof Refusal) throw refusal
      if (isNotThere(cause)) {
        throw new Refusal('PW504', `the database lacks something: ${cause.message}`, MIGRATE)
      }
    }
    throw error
  }
}

const MIGRATE = '`pawl migrate` brings a database to what this release expects'

function isNotThere(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && NOT_THERE.has(String(error.code))
}

function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let at = error; at instanceof Error && chain.length < 8; at = at.cause) chain.push(at)
  return chain
}
