/** Task, diary row 0, budget and wake-up: all of them or none, for any number of tasks. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const MANY = `insert into pawl.tasks (machine, input)
  select 'errand', jsonb_build_object('n', n) from generate_series(1, $1::integer) as n`

t.test('a task comes with its diary, its budget and its wake-up', async (t) => {
  const before = await world.counted()
  const task_id = await world.submit({ budget: '{"microusd": 200000, "tokens": 5000}' })
  const after = await world.counted()
  for (const table of ['tasks', 'transitions', 'budgets', 'jobs']) {
    t.equal(Number(after[table]) - Number(before[table]), 1, table)
  }
  t.match(
    await world.rows(
      `select revision, cause, event, from_state, to_state, edge_no from pawl.transitions
       where task_id = $1`,
      [task_id],
    ),
    [{ revision: '0', cause: 'start', event: 'pawl.created', from_state: '(new)', edge_no: 0 }],
  )
  t.match(
    await world.rows('select cap_microusd, cap_tokens from pawl.budgets where task_id = $1', [
      task_id,
    ]),
    [{ cap_microusd: '200000', cap_tokens: '5000' }],
  )
})

t.test('what a budget leaves out is as the machine has it', async (t) => {
  await world.register('frugal', { budget: { microusd: 300_000, tool_calls: 5 } })
  const task_id = await world.submit({ machine: 'frugal', budget: '{"tool_calls": 9}' })
  const [budget] = await world.rows(
    'select cap_microusd, cap_tool_calls, cap_tokens from pawl.budgets where task_id = $1',
    [task_id],
  )
  t.same(budget, { cap_microusd: '300000', cap_tool_calls: '9', cap_tokens: null })
})

t.test('a rollback of the caller’s own work takes the task along', async (t) => {
  const before = await world.counted()
  const client = await world.as('pawl_submitter')
  await client.query('begin')
  await client.query(MANY, [3])
  await client.query('rollback')
  t.same(await world.counted(), before)
})

t.test('one bad row of many leaves nothing of the others', async (t) => {
  const before = await world.counted()
  const answer = await refused(
    world.roles.pawl_submitter.query(
      `insert into pawl.tasks (machine, input)
       select 'errand', case when n = 900 then '{"n": "x"}' else jsonb_build_object('n', n) end
       from generate_series(1, 1000) as n`,
    ),
  )
  t.match(answer, { code: 'PW101' })
  t.same(await world.counted(), before)
})

t.test('a thousand rows are one notification and twenty wake-ups of fifty', async (t) => {
  const listener = await world.as()
  const heard: (string | undefined)[] = []
  listener.on('notification', ({ payload }) => heard.push(payload))
  await listener.query('listen "jobs:insert"')
  const before = await world.counted()
  await world.roles.pawl_submitter.query(MANY, [1000])
  await listener.query('select 1')
  const after = await world.counted()
  t.equal(heard.length, 1)
  t.equal(Number(after['jobs']) - Number(before['jobs']), 20)
  t.equal(Number(after['tasks']) - Number(before['tasks']), 1000)
})

t.test(
  'wake-ups of one job agree in machine and priority, and what is for later has none',
  async (t) => {
    await world.query('delete from graphile_worker._private_jobs')
    await world.register('other')
    await world.roles.pawl_submitter.query(
      `insert into pawl.tasks (machine, input, priority, run_at)
     select m, '{"n": 1}', p, at
     from unnest(array['errand', 'other']) as m, unnest(array[0, 7]) as p,
       unnest(array[null, pawl.clock() + interval '1 day']) as at, generate_series(1, 2)`,
    )
    const jobs = await world.rows(
      `select k.identifier, j.priority, json_array_length(j.payload) as tasks,
       j.run_at > pawl.clock() as later
     from graphile_worker._private_jobs as j
     join graphile_worker._private_tasks as k on k.id = j.task_id
     order by 1, 2, 4`,
    )
    t.same(
      jobs,
      ['advance:errand:1', 'advance:other:1'].flatMap((identifier) =>
        [0, 7].flatMap((priority) => [{ identifier, priority, tasks: 2, later: false }]),
      ),
    )
  },
)

t.test('copy inserts tasks as any insert does', async (t) => {
  const before = await world.counted()
  await world.query(
    `copy pawl.tasks (machine, input) from program 'printf ''errand,{}\n'' | sed ''s/{}/"{""n"": 1}"/;p''' (format csv)`,
  )
  t.equal(Number((await world.counted())['budgets']) - Number(before['budgets']), 2)
})

t.test('an insert into a month’s own partition is an insert like any other', async (t) => {
  const before = await world.counted()
  const month = await world.value<string>(`select to_char(pawl.clock(), 'YYYY_MM')`)
  await world.query(`insert into pawl.tasks_${month} (machine, input, task_id)
    values ('errand', '{"n": 1}', pawl.new_task_id())`)
  const after = await world.counted()
  for (const table of ['tasks', 'transitions', 'budgets', 'jobs']) {
    t.equal(Number(after[table]) - Number(before[table]), 1, table)
  }
  t.same(await world.verify(), [])
})
