/**
 * How this example speaks SQL: with pg, like any program that knows nothing of pawl, and as the
 * role that each question needs.  The only file of the example that imports pg.
 */
import pg from 'pg'

export type Role = 'pawl_submitter' | 'pawl_observer' | 'pawl_reviewer' | 'owner'

export type Row = Record<string, unknown>

export class Postgres implements AsyncDisposable {
  readonly #pool: pg.Pool

  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'npm start' })
    // A connection that breaks while idle is nobody's business: the next question opens another.
    this.#pool.on('error', () => undefined)
  }

  async ask(role: Role, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = await this.#pool.connect()
    let broken: Error | undefined
    try {
      await client.query(role === 'owner' ? 'reset role' : `set role ${role}`)
      return (await client.query<Row>(text, [...values])).rows
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error))
      throw error
    } finally {
      client.release(broken)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end()
  }
}
