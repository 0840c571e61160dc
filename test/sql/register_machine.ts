/** Machines become rows: the same definition is the same version, another one is the next. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { CHART, INPUT_SCHEMA, newStep, registration, startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const versions = (machine: string) =>
  world.rows('select version, current from pawl.machines where machine = $1 order by 1', [machine])

t.test('a machine’s states and edges are rows', async (t) => {
  const { machine_id, version } = await world.register('plain')
  t.equal(version, 1)
  t.same(
    await world.rows(
      `select state, final, outcome, tags, meta, invokes from pawl.machine_states
       where machine_id = $1 order by state collate "C"`,
      [machine_id],
    ),
    CHART.states.toSorted((a, b) => (a.state < b.state ? -1 : 1)),
  )
  t.same(
    await world.rows(
      `select edge_no, from_state, event, to_state, kind from pawl.machine_edges
       where machine_id = $1 order by edge_no`,
      [machine_id],
    ),
    CHART.edges,
  )
})

t.test('the same definition again is the same version', async (t) => {
  const one = await world.register('same')
  const again = await world.rows('select * from pawl.register_machine($1)', [registration('same')])
  t.match(again, [{ version: 1, is_new: false }])
  t.equal((await world.register('same')).machine_id, one.machine_id)
  t.equal((await versions('same')).length, 1)
})

t.test('another structure or other schemas are the next version, and current', async (t) => {
  await world.register('grown')
  const changes = [
    { definition: { id: 'grown', more: true } },
    { input_schema: { type: 'object' } },
    { output_schema: { type: 'string' } },
    { planned: true },
  ]
  for (const [index, change] of changes.entries()) {
    t.match(await world.register('grown', change), { version: index + 2 })
  }
  t.same(
    (await versions('grown')).filter((row) => row['current']),
    [{ version: 5, current: true }],
  )
})

t.test('budget, tools and warnings follow the newest registration of a version', async (t) => {
  await world.register('tuned', { budget: { tokens: 5 } })
  t.match(await world.register('tuned', { budget: { tokens: 7 } }), { version: 1 })
  const budget = `select budget from pawl.machines where machine = 'tuned'`
  t.same(await world.value(budget), { tokens: 7 })
})

t.test('an older definition registered again is current again', async (t) => {
  await world.register('back')
  await world.register('back', { planned: true })
  t.match(await world.register('back'), { version: 1 })
  t.same(await versions('back'), [
    { version: 1, current: true },
    { version: 2, current: false },
  ])
})

t.test('a task stays on the version it began on', async (t) => {
  await world.register('moving')
  const worker_id = await world.worker(['moving:1'])
  const task_id = await world.submit({ machine: 'moving' })
  await world.register('moving', { input_schema: { ...INPUT_SCHEMA, required: [] } })
  const later = await world.submit({ machine: 'moving', input: {} })
  const open_steps = [newStep(1)]
  t.same(await world.commit(startItem(task_id, worker_id, { open_steps })), ['accepted'])
  const version = `select m.version from pawl.tasks join pawl.machines as m using (machine_id)
    where task_id = $1`
  t.equal(await world.value(version, [task_id]), 1)
  t.equal(await world.value(version, [later]), 2)
  const stranded = await world.rows('select task_id, version from pawl.stranded_tasks')
  t.same(stranded, [{ task_id: later, version: 2 }])
})

t.test('a worker finds its machine by what it is, and nothing where it is new', async (t) => {
  const { machine_id } = await world.register('found')
  const find = (more?: object) =>
    world.roles.pawl_worker.query(
      'select machine_id::integer, version from pawl.find_machine($1)',
      [registration('found', more)],
    )
  t.same((await find()).rows, [{ machine_id, version: 1 }])
  t.same((await find({ planned: true })).rows, [])
})

t.test('schemas and budgets that cannot be kept are refused', async (t) => {
  const wrong = async (code: string, more: object) => {
    const text = 'select * from pawl.register_machine($1)'
    t.match(await refused(world.query(text, [registration('wrong', more)])), { code, hint: /./ })
  }
  await wrong('PW105', { budget: { microusd: 5 } })
  await wrong('PW603', { input_schema: { type: 'object', unheardOf: 1 } })
  await wrong('PW603', { output_schema: { type: 'string', pattern: '(?<=a)b(' } })
  t.same(await versions('wrong'), [])
})

t.test('an edge between states that are not there is refused by the table', async (t) => {
  const edges = [{ edge_no: 0, from_state: '(new)', event: 'x', to_state: 'gone', kind: 'machine' }]
  const text = 'select * from pawl.register_machine($1)'
  const work = world.query(text, [registration('torn', { chart: { ...CHART, edges } })])
  t.match(await refused(work), { code: '23503', constraint: 'an_edge_reaches_a_state' })
  t.same(await versions('torn'), [])
})

t.test('two who register one machine at once make one version', async (t) => {
  const [one, two] = [await world.as(), await world.as()]
  const text = 'select version, is_new from pawl.register_machine($1)'
  await one.query('begin')
  const first = await one.query(text, [registration('raced')])
  const second = two.query(text, [registration('raced')])
  await world.waiting()
  await one.query('commit')
  t.same(first.rows, [{ version: 1, is_new: true }])
  t.same((await second).rows, [{ version: 1, is_new: false }])
})

t.test('only the owner registers, prices and opens pools', async (t) => {
  for (const client of Object.values(world.roles)) {
    for (const text of [
      `select pawl.register_machine('{}')`,
      `select pawl.set_prices('[]')`,
      `select pawl.open_pool('mine', 1000000)`,
    ]) {
      t.match(await refused(client.query(text)), { code: '42501' })
    }
  }
})

t.test('the first inserts for a machine wait for nobody’s open transaction', async (t) => {
  await world.register('brand_new')
  const insert = `insert into pawl.tasks (machine, input) values ('brand_new', '{"n": 1}')`
  const person = await world.as('pawl_submitter')
  await person.query('begin')
  await person.query(insert)
  const other = await world.as('pawl_submitter')
  await other.query(`set statement_timeout = '1s'`)
  await other.query(insert)
  await person.query('rollback')
  t.equal(await world.value(`select count(*) from pawl.tasks where machine = 'brand_new'`), '1')
})
