/** The edges' numbers are the database's, whatever a release of pawl would number them. */
import t from 'tap'
import { registerApp } from '../../src/app/register.ts'
import { oneStep } from '../fixtures/small_machines.ts'
import { worldOf } from '../fixtures/workers.ts'

const edges = `select edge_no, from_state, event, to_state from pawl.machine_edges order by edge_no`

t.test('moves that an older release did not know are added under new numbers', async (t) => {
  const app = oneStep(async () => 7)
  const world = await worldOf(t, app)
  const before = (await world.query(edges)).rows
  const gone = before.filter((edge) => edge['event'] === 'pawl.retried')
  t.ok(gone.length > 0)
  await world.query(`delete from pawl.machine_edges where event = 'pawl.retried'`)
  await registerApp(world.url, app)
  const after = (await world.query(edges)).rows
  t.same(
    after.slice(0, before.length - gone.length),
    before.filter((it) => !gone.includes(it)),
  )
  const added = after.slice(before.length - gone.length)
  t.same(
    added.map(({ edge_no: _, ...edge }) => edge),
    gone.map(({ edge_no: _, ...edge }) => edge),
  )
  t.same(
    added.map((edge) => edge['edge_no']),
    gone.map((_, index) => before.length + index),
  )
})

t.test('a worker moves by the numbers of the rows, and not by its own', async (t) => {
  const world = await worldOf(
    t,
    oneStep(async () => 7),
  )
  await world.query(`
    create temporary table shuffled as
      select machine_id, case edge_no when 0 then 0 else 1000 - edge_no end as edge_no,
        from_state, event, to_state, kind
      from pawl.machine_edges;
    delete from pawl.machine_edges;
    insert into pawl.machine_edges select * from shuffled`)
  const task_id = await world.submit('one')
  await world.work()
  t.match(await world.becomes(task_id), { status: 'succeeded', output: 7 })
  const { rows } = await world.query(
    `select edge_no from pawl.transitions where task_id = $1 and revision > 0`,
    [task_id],
  )
  t.ok(rows.every((row) => row['edge_no'] > 900))
})

t.test('a worker that knows moves the database does not is told to register', async (t) => {
  const world = await worldOf(
    t,
    oneStep(async () => 7),
  )
  await world.query(`delete from pawl.machine_edges where event = 'pawl.stopped'`)
  await t.rejects(world.work(), {
    code: 'PW102',
    message: /machine one version 1 .* did not know pawl\.stopped/,
    hint: /pawl register --app FILE.*--keep-current/,
  })
})

t.test('a version registered again with keep_current leaves the current one current', async (t) => {
  const old = oneStep(async () => 7)
  const world = await worldOf(t, old)
  await world.query(`
    insert into pawl.machines
      (machine, version, definition_hash, definition, current, registered_at)
    values ('one', 2, 'newer', '{}', false, pawl.clock());
    update pawl.machines set current = false;
    update pawl.machines set current = true where version = 2`)
  await registerApp(world.url, old, { keep_current: true })
  const current = `select version from pawl.machines where current`
  t.same((await world.query(current)).rows, [{ version: 2 }])
  await registerApp(world.url, old)
  t.same((await world.query(current)).rows, [{ version: 1 }])
})
