/**
 * Changes by hand: whoever makes them, by whatever way, a task leaves its chart for nobody.
 */
import type pg from 'pg'
import t, { type Test } from 'tap'
import { refused } from '../fixtures/refused.ts'
import { doneItem, EDGE, type Site } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const other = await world.register('another')
const site: Site = await world.begun(await world.worker())
await world.commit(
  doneItem(site, {
    attach: {
      plan: {
        plan_no: 1,
        parent_plan_no: null,
        reason: 'first',
        thought: '',
        steps: [{ ordinal: 1, act_no: 1, tool: 'post', args: {}, expected: {}, carried: false }],
      },
    },
  }),
)
const leaf_of = (table: string) =>
  world.value<string>(
    `select tableoid::regclass::text from pawl.${table} where task_id = $1 limit 1`,
    [site.task_id],
  )
const replica = await world.as()
await replica.query('set session_replication_role = replica')
const owners: [string, pg.Client][] = [
  ['the owner', world.sql],
  ['the owner in a replica’s session', replica],
]
const roles = Object.entries(world.roles)

/** Nobody may, and the roles may not even try. */
async function refusedForAll(
  t: Test,
  table: string,
  statement: (table: string) => string,
  code: string | RegExp,
) {
  const before = await world.rows('select * from pawl.tasks order by task_id')
  const diary = await world.rows('select * from pawl.transitions order by task_id, revision')
  for (const name of [`pawl.${table}`, await leaf_of(table)]) {
    for (const [who, client] of owners) {
      const answer = await refused(client.query(statement(name)))
      t.match(answer, { code }, `${who}: ${statement(name)}`)
      t.equal(answer.hint === undefined, !/^PW/.test(answer.code ?? ''), 'a refusal has a hint')
    }
    for (const [who, client] of roles) {
      t.match(await refused(client.query(statement(name))), { code: '42501' }, who)
    }
  }
  t.same(await world.rows('select * from pawl.tasks order by task_id'), before)
  t.same(await world.rows('select * from pawl.transitions order by task_id, revision'), diary)
}

const where = `where task_id = '${site.task_id}'`

t.test('a task’s state, revision and machine change only with its diary', async (t) => {
  for (const change of [
    `state = 'done'`,
    `state = 'nowhere'`,
    `state = 'calling', revision = 1`,
    `state = 'done', revision = 3`,
    'revision = revision + 1',
    'revision = revision - 1',
    `machine_id = ${other.machine_id}`,
    'task_id = pawl.new_task_id()',
  ]) {
    await refusedForAll(t, 'tasks', (name) => `update ${name} set ${change} ${where}`, 'PW003')
  }
})

t.test('a task is not deleted, and no month of them emptied', async (t) => {
  await refusedForAll(t, 'tasks', (name) => `delete from ${name} ${where}`, 'PW005')
  await refusedForAll(t, 'tasks', (name) => `truncate ${name}`, 'PW005')
})

t.test('a task moved into another month is refused', async (t) => {
  const change = `task_id = pawl.uuid_floor(pawl.clock() + interval '1 month')`
  await refusedForAll(
    t,
    'tasks',
    (name) => `update ${name} set ${change} ${where}`,
    /^(PW003|PW005|23514)$/,
  )
})

const entry = (columns: Record<string, unknown>) => (name: string) => {
  const all = {
    task_id: site.task_id,
    revision: 3,
    cause: 'engine',
    event: 'GO',
    machine_id: 1,
    edge_no: EDGE.go,
    from_state: 'waiting',
    to_state: 'done',
    commit_id: site.task_id,
    created_at: '2026-01-01',
    ...columns,
  }
  const values = Object.values(all).map((it) => `'${it}'`)
  return `insert into ${name} (${Object.keys(all).join()}) values (${values.join()})`
}

t.test('a diary entry that is not joined to the last one is refused', async (t) => {
  const calling = { from_state: 'calling', to_state: 'waiting', edge_no: EDGE.done }
  for (const columns of [
    { revision: 4 },
    { revision: -1, from_state: '(new)', to_state: 'calling', edge_no: EDGE.started },
    calling,
    { machine_id: other.machine_id },
    { task_id: await world.value('select pawl.new_task_id()') },
  ]) {
    await refusedForAll(t, 'transitions', entry(columns), 'PW003')
  }
  const twice = { ...calling, revision: 2 }
  await refusedForAll(t, 'transitions', entry(twice), '23505')
})

t.test('a diary entry that is no edge of the chart is refused', async (t) => {
  for (const columns of [
    { to_state: 'failed' },
    { to_state: 'nowhere' },
    { edge_no: 99 },
    { edge_no: EDGE.done },
    { to_state: 'calling' },
  ]) {
    for (const name of ['pawl.transitions', await leaf_of('transitions')]) {
      const text = entry(columns)(name)
      t.match(await refused(world.query(text)), {
        code: '23503',
        constraint: /^a_transition_is_an_edge_of_the_chart/,
      })
      t.match(await refused(replica.query(text)), { code: 'PW003' })
      for (const [, client] of roles) t.match(await refused(client.query(text)), { code: '42501' })
    }
  }
})

t.test('what was written once stays', async (t) => {
  const changes = {
    transitions: `event = 'GO'`,
    plans: `reason = 'another'`,
    plan_steps: `args = '{"amount": 5}'`,
  }
  for (const [table, change] of Object.entries(changes)) {
    await refusedForAll(t, table, (name) => `update ${name} set ${change} ${where}`, 'PW005')
    await refusedForAll(t, table, (name) => `delete from ${name} ${where}`, 'PW005')
    await refusedForAll(t, table, (name) => `truncate ${name} cascade`, 'PW005')
  }
})

t.test('every guard stands in every month, also for a replica’s session', async (t) => {
  await world.query('select pawl.make_months(5)')
  const rows = await world.rows(
    `select g.tgrelid::regclass::text as name, g.tgname, g.tgenabled
     from pg_trigger as g
     join pg_class as c on c.oid = g.tgrelid
     where c.relnamespace = 'pawl'::regnamespace
       and not g.tgisinternal`,
  )
  t.same(new Set(rows.map((row) => row['tgenabled'])), new Set(['A']))
  const guards: Record<string, string[]> = {
    tasks: ['accept_task', 'check_moves', 'refuse_change', 'refuse_truncate', 'start_tasks'],
    transitions: ['check_joins', 'refuse_change', 'refuse_truncate'],
    plans: ['refuse_change', 'refuse_truncate'],
    plan_steps: ['refuse_change', 'refuse_truncate'],
    schedules: ['check_schedule'],
  }
  const tables = await world.rows<{ name: string; parent: string }>(
    `select c.oid::regclass::text as name,
       regexp_replace(c.relname, '_\\d{4}_\\d\\d$', '') as parent
     from pg_class as c
     where c.relnamespace = 'pawl'::regnamespace and c.relkind in ('r', 'p')
       and c.relname <> 'tasks_unplaced'`,
  )
  for (const { name, parent } of tables) {
    const names = rows.filter((row) => row['name'] === name).map((row) => row['tgname'])
    t.same(names.sort(), guards[parent] ?? [], name)
  }
  t.ok(tables.length > 6 * 13)
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
