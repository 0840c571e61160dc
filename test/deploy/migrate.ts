/** Tasks in flight go from one version of their machine to another, by the state map. */
import t from 'tap'
import { deployApp } from '../../src/app/deploy.ts'
import { retellTasks } from '../../src/app/retell.ts'
import { connect } from '../../src/client.ts'
import { stoppedClock } from '../fixtures/database.ts'
import { DAY_MS, deliveryApp, withOneMoreEvent } from '../fixtures/deliveries.ts'
import { gated } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

t.setTimeout(120_000)

const MOVE = { map: [], migrate: true, drain: false, dry_run: false }
const PHONES = { ...MOVE, map: ['calling=phoning'] }

const diary = async (world: World, task_id: string) => {
  const { rows } = await world.query(
    `select e.from_state || ' ' || t.event || ' ' || e.to_state as move, m.version
     from pawl.transitions as t
     join pawl.machine_edges as e using (machine_id, edge_no)
     join pawl.machines as m using (machine_id)
     where t.task_id = $1 order by t.revision`,
    [task_id],
  )
  return rows.map((row) => `${row['version']}: ${row['move']}`)
}

const steps = async (world: World, task_id: string) =>
  (
    await world.query(
      `select src, status, input from pawl.steps where task_id = $1 order by step_no`,
      [task_id],
    )
  ).rows

const send = (world: World, task_id: string, type: string) =>
  world.query('select pawl.send_event(task_id => $1, event => $2)', [task_id, { type }])

t.test('a task goes where the map says, with a diary entry, and ends there', async (t) => {
  const call = gated()
  const world = await worldOf(t, deliveryApp(1, { call: call.work }))
  const worker = await world.work()
  const task_id = await world.submit('delivery', { to: 'ada' })
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, 'PACKED')
  await until('it calls', () => call.begun() === 1)

  const deployed = await deployApp(world.url, deliveryApp(2), PHONES)
  t.same(deployed?.migrations.get('delivery'), { moved: 1, left: new Map() })
  t.match(await world.task(task_id), {
    state: 'phoning',
    status: 'ready',
    snapshot: {
      value: 'phoning',
      context: { to: 'ada', version: 1 },
      children: { phone: { src: 'phone' } },
    },
  })
  t.same(await steps(world, task_id), [
    { src: 'call', status: 'stopped', input: { to: 'ada' } },
    { src: 'phone', status: 'open', input: { to: 'ada' } },
  ])
  t.same(await world.verify(), [])

  // Whoever had the old step in hand is told that it is over.
  call.open()
  await worker.stop()
  const newer = await worldOf(t, deliveryApp(2), world)
  await newer.work()
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, 'REPLIED')
  t.match(await world.becomes(task_id), { status: 'succeeded', output: { version: 1 } })
  t.same(await diary(world, task_id), [
    '1: (new) pawl.created (new)',
    '1: (new) pawl.started asked',
    '1: asked PACKED calling',
    '2: calling pawl.migrated phoning',
    '2: phoning xstate.done.actor.phone waiting',
    '2: waiting REPLIED filing',
    '2: filing xstate.done.actor.file done',
  ])
  t.same(await world.verify(), [])
})

t.test('a task that had not begun is told again, and forked, as any other', async (t) => {
  const world = await worldOf(t, deliveryApp(1))
  const task_id = await world.submit('delivery', { to: 'ada' })
  await deployApp(world.url, deliveryApp(2), MOVE)
  const again = await worldOf(t, withOneMoreEvent(), world)
  await deployApp(world.url, withOneMoreEvent(), MOVE)
  await again.work()
  await again.becomes(task_id, 'waiting')
  t.same((await diary(world, task_id)).slice(0, 4), [
    '1: (new) pawl.created (new)',
    '2: (new) pawl.migrated (new)',
    '3: (new) pawl.migrated (new)',
    '3: (new) pawl.started asked',
  ])
  const client = await connect(world.url)
  t.teardown(() => client.close())
  for (const revision of [1, 3]) {
    const fork_id = await client.fork(task_id, revision)
    t.match(await again.becomes(fork_id, 'waiting'), { state: 'asked' })
  }
  const told = await retellTasks(world.url, withOneMoreEvent())
  t.same(told, { told: 3, skipped: 0, breaches: [] })
  t.same(await world.verify(), [])
})

t.test(
  'a state of the same name keeps its timer, which then leads on in the new chart',
  async (t) => {
    const world = await worldOf(t, deliveryApp(1))
    const worker = await world.work()
    const task_id = await world.submit('delivery', { to: 'ada' })
    await world.becomes(task_id, 'waiting')
    await send(world, task_id, 'WAIT')
    await until('it waits', async () => (await world.task(task_id)).state === 'waiting')
    await worker.stop()
    const timers = async () => (await world.query('select timer_id, fire_at from pawl.timers')).rows
    const before = await timers()
    t.equal(before.length, 1)
    await deployApp(world.url, deliveryApp(2), MOVE)
    t.same(await timers(), before)
    await world.query('update pawl.timers set fire_at = pawl.clock()')
    await (await worldOf(t, deliveryApp(2), world)).work()
    t.match(await world.becomes(task_id), { status: 'succeeded' })
    t.match(await diary(world, task_id), {
      length: 6,
      4: `2: waiting xstate.after.${DAY_MS}.delivery.waiting filing`,
    })
  },
)

t.test('a delay of the new state runs from the move', async (t) => {
  const check = gated()
  const world = await worldOf(t, deliveryApp(1, { check: check.work }))
  const tick = await stoppedClock(world)
  const worker = await world.work()
  const task_id = await world.submit('delivery', { to: 'ada' })
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, 'CHECK')
  await until('it checks', () => check.begun() === 1)
  const at = await tick(1000)
  await deployApp(world.url, deliveryApp(2), { ...MOVE, map: ['checking=waiting'] })
  const { rows } = await world.query('select timer_id, fire_at from pawl.timers')
  t.same(rows, [
    {
      timer_id: `xstate.after.${DAY_MS}.delivery.waiting`,
      fire_at: new Date(at.getTime() + DAY_MS),
    },
  ])
  t.match(await world.task(task_id), { state: 'waiting', status: 'waiting' })
  check.open()
  await worker.stop()
  t.same(await world.verify(), [])
})

t.test('a result that arrives after the move is kept, and the new version takes it', async (t) => {
  const call = gated()
  const world = await worldOf(t, deliveryApp(1, { call: call.work }))
  const old = await world.work()
  const task_id = await world.submit('delivery', { to: 'ada' })
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, 'PACKED')
  await until('it calls', () => call.begun() === 1)
  // The same function stands behind the same invoke of another structure: only an event is new.
  await deployApp(world.url, withOneMoreEvent(), MOVE)
  t.match(await steps(world, task_id), [{ src: 'call', status: 'open' }])
  call.open()
  await until('the result is there', async () => {
    const [step] = await steps(world, task_id)
    return step?.['status'] === 'succeeded'
  })
  t.match(await world.task(task_id), { state: 'calling' })
  await old.stop()
  await (await worldOf(t, withOneMoreEvent(), world)).work()
  await until('it waits', async () => (await world.task(task_id)).state === 'waiting')
  const { rows } = await world.query('select outcome from pawl.attempts where task_id = $1', [
    task_id,
  ])
  t.same(rows, [{ outcome: 'succeeded' }])
  t.same(await world.verify(), [])
})

t.test('a deploy that is killed midway goes on when it is run again', async (t) => {
  const world = await worldOf(t, deliveryApp(1))
  await world.query(
    `insert into pawl.tasks (machine, input)
     select 'delivery', '{"to": "ada"}' from generate_series(1, 450)`,
  )
  const onBatch = () => {
    throw new Error('killed')
  }
  await t.rejects(deployApp(world.url, deliveryApp(2), { ...MOVE, onBatch }), { message: 'killed' })
  const counts = async () =>
    (await world.query('select version, tasks::integer from pawl.tasks_in_flight order by 1')).rows
  t.same(await counts(), [
    { version: 1, tasks: 250 },
    { version: 2, tasks: 200 },
  ])
  const again = await deployApp(world.url, deliveryApp(2), MOVE)
  t.match(again, { migrations: new Map([['delivery', { moved: 250 }]]), staying: [] })
  t.same(await counts(), [{ version: 2, tasks: 450 }])
  t.same(await world.verify(), [])
})

t.test('a task that somebody holds is moved when it is let go', async (t) => {
  const world = await worldOf(t, deliveryApp(1))
  const task_id = await world.submit('delivery', { to: 'ada' })
  await world.query('begin')
  await world.query('select from pawl.tasks where task_id = $1 for no key update', [task_id])
  const deployed = deployApp(world.url, deliveryApp(2), MOVE)
  const watch = await world.as()
  await until('it was passed over', async () => {
    const { rows } = await watch.query(`select count(*) > 0 as met from pawl.machine_edges
      where event = 'pawl.migrated'`)
    return rows[0]?.['met'] === true
  })
  await world.query('commit')
  t.match((await deployed)?.migrations.get('delivery'), { moved: 1, left: new Map() })
})
