/**
 * pg's pool, but a connection given back twice is given back once.  Graphile Worker (0.18) does so
 * with its listener where the connection breaks while a runner stops; pg throws for that, nobody
 * catches it, and the process would end.
 */
import pg from 'pg'

type Taken = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  release: (destroy?: unknown) => void,
) => void

export class ForgivingPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>
  override connect(taken: Taken): void
  override connect(taken?: Taken): Promise<pg.PoolClient> | undefined {
    if (!taken) return super.connect()
    super.connect((error, client, release) => {
      let released = false
      taken(error, client, (destroy) => {
        if (released) return
        released = true
        release(destroy)
      })
    })
    return undefined
  }
}
