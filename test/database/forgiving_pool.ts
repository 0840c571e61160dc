/** A connection that is given back twice is given back once. */
import t from 'tap'
import { connectionConfig } from '../../src/database/connection.ts'
import { ForgivingPool } from '../../src/database/forgiving_pool.ts'
import { freshDatabase } from '../fixtures/database.ts'

const db = await freshDatabase(t)

t.test('a connection asked for by callback may be given back twice', async (t) => {
  const pool = new ForgivingPool({ ...connectionConfig(db.url), max: 1 })
  await new Promise<void>((resolve, reject) => {
    pool.connect((error, client, release) => {
      if (error) return reject(error)
      t.ok(client)
      release()
      t.doesNotThrow(() => release())
      resolve()
    })
  })
  t.match((await pool.query('select 1 as one')).rows, [{ one: 1 }])
  t.equal(pool.idleCount, 1)
  await pool.end()
})
