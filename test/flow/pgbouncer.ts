/**
 * Workers, a client and the command line through PgBouncer in transaction mode, where no two
 * statements need meet the same session.
 */
import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { connect } from '../../src/client.ts'
import { connectionConfig } from '../../src/database/connection.ts'
import { migrate } from '../../src/database/migrate.ts'
import { startWorker } from '../../src/worker.ts'
import parcels from '../fixtures/apps/parcels.ts'
import { pawl } from '../fixtures/cli.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import { checkParcels, PARCELS_APP, submitParcels, untilAllEnded } from '../fixtures/parcels.ts'
import { hasPgBouncer, pgBouncer } from '../fixtures/pgbouncer.ts'
import { workerProcess, worldOf } from '../fixtures/workers.ts'

const TASKS = 60
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const skip = hasPgBouncer ? false : 'PgBouncer is not installed here'

t.setTimeout(120_000)

/** A database, a login as the README says, and PgBouncer in front of it. */
async function pooled(t: Test, more: readonly string[] = []) {
  const db = await freshDatabase(t)
  const world = await worldOf(t, parcels, db)
  const [name, password] = [`pawl_app_${process.pid}_${Date.now()}`, randomBytes(9).toString('hex')]
  await db.query(
    `create role ${name} login password '${password}'
     in role pawl_submitter, pawl_worker, pawl_reviewer, pawl_observer`,
  )
  t.teardown(() => db.query(`drop role ${name}`).catch(() => undefined))
  const owner = new URL(db.url)
  const logins = { [name]: password, postgres: owner.password }
  const bouncer = await pgBouncer(t, db.url, logins, more)
  const app = new URL(db.url)
  app.username = name
  app.password = password
  return { db, world, name, app_url: bouncer.through(app.href), owner_url: bouncer.through(db.url) }
}

t.test('workers, client and command line work through PgBouncer', { skip }, async (t) => {
  const { db, world, name, app_url } = await pooled(t)
  const outside = await effectsServer(10)
  t.teardown(() => outside.close())
  const options = {
    url: app_url,
    app: PARCELS_APP,
    concurrency: 8,
    env: { PARCELS_URL: outside.url },
  }
  const crew = [await workerProcess(t, options), await workerProcess(t, options)]
  await submitParcels(db, TASKS)
  const client = await connect(app_url)
  t.teardown(() => client.close())
  const task_id = await client.submit('parcel', { id: TASKS + 1 })
  t.match(await client.result(task_id), { status: 'succeeded' })
  await untilAllEnded(db, TASKS + 1, 60_000)
  const [dead, alive] = crew
  await dead?.kill()
  const late = await client.submit('parcel', { id: TASKS + 2 })
  await world.becomes(late, 'succeeded')
  t.equal(await alive?.stop(), 0, alive?.said() ?? '')
  t.notMatch(alive?.said() ?? '', /listens anew|prepared statement/)
  await checkParcels(t, db, outside, TASKS + 2)
  const { rows } = await db.query(
    `select distinct submitted_by from pawl.tasks where task_id = $1`,
    [task_id],
  )
  t.same(rows, [{ submitted_by: name }], 'who logs in is who submits')
  const traced = await pawl(['trace', task_id, '--url', app_url])
  t.match(traced, { code: 0, out: /succeeded/ })
  t.match(await pawl(['verify', '--url', app_url]), { code: 0 })
})

t.test('the owner, and a stranger, are refused behind a pooler', { skip }, async (t) => {
  const { db, owner_url, app_url, name } = await pooled(t)
  const work = (url: string) => startWorker({ url, app: parcels, concurrency: 1, log: quiet })
  await t.rejects(work(owner_url), { code: 'PW505', message: /owns pawl/ })
  await t.rejects(migrate(owner_url, { log: () => undefined }), { code: 'PW506' })
  await db.query(`revoke pawl_worker from ${name}`)
  await t.rejects(work(app_url), { code: 'PW505', message: /no member of pawl_worker/ })
})

t.test('a pooler that nobody was told of is noticed', { skip }, async (t) => {
  const untold = (url: string) => url.replace('?pgbouncer=true', '')
  const strict = await pooled(t)
  const said = await pawl(['verify', '--url', untold(strict.app_url)])
  t.not(said.code, 0)
  t.match(said.err, /pgbouncer=true/)
  const lax = await pooled(t, [
    'ignore_startup_parameters = options, statement_timeout, idle_in_transaction_session_timeout, extra_float_digits',
  ])
  const url = untold(lax.owner_url)
  t.match(connectionConfig(url, 'pawl_worker').options, /role=pawl_worker/)
  await t.rejects(startWorker({ url, app: parcels, concurrency: 1, log: quiet }), {
    code: 'PW505',
    message: /speaks as postgres, not as pawl_worker/,
  })
  const client = await connect(url)
    .then((it) => it.task(crypto.randomUUID()))
    .catch((error) => error)
  t.match(client, { code: 'PW505' })
})
