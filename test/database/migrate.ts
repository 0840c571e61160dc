/** Migrating the tables: once, forward only, and never on a history that does not fit. */
import t from 'tap'
import { checkMigrated, migrate } from '../../src/database/migrate.ts'
import { makeTestCluster } from '../fixtures/cluster.ts'
import { freshDatabase, once } from '../fixtures/database.ts'
import { COUNT, ONE, TWO, world } from '../fixtures/migrate_world.ts'

t.test('a second migrate finds nothing to do', async (t) => {
  const { migrate } = await world(t)
  t.same(await migrate(), { applied: ['migrations/0001_one.sql', 'sql/'] })
  t.same(await migrate(), { applied: [] })
})

t.test('two migrates at once do the work once', async (t) => {
  const { migrate, write, db } = await world(t)
  write({ 'migrations/0002_two.sql': `select pg_sleep(0.2); ${TWO}` })
  const all = await Promise.all([migrate(), migrate(), migrate()])
  t.same(all.map(({ applied }) => applied.length).sort(), [0, 0, 3])
  const { rows } = await db.query('select name from pawl.migrations order by name')
  t.same(
    rows.map(({ name }) => name),
    ['migrations/0001_one.sql', 'migrations/0002_two.sql', 'sql/'],
  )
})

t.test('graphile worker has its schema afterwards', async (t) => {
  const { migrate, db } = await world(t)
  await migrate()
  const { rows } = await db.query(`select to_regclass('graphile_worker._private_jobs') as jobs`)
  t.ok(rows[0]?.['jobs'])
})

t.test('an edited old migration is refused by name', async (t) => {
  const { migrate, write } = await world(t)
  await migrate()
  write({ 'migrations/0001_one.sql': `${ONE} -- better` })
  await t.rejects(migrate(), { code: 'PW502', message: /0001_one\.sql was edited/ })
})

t.test('a migration numbered below one that is applied is refused', async (t) => {
  const { migrate, write } = await world(t)
  write({ 'migrations/0003_three.sql': TWO })
  await migrate()
  write({ 'migrations/0002_two.sql': 'select 1' })
  await t.rejects(migrate(), { code: 'PW502', message: /0002_two\.sql came after/ })
})

t.test('other line ends are not an edit', async (t) => {
  const { migrate, write } = await world(t)
  write({ 'migrations/0002_two.sql': 'select 1;\nselect 2;\n' })
  await migrate()
  write({ 'migrations/0002_two.sql': 'select 1;\r\nselect 2;\r\n' })
  t.same(await migrate(), { applied: [] })
})

t.test('a database newer than the code is refused and left alone', async (t) => {
  const { migrate, check, write, remove, db } = await world(t)
  write({ 'migrations/0002_two.sql': TWO })
  await migrate()
  remove('migrations/0002_two.sql')
  write({ 'sql/thing/count_things.sql': COUNT.replace('count(*)', '1::bigint') })
  await t.rejects(migrate(), { code: 'PW501', message: /newer than this code.*0002_two/ })
  await t.rejects(check(), { code: 'PW501' })
  const { rows } = await db.query(
    `select prosrc from pg_proc where oid = 'pawl.count_things()'::regprocedure`,
  )
  t.match(rows[0]?.['prosrc'], /count\(\*\)/)
})

t.test('a database that lacks a migration is told which', async (t) => {
  const { migrate, check, write } = await world(t)
  await t.rejects(check(), { code: 'PW504', message: /0001_one/ })
  await migrate()
  await check()
  write({ 'migrations/0002_two.sql': TWO })
  await t.rejects(check(), { code: 'PW504', message: /0002_two/, hint: /pawl migrate/ })
})

t.test('a migration that fails leaves nothing behind, and says where', async (t) => {
  const { migrate, write, db } = await world(t)
  write({ 'migrations/0002_two.sql': `${TWO}\n\nselect 1 / 0;` })
  await t.rejects(migrate(), { message: /^migrations\/0002_two\.sql/ })
  write({ 'migrations/0002_two.sql': `${TWO}\n\nselec 1;` })
  await t.rejects(migrate(), { message: /^migrations\/0002_two\.sql:3: syntax error/ })
  const { rows } = await db.query(`select to_regnamespace('pawl') as pawl`)
  t.equal(rows[0]?.['pawl'], null)
})

t.test('pawl itself is migrated by the time a test begins', async (t) => {
  const { url } = await freshDatabase(t)
  await t.resolves(checkMigrated(url))
  await migrate(url, { log: () => undefined }) // Somebody may be editing sql/ meanwhile.
  t.same(await migrate(url, { log: () => undefined }), { applied: [] })
})

t.test('two databases of one fresh cluster are migrated at the same time', async (t) => {
  const cluster = await makeTestCluster()
  t.teardown(() => cluster.remove())
  const names = ['one', 'two', 'three', 'four']
  for (const name of names) await once(cluster.url('postgres'), `create database ${name}`)
  const all = names.map((name) => migrate(cluster.url(name), { log: () => undefined }))
  for (const { applied } of await Promise.all(all)) t.not(applied.length, 0)
})
