/** Connecting: as whom, and what is said when there is nobody there. */
import t from 'tap'
import { connectionConfig, ping } from '../../src/database/connection.ts'
import { freshDatabase, testUrl } from '../fixtures/database.ts'

t.test('a connection is its role from the first statement on', async (t) => {
  const db = await freshDatabase(t)
  for (const role of ['pawl_submitter', 'pawl_worker', 'pawl_reviewer', 'pawl_observer'] as const) {
    const client = await db.as(role)
    const { rows } = await client.query('select current_user as role')
    t.same(rows, [{ role }])
  }
  t.same((await db.query('select current_user = session_user as owner')).rows, [{ owner: true }])
})

t.test('options in the URL do not take the role away', async (t) => {
  const url = `${testUrl('x')}?options=-c%20role%3Dpg_monitor&application_name=mine&ssl=0`
  const config = connectionConfig(url, 'pawl_worker')
  t.equal(config.options, '-c role=pg_monitor -c role=pawl_worker')
  t.equal(config.application_name, 'mine')
  t.match(config.connectionString, /\?ssl=0$/)
})

t.test('where no database answers, a refusal says what to do and no password', async (t) => {
  const wrong = new URL(testUrl('no_such_database'))
  await t.rejects(ping(wrong.href), { code: 'PW503', hint: /create database/ })
  wrong.password = 'secret'
  await t.rejects(ping(wrong.href), { code: 'PW503', hint: /password is wrong/ })
  wrong.port = '1'
  await t.rejects(ping(wrong.href), { code: 'PW503', hint: /pawl db start/ })
  await ping(wrong.href).catch((error) => t.notMatch(error.message + error.hint, /secret/))
  await t.rejects(ping('hello'), { code: 'PW503', hint: /postgres:\/\/user/ })
})

t.test('a database that answers is not refused', async (t) => {
  await t.resolves(ping(testUrl('postgres')))
})
