/** A connection over which packets vanish is lost after a while, and says so. */
import t from 'tap'
import { Pool } from '../../src/database/pool.ts'
import { isLostConnection } from '../../src/database/refused.ts'
import { freshDatabase, type Teardown } from '../fixtures/database.ts'
import { tcpProxy } from '../fixtures/tcp_proxy.ts'

const ANSWER_MS_MAX = 500

const db = await freshDatabase(t)

async function silenced(t: Teardown, answer_ms_max?: number) {
  const proxy = await tcpProxy(t, db.url)
  const pool = new Pool(proxy.through(db.url), 'pawl_worker', 1, answer_ms_max)
  t.teardown(() => pool.close())
  t.teardown(() => pool.dropConnections())
  await pool.one('select 1 as value', [])
  proxy.swallow('old')
  return pool
}

/** What it was rejected with. */
async function refusalOf(query: Promise<unknown>): Promise<unknown> {
  return query.then(
    (answer) => `answered: ${JSON.stringify(answer)}`,
    (error: unknown) => error,
  )
}

t.test('a question that nobody answers ends as a lost connection', async (t) => {
  const pool = await silenced(t, ANSWER_MS_MAX)
  const begun = performance.now()
  const error = await refusalOf(pool.query('select 2'))
  t.ok(isLostConnection(error), String(error))
  t.ok(performance.now() - begun > ANSWER_MS_MAX - 50, 'not before it had its time')
  t.equal(await pool.one('select 3 as value', []), 3, 'the next takes a new connection')
})

t.test('who borrowed the connection gives it back, and nobody gets it again', async (t) => {
  const pool = await silenced(t, ANSWER_MS_MAX)
  const client = await pool.pool.connect()
  t.ok(isLostConnection(await refusalOf(client.query('select 2'))))
  client.release()
  t.equal(await pool.one('select 3 as value', []), 3)
})

t.test('what may run twice is asked again on a new connection', async (t) => {
  const pool = await silenced(t, ANSWER_MS_MAX)
  t.same(await pool.patiently('select 4 as four', []), [{ four: 4 }])
})

t.test('who is told to drop his connections waits for none of them', async (t) => {
  const pool = await silenced(t)
  const asked = refusalOf(pool.query('select 2'))
  setTimeout(() => pool.dropConnections(), 50)
  t.ok(isLostConnection(await asked))
  t.equal(await pool.one('select 3 as value', []), 3)
})
