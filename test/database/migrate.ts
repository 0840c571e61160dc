/**
 * Migrating, on small worlds of its own: a folder with migrations/ and sql/ that each test edits,
 * and an empty database.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { checkMigrated, migrate } from '../../src/database/migrate.ts'
import { emptyDatabase, freshDatabase } from '../fixtures/database.ts'

const ONE = `create table pawl.things (thing_id int primary key);`
const TWO = `alter table pawl.things add column colour text;`
const COUNT = `
create or replace function pawl.count_things()
returns bigint language sql stable
as $$ select count(*) from pawl.things $$;`
const VIEW = `create or replace view pawl.named_things as select thing_id from pawl.things;`

async function world(t: Test) {
  const folder = t.testdir({ migrations: {}, sql: {} })
  const db = await emptyDatabase(t)
  const write = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  }
  write({ 'migrations/0001_one.sql': ONE, 'sql/thing/count_things.sql': COUNT })
  write({ 'sql/grants.sql': '' })
  const lines: string[] = []
  return {
    db,
    lines,
    write,
    remove: (name: string) => rmSync(join(folder, name)),
    migrate: () => migrate(db.url, { folder, log: (line) => lines.push(line) }),
    check: () => checkMigrated(db.url, folder),
    functions: async () => {
      const { rows } = await db.query<{ signature: string }>(
        `select oid::regprocedure::text as signature from pg_proc
         where pronamespace = 'pawl'::regnamespace order by 1`,
      )
      return rows.map(({ signature }) => signature)
    },
  }
}

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

t.test('a function that sql/ no longer defines is dropped', async (t) => {
  const { migrate, write, remove, functions } = await world(t)
  const own = COUNT.replace('count_things()', 'migrated()')
  write({
    'migrations/0002_own.sql': own.replace('create or replace', 'create'),
    'sql/thing/count_things.sql': `${COUNT}${COUNT.replace('()', '(colour text)')}`,
    'sql/thing/gone.sql': COUNT.replace('count_things()', 'gone(a int, b text)'),
    'sql/grants.sql': 'revoke all on all functions in schema pawl from public',
  })
  await migrate()
  t.same((await functions()).length, 4)
  remove('sql/thing/gone.sql')
  write({ 'sql/thing/count_things.sql': COUNT })
  t.same(await migrate(), { applied: ['sql/'] })
  t.same(await functions(), ['pawl.count_things()', 'pawl.migrated()'])
})

t.test('a function with another result or other argument names is made anew', async (t) => {
  const { migrate, write, functions } = await world(t)
  write({ 'sql/thing/two.sql': COUNT.replace('count_things()', 'two(a int)') })
  await migrate()
  write({
    'sql/thing/two.sql': COUNT.replace('count_things()', 'two(b int)'),
    'sql/thing/count_things.sql': COUNT.replace('bigint', 'numeric'),
  })
  await migrate()
  t.same(await functions(), ['pawl.count_things()', 'pawl.two(integer)'])
})

t.test('a function that something depends on is not torn away', async (t) => {
  const { migrate, write, db } = await world(t)
  await migrate()
  await db.query('create table public.mine (n bigint default pawl.count_things())')
  write({ 'sql/thing/count_things.sql': COUNT.replace('bigint', 'numeric') })
  await t.rejects(migrate(), { message: /column n of table public\.mine depends on function/ })
})

t.test('views are made anew, in whatever order they need each other', async (t) => {
  const { migrate, write, db } = await world(t)
  write({
    'sql/a_view.sql': VIEW.replace('named_things', 'first').replace('pawl.things', 'pawl.z_view'),
    'sql/b_view.sql': VIEW.replace('named_things', 'z_view'),
    'sql/rows_of.sql': `
      create or replace function pawl.rows_of() returns setof pawl.z_view language sql
      as 'select * from pawl.z_view'`,
  })
  await migrate()
  write({ 'sql/b_view.sql': VIEW.replace('named_things as select', 'z_view as select 1 as one,') })
  await migrate()
  t.same((await db.query('select one from pawl.z_view')).rows, [])
  t.same((await db.query('select * from pawl.rows_of()')).rows, [])
})

t.test('a function edited by hand in the database is put back', async (t) => {
  const { migrate, db } = await world(t)
  await migrate()
  await db.query(COUNT.replace('count(*)', '7::bigint'))
  t.same(await migrate(), { applied: ['sql/'] })
  t.same((await db.query('select pawl.count_things() as n')).rows, [{ n: '0' }])
})

t.test('rights given away by hand are taken back', async (t) => {
  const { migrate, write, db } = await world(t)
  write({ 'sql/grants.sql': 'revoke all on pawl.things from public' })
  await migrate()
  await db.query('grant delete on pawl.things to public')
  t.same(await migrate(), { applied: ['sql/'] })
  t.same(await migrate(), { applied: [] })
})

t.test('a name that no file brings is an error, not an endless round', async (t) => {
  const { migrate, write } = await world(t)
  write({ 'sql/bad.sql': VIEW.replace('pawl.things', 'pawl.nothings') })
  await t.rejects(migrate(), { message: /^sql\/bad\.sql:\d+: relation "pawl\.nothings"/ })
})

t.test('pawl itself is migrated by the time a test begins', async (t) => {
  const db = await freshDatabase(t)
  t.same(await migrate(db.url, { log: () => undefined }), { applied: [] })
})
