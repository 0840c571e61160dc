/** What is the engine's is set by the engine, whoever inserts and wherever. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { roles } = world
const SECRET = 'a secret of the caller'
const MINE = '0190a0b0-c0d0-7000-8000-000000000000'
const SET: Record<string, unknown> = {
  state: 'done',
  status: 'succeeded',
  revision: 7,
  snapshot: '{}',
  output: '{}',
  error: '{}',
  tenant: 'default',
  machine_id: 1,
  submitted_by: 'somebody else',
  parent_task_id: MINE,
  parent_step_no: 1,
  planned: true,
  steps_opened: 1,
  forked_from_task_id: MINE,
  forked_from_revision: 1,
  woken_at: '2026-01-01',
  created_at: '2026-01-01',
  updated_at: '2026-01-01',
  finished_at: '2026-01-01',
}

const leaf = await world.value<string>(
  `select inhrelid::regclass::text from pg_inherits
   where inhparent = 'pawl.tasks'::regclass order by 1 limit 1`,
)

t.test('a column that is the engine’s is refused by its name', async (t) => {
  const before = await world.counted()
  for (const table of ['pawl.tasks', leaf]) {
    for (const [column, value] of Object.entries(SET)) {
      const text = `insert into ${table} (machine, input, key, ${column})
        values ('errand', '{"n": 1}', '${SECRET}', $1)`
      const answer = await refused(world.query(text, [value]))
      t.match(answer, { code: 'PW107', message: new RegExp(`^${column} is set`), hint: /labels/ })
      t.notMatch(answer.whole, SECRET)
    }
  }
  const { columns } = (
    await world.rows<{ columns: string[] }>(
      `select array_agg(attname::text) as columns from pg_attribute
     where attrelid = 'pawl.tasks'::regclass and attnum > 0 and not attisdropped`,
    )
  )[0] ?? { columns: [] }
  const free = ['task_id', 'machine', 'input', 'key', 'labels', 'budget', 'priority', 'run_at']
  t.same(new Set([...free, ...Object.keys(SET)]), new Set(columns), 'that is all the columns')
  t.same(await world.counted(), before)
})

t.test('the submitter hears the same as the owner', async (t) => {
  for (const column of ['state', 'status', 'revision', 'snapshot', 'submitted_by']) {
    const text = `insert into pawl.tasks (machine, input, ${column}) values ('errand', '{"n": 1}', $1)`
    t.match(await refused(roles.pawl_submitter.query(text, [SET[column]])), { code: 'PW107' })
  }
})

t.test('the other roles insert nothing at all', async (t) => {
  for (const role of ['pawl_worker', 'pawl_reviewer', 'pawl_observer'] as const) {
    const text = `insert into pawl.tasks (machine, input) values ('errand', '{"n": 1}')`
    t.match(await refused(roles[role].query(text)), { code: '42501' })
    const call = `select pawl.submit_task('errand', '{"n": 1}')`
    t.match(await refused(roles[role].query(call)), { code: '42501' })
  }
})

t.test('a task_id of the caller’s own is refused', async (t) => {
  const before = await world.counted()
  const now = await world.value<string>('select pawl.new_task_id()')
  await world.tick(1)
  const insert = (task_id: string) =>
    `insert into pawl.tasks (task_id, machine, input, key)
     values (${task_id}, 'errand', '{"n": 1}', '${SECRET}')`
  for (const client of [roles.pawl_submitter, world.sql]) {
    const answer = await refused(client.query(insert(`'${now}'`)))
    t.match(answer, { code: 'PW107', hint: /key/ })
    // An id of no month that there is meets the same trigger.
    for (const other of ['null', `'${MINE}'`, 'gen_random_uuid()']) {
      const nowhere = await refused(client.query(insert(other)))
      t.match(nowhere, { code: 'PW107' })
      t.notMatch(nowhere.whole, SECRET)
    }
    await client.query(`set pawl.minted_task_id = '${now}'`)
    t.match(await refused(client.query(insert(`'${now}'`))), { code: 'PW107' })
  }
  t.same(await world.counted(), before)
})

t.test('ids are UUIDs of version 7, in the order of the clock', async (t) => {
  const first = await world.submit()
  await world.tick(1)
  const second = await world.submit()
  t.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.ok(first < second)
})

t.test('a task may be inserted by the expression that is another task’s input', async (t) => {
  const { rows } = await roles.pawl_submitter.query(
    `insert into pawl.tasks (input, machine)
     select jsonb_build_object('n', length(pawl.submit_task('errand', '{"n": 1}')::text)), 'errand'
     from generate_series(1, 3)
     returning input`,
  )
  t.same(rows, Array(3).fill({ input: { n: 36 } }))
})

t.test('the engine fills in who, when and where', async (t) => {
  const task_id = await world.submit({ labels: '{"team": "a"}', priority: -5 })
  const [task] = await world.rows(
    `select t.tenant, t.state, t.status, t.revision, t.planned, t.priority, t.labels,
       t.submitted_by = session_user as by_login, t.created_at = pawl.clock() as now,
       m.version
     from pawl.tasks as t join pawl.machines as m using (machine_id)
     where t.task_id = $1`,
    [task_id],
  )
  t.same(task, {
    tenant: 'default',
    state: '(new)',
    status: 'ready',
    revision: '0',
    planned: false,
    priority: -5,
    labels: { team: 'a' },
    by_login: true,
    now: true,
    version: 1,
  })
})
