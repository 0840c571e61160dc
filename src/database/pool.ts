/**
 * Connections to one database in one role, and what comes over them in pawl's own words.
 */
import pg from 'pg'
import { connectionConfig, type Role } from './connection.ts'
import { asRefusal, isLostConnection } from './refused.ts'

const INT8 = 20
/** A database that is gone for longer than these tries take (16 s) is given up for now. */
const PATIENCE_TRIES_MAX = 10
const PATIENCE_PAUSE_MS = 300

export class Pool {
  /** For Graphile Worker, which wants one of pg's own. */
  readonly pool: pg.Pool

  constructor(url: string, role: Role, connections_max: number) {
    this.pool = new pg.Pool({
      ...connectionConfig(url, role),
      max: connections_max,
      types: {
        // Revisions, counters and micro-dollars stay below 2^53 by their constraints.
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === INT8 ? Number : pg.types.getTypeParser(oid, format ?? 'text'),
      },
    } as pg.PoolConfig)
    // Whoever waits for an answer is told; without listeners the process would end.
    this.pool.on('error', () => undefined)
    this.pool.on('connect', (client) => client.on('error', () => undefined))
  }

  async close(): Promise<void> {
    await this.pool.end()
  }

  async query<T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> {
    try {
      const { rows } = await this.pool.query<T>(text, values)
      return rows
    } catch (error) {
      throw asRefusal(error)
    }
  }

  /** For what may run twice: a lost connection is waited out. */
  async patiently<T extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<T[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.query<T>(text, values)
      } catch (error) {
        if (!isLostConnection(error) || tries === PATIENCE_TRIES_MAX) throw error
        await new Promise((resolve) => setTimeout(resolve, PATIENCE_PAUSE_MS * tries))
      }
    }
  }

  /** The column `value` of the first row. */
  async one<T>(text: string, values: unknown[]): Promise<T | undefined> {
    const [row] = await this.query<{ value: T }>(text, values)
    return row?.value
  }
}
