/**
 * One database of the benchmark's cluster: a migrated clone with 24 months of partitions, and the
 * owner's connection to it.  What that connection asks is counted, for it is no cost of pawl's.
 */
import pg from 'pg'
import { connectionConfig } from '../src/database/connection.ts'

const LOOK_MS = 10

export class BenchDatabase {
  readonly url: string
  readonly name: string
  /** Statements sent from here. */
  asked = 0
  readonly client: pg.Client

  private constructor(url: string, name: string, client: pg.Client) {
    this.url = url
    this.name = name
    this.client = client
  }

  static async open(url: string, name: string): Promise<BenchDatabase> {
    const client = new pg.Client(connectionConfig(url))
    // A cluster that is stopped under it: whoever waits for an answer is told.
    client.on('error', () => undefined)
    await client.connect()
    return new BenchDatabase(url, name, client)
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    this.asked++
    const { rows } = await this.client.query<Row>(text, values)
    return rows
  }

  /** The column `value` of the first row; bigint is to be cast. */
  async one<T>(text: string, values: unknown[] = []): Promise<T> {
    const [row] = await this.query<{ value: T }>(text, values)
    if (!row) throw new Error(`no row: ${text}`)
    return row.value
  }

  /** By name, so that a look that is taken again and again is planned once. */
  async look<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    this.asked++
    const { rows } = await this.client.query<Row>({ name: text.slice(0, 60), text, values })
    return rows
  }

  async submit(machine: string, count: number): Promise<void> {
    await this.query(
      `insert into pawl.tasks (machine, input)
       select $1, jsonb_build_object('n', n) from generate_series(1, $2::integer) as n`,
      [machine, count],
    )
  }

  /** Today's partition, so that a look costs next to nothing. */
  async leaf(table: string): Promise<string> {
    return this.one(
      `select 'pawl.${table}' || to_char(pawl.clock() at time zone 'UTC', '_YYYY_MM') as value`,
    )
  }

  /** Resolves when no task is left that is not finished. */
  async drained(): Promise<void> {
    const text = `select exists (select from ${await this.leaf('tasks')} where finished_at is null) as live`
    for (;;) {
      const [row] = await this.look<{ live: boolean }>(text)
      if (row?.live === false) return
      await pause(LOOK_MS)
    }
  }

  async close(): Promise<void> {
    await this.client.end()
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
