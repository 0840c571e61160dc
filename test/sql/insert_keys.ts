/** A caller's key: one piece of work, however often it is asked for. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const submitter = world.roles.pawl_submitter
const INSERT = `insert into pawl.tasks (machine, input, key) values ('errand', $1, $2) returning task_id`
const SUBMIT = `select pawl.submit_task(machine => 'errand', input => $1, key => $2)`
const SECRET = 'Tern Lane'

t.test('the same key with the same input adds nothing and returns no row', async (t) => {
  const { rows: first } = await submitter.query(INSERT, [{ n: 1, note: 'x' }, 'a'])
  const before = await world.counted()
  const { rows: again } = await submitter.query(INSERT, ['{"note": "x",   "n": 1}', 'a'])
  t.equal(first.length, 1)
  t.same(again, [])
  t.same(await world.counted(), before)
})

t.test('submit_task returns the first task for the same key', async (t) => {
  const first = await world.value(SUBMIT, [{ n: 1 }, 'b'], submitter)
  const again = await world.value(SUBMIT, [{ n: 1 }, 'b'], submitter)
  t.ok(first)
  t.equal(again, first)
  t.equal(await world.value(`select pawl.task_of_key('errand', 'b')`, [], submitter), first)
  t.equal(await world.value(`select pawl.task_of_key('errand', 'new')`, [], submitter), null)
})

t.test('submit_task without a key makes a task each time', async (t) => {
  const text = `select pawl.submit_task('errand', '{"n": 1}')`
  t.not(await world.value(text, [], submitter), await world.value(text, [], submitter))
})

t.test('a key used before with another input is refused', async (t) => {
  await submitter.query(INSERT, [{ n: 1, note: SECRET }, 'c'])
  const before = await world.counted()
  for (const text of [INSERT, SUBMIT]) {
    for (const client of [submitter, world.sql]) {
      const answer = await refused(client.query(text, [{ n: 2, note: SECRET }, 'c']))
      t.match(answer, { code: 'PW106', hint: /another key/ })
      t.notMatch(answer.whole, SECRET)
    }
  }
  t.same(await world.counted(), before)
})

t.test('the same key may stand for a task of each machine', async (t) => {
  await world.register('another')
  await submitter.query(INSERT, [{ n: 1 }, 'd'])
  const { rows } = await submitter.query(INSERT.replace('errand', 'another'), [{ n: 2 }, 'd'])
  t.equal(rows.length, 1)
})

t.test('the same key twice in one insert … select is one task', async (t) => {
  const { rows } = await submitter.query(
    `insert into pawl.tasks (machine, input, key)
     select 'errand', '{"n": 1}', k from unnest(array['e', 'f', 'e', 'e']) as k
     returning key`,
  )
  t.same(rows, [{ key: 'e' }, { key: 'f' }])
})

t.test('the same key twice with two inputs in one insert … select is refused', async (t) => {
  const before = await world.counted()
  const answer = await refused(
    submitter.query(
      `insert into pawl.tasks (machine, input, key)
       select 'errand', jsonb_build_object('n', n), 'g' from generate_series(1, 2) as n`,
    ),
  )
  t.match(answer, { code: 'PW106' })
  t.same(await world.counted(), before, 'not even the first of them is there')
})

t.test('a key is free again when the transaction that took it is rolled back', async (t) => {
  const client = await world.as('pawl_submitter')
  await client.query('begin')
  await client.query(INSERT, [{ n: 1 }, 'h'])
  await client.query('rollback')
  t.equal((await submitter.query(INSERT, [{ n: 2 }, 'h'])).rows.length, 1)
})

t.test('of two open transactions with one key, the second waits and adds nothing', async (t) => {
  const one = await world.as('pawl_submitter')
  await one.query('begin')
  const first = await one.query(INSERT, [{ n: 1 }, 'i'])
  const second = submitter.query(SUBMIT, [{ n: 1 }, 'i'])
  await one.query('commit')
  t.equal((await second).rows[0].submit_task, first.rows[0].task_id)
})
