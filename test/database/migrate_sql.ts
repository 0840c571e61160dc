/** Saying sql/ again: what is replaced, what is dropped, what is left alone. */
import t from 'tap'
import { COUNT, VIEW, world } from '../fixtures/migrate_world.ts'

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
