/**
 * A job is a wake-up and nothing more: it may come often, late or never.
 */
import t from 'tap'
import { createMachine } from 'xstate'
import { freshDatabase } from '../fixtures/database.ts'
import { appOf, gated, oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

const AN_AGE = `interval '31 seconds'`

const db = await freshDatabase(t)

t.test('fifty wake-ups of one task advance it once', async (t) => {
  const step = gated()
  const world = await worldOf(t, oneStep(step.work), db)
  const task_id = await world.submit('one')
  await world.query(
    `select graphile_worker.add_job('advance:one:1', json_build_array($1::text))
     from generate_series(1, 50)`,
    [task_id],
  )
  await Promise.all([world.work(), world.work()])
  await until('the wake-ups are used up', async () => (await jobs(world)) <= 1)
  step.open()
  await world.becomes(task_id, 'succeeded')
  await until('no job is left', async () => (await jobs(world)) === 0)
  t.equal(step.begun(), 1, 'its step ran once')
  const { rows } = await world.query(
    `select t.revision::integer, t.from_state, t.to_state, (
       select count(*)::integer from pawl.attempts as a where a.task_id = t.task_id) as attempts
     from pawl.transitions as t where t.task_id = $1 order by t.revision`,
    [task_id],
  )
  t.same(rows, [
    { revision: 0, from_state: '(new)', to_state: '(new)', attempts: 1 },
    { revision: 1, from_state: '(new)', to_state: 'working', attempts: 1 },
    { revision: 2, from_state: 'working', to_state: 'done', attempts: 1 },
  ])
  t.same(await world.verify(), [])
})

t.test('a task whose wake-up was lost is woken by the sweep', async (t) => {
  const world = await worldOf(
    t,
    oneStep(async () => 1),
    db,
  )
  const task_id = await world.submit('one')
  await loseJobs(world)
  const worker = await world.work()
  t.equal((await world.task(task_id)).status, 'ready', 'nobody knows of it')
  await longAgo(world)
  await world.becomes(task_id, 'succeeded')
  await worker.stop()
})

t.test('an event whose wake-up was lost is taken after the sweep has seen it', async (t) => {
  for (const tags of [[], ['review']]) {
    const world = await worldOf(
      t,
      appOf(
        createMachine({
          id: tags.length > 0 ? 'reviewed' : 'patient',
          initial: 'asking',
          states: { asking: { tags, on: { GO: 'done' } }, done: { type: 'final' } },
        }),
        async () => null,
      ),
      db,
    )
    const worker = await world.work()
    const task_id = await world.submit(tags.length > 0 ? 'reviewed' : 'patient')
    await world.becomes(task_id, tags.length > 0 ? 'review' : 'waiting')
    await worker.stop()
    await world.query(`select pawl.send_event($1, '{"type": "GO"}')`, [task_id])
    await loseJobs(world)
    await longAgo(world)
    await world.work()
    const seen = await world.becomes(task_id, 'succeeded')
    t.equal(seen.state, 'done', `from a state with tags ${JSON.stringify(tags)}`)
  }
})

t.test('a lost notification costs no more than one poll', async (t) => {
  const world = await worldOf(
    t,
    oneStep(async () => 1),
    db,
  )
  await world.work()
  await world.query('begin')
  const task_id = await world.submit('one')
  await world.query(`update graphile_worker._private_jobs set run_at = 'infinity'`)
  await world.query('commit')
  // Whoever was told has looked by the time that another, told of later, is done.
  await world.becomes(await world.submit('one'), 'succeeded')
  await until('nothing else is to be done', async () => (await jobs(world)) === 1)
  await world.becomes(await world.submit('one'), 'succeeded')
  await until('nothing else is to be done', async () => (await jobs(world)) === 1)
  // Nobody is told of an update.
  await world.query('update graphile_worker._private_jobs set run_at = now()')
  const { rows } = await world.query<{ now: Date }>('select now()')
  await world.becomes(task_id, 'succeeded')
  const { rows: ended } = await world.query<{ waited: number }>(
    `select extract(epoch from finished_at - $2)::float8 as waited from pawl.tasks where task_id = $1`,
    [task_id, rows[0]?.now],
  )
  t.ok((ended[0]?.waited ?? 99) < 3, `it was found after ${ended[0]?.waited} s`)
})

t.test('a timer fires by itself, once, and not before its time', async (t) => {
  const world = await worldOf(
    t,
    appOf(
      createMachine({
        id: 'resting',
        initial: 'asleep',
        states: { asleep: { after: { 300: 'awake' } }, awake: { type: 'final' } },
      }),
      async () => null,
    ),
    db,
  )
  await world.work()
  const task_id = await world.submit('resting')
  const seen = await world.becomes(task_id, 'succeeded')
  t.equal(seen.revision, 2)
  const { rows } = await world.query(
    `select b.cause, b.created_at - a.created_at >= interval '300 milliseconds' as in_time
     from pawl.transitions as a
     join pawl.transitions as b using (task_id)
     where task_id = $1 and a.revision = 1 and b.revision = 2`,
    [task_id],
  )
  t.same(rows, [{ cause: 'timer', in_time: true }])
  t.same((await world.query('select * from pawl.timers')).rows, [])
})

async function jobs(world: World): Promise<number> {
  const { rows } = await world.query<{ jobs: number }>(
    'select count(*)::integer as jobs from graphile_worker._private_jobs',
  )
  return rows[0]?.jobs ?? 0
}

async function loseJobs(world: World): Promise<void> {
  await world.query('delete from graphile_worker._private_jobs')
}

/** As if every wake-up had been more than the sweep's patience ago. */
async function longAgo(world: World): Promise<void> {
  await world.query(
    `update pawl.tasks set woken_at = woken_at - ${AN_AGE}, run_at = run_at - ${AN_AGE}`,
  )
  await world.query(`update pawl.events set created_at = created_at - ${AN_AGE}`)
}
