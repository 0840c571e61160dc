/** A move that is no edge of the chart stops its task, whoever finds it: the host or the database. */
import t from 'tap'
import { createMachine } from 'xstate'
import { freshDatabase } from '../fixtures/database.ts'
import { appOf } from '../fixtures/small_machines.ts'
import { worldOf } from '../fixtures/workers.ts'

t.test('an edge that went missing while it was served: the database finds it', async (t) => {
  let worked = 0
  const machine = createMachine({
    id: 'walk',
    initial: 'working',
    states: {
      working: { invoke: { id: 'work', src: 'work', onDone: 'resting' } },
      resting: { on: { GO: 'done' } },
      done: { type: 'final' },
    },
  })
  const world = await worldOf(
    t,
    appOf(machine, async () => ({ no: ++worked })),
    await freshDatabase(t),
  )
  await world.work()
  const { rows: edges } = await world.query(
    `delete from pawl.machine_edges where from_state = 'working' and to_state = 'resting' returning *`,
  )
  t.equal(edges.length, 1)
  const task_id = await world.submit('walk')
  t.match(await world.becomes(task_id), {
    status: 'failed',
    state: 'working',
    error: {
      code: 'PW003',
      message: 'not an edge of the chart: working → resting on xstate.done.actor.work',
      hint: /pawl register --app FILE/,
    },
  })
  t.same(
    (await world.query('select status, output from pawl.steps where task_id = $1', [task_id])).rows,
    [{ status: 'succeeded', output: { no: 1 } }],
  )
  t.same(await world.verify(), [])
  await world.query(
    'insert into pawl.machine_edges select * from jsonb_populate_recordset(null::pawl.machine_edges, $1)',
    [JSON.stringify(edges)],
  )
  await world.query('select pawl.retry_task($1)', [task_id])
  t.match(await world.becomes(task_id, 'waiting'), { state: 'resting', error: null })
  t.equal(worked, 1)
  t.same(await world.verify(), [])
})

t.test('a guard that changes its mind within one move: the host finds it', async (t) => {
  let steady = false
  let asked = 0
  const machine = createMachine(
    {
      id: 'fickle',
      initial: 'working',
      states: {
        working: {
          invoke: { id: 'work', src: 'work', onDone: { target: 'picked', guard: 'ripe' } },
        },
        picked: { always: { target: 'eaten', guard: 'ripe' } },
        eaten: { on: { END: 'done' } },
        done: { type: 'final' },
      },
    },
    { guards: { ripe: () => steady || ++asked < 3 } },
  )
  let worked = 0
  const world = await worldOf(
    t,
    appOf(machine, async () => ++worked),
    await freshDatabase(t),
  )
  await world.work()
  const task_id = await world.submit('fickle')
  t.match(await world.becomes(task_id), {
    status: 'failed',
    state: 'working',
    error: {
      code: 'PW003',
      message: `machine 'fickle': 'xstate.done.actor.work' led from 'working' to 'picked', which is no edge of its chart`,
      hint: /a guard that changes its mind/,
    },
  })
  steady = true
  await world.query('select pawl.retry_task($1)', [task_id])
  t.match(await world.becomes(task_id, 'waiting'), { state: 'eaten', error: null })
  t.equal(worked, 1, 'its step’s result was stored')
  t.same(await world.verify(), [])
})
