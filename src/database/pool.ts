/**
 * Connections to one database in one role, and what comes over them in pawl's own words.
 */
import pg from 'pg'
import { connectionConfig, isPooled, type Role, STATEMENT_MS_MAX } from './connection.ts'
import { ForgivingPool } from './forgiving_pool.ts'
import { checkLogin, LOGIN, type Login } from './login.ts'
import { asRefusal, isLostConnection } from './refused.ts'
import { Wires } from './wires.ts'

const INT8 = 20
const IDLE_MS_MAX = 60_000
/** Graphile Worker listens on one, fetches jobs by another and tells of the done ones by a third. */
const JOBS_CONNECTIONS_MAX = 3
/** Postgres gives up a statement first; only where it cannot say so nobody waits any longer. */
const ON_ITS_WAY_MS_MAX = 5_000
/** A database that is gone for longer than these tries take (16 s) is given up for now. */
const PATIENCE_TRIES_MAX = 10
const PATIENCE_PAUSE_MS = 300

export class Pool {
  readonly pool: pg.Pool
  /** Connections are lent by the transaction: nothing may last longer than one. */
  readonly pooled: boolean
  readonly #url: string
  readonly #role: Role
  readonly #wires: Wires
  #jobs: pg.Pool | undefined

  constructor(
    url: string,
    role: Role,
    connections_max: number,
    answer_ms_max = STATEMENT_MS_MAX[role] + ON_ITS_WAY_MS_MAX,
  ) {
    this.#url = url
    this.#role = role
    this.#wires = new Wires(answer_ms_max)
    this.pooled = isPooled(url)
    this.pool = this.#connections(connections_max)
  }

  #connections(max: number, settings: readonly string[] = []): pg.Pool {
    const pool = new ForgivingPool({
      ...connectionConfig(this.#url, this.#role, settings),
      stream: this.#wires.make,
      max,
      // A new one knows no plan and no table: the first statements cost it ten times as much.
      idleTimeoutMillis: IDLE_MS_MAX,
      types: {
        // Revisions, counters and micro-dollars stay below 2^53 by their constraints.
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === INT8 ? Number : pg.types.getTypeParser(oid, format ?? 'text'),
      },
    } as pg.PoolConfig)
    // Whoever waits for an answer is told; without listeners the process would end.
    pool.on('error', () => undefined)
    pool.on('connect', (client) => client.on('error', () => undefined))
    return pool
  }

  /**
   * For Graphile Worker, which wants one of pg's own: a job is only a wake-up, and a fetched one that
   * a crash of Postgres gives back is fetched again, so nobody waits for the disk.  It listens on the
   * one connection that it asks for by callback; a pooler would give that to somebody else after the
   * first statement, so behind one it never gets it.
   */
  get graphile(): pg.Pool {
    this.#jobs ??= this.#connections(JOBS_CONNECTIONS_MAX, ['-c synchronous_commit=off'])
    if (!this.pooled) return this.#jobs
    return new Proxy(this.#jobs, {
      get(pool, name) {
        if (name === 'connect') return (...told: unknown[]) => told.length === 0 && pool.connect()
        const value: unknown = Reflect.get(pool, name)
        return typeof value === 'function' ? value.bind(pool) : value
      },
    })
  }

  /** Refused with PW505 where the login is not who it should be. */
  async checkLogin(): Promise<void> {
    const [login] = await this.query<Login>(LOGIN, [this.#role])
    if (login) checkLogin(this.#url, this.#role, login)
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.end(), this.#jobs?.end()])
  }

  /** Whoever waits for an answer learns that it is lost; what is asked next takes a new connection. */
  dropConnections(): void {
    this.#wires.cutAll()
  }

  /**
   * A statement with a name is parsed once a connection, where there is no pooler.  It must list its
   * columns: those of a function may grow while workers run.
   */
  async query<T extends pg.QueryResultRow>(
    text: string,
    values: unknown[] = [],
    name?: string,
  ): Promise<T[]> {
    try {
      const named = name !== undefined && !this.pooled && { name }
      const { rows } = await this.pool.query<T>({ text, values, ...named })
      return rows
    } catch (error) {
      throw asRefusal(error)
    }
  }

  /** For what may run twice: a lost connection is waited out. */
  async patiently<T extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
    name?: string,
  ): Promise<T[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.query<T>(text, values, name)
      } catch (error) {
        if (!isLostConnection(error) || tries === PATIENCE_TRIES_MAX) throw error
        await new Promise((resolve) => setTimeout(resolve, PATIENCE_PAUSE_MS * tries))
      }
    }
  }

  /** The column `value` of the first row. */
  async one<T>(text: string, values: unknown[], name?: string): Promise<T | undefined> {
    const [row] = await this.query<{ value: T }>(text, values, name)
    return row?.value
  }
}
