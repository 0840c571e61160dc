/** A move that the database will not write stops its task by name; it is not tried for ever. */
import t from 'tap'
import { type AnyStateMachine, createMachine, sendParent, setup } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { failOnce } from '../fixtures/fail_once.ts'
import { worldOf } from '../fixtures/workers.ts'

t.setTimeout(120_000)

const PRIVATE = 'the name of a patient'

/** Each goes to `full` for another cause. */
const ways = {
  start: { initial: 'full', states: {} },
  event: { initial: 'idle', states: { idle: { on: { GO: 'full' } } } },
  timer: { initial: 'idle', states: { idle: { after: { 1: 'full' } } } },
  step: {
    initial: 'working',
    states: { working: { invoke: { id: 'work', src: 'work', onDone: 'full' } } },
  },
  child: {
    initial: 'asking',
    states: { asking: { invoke: { id: 'ask', src: 'child', input: {} }, on: { SAID: 'full' } } },
  },
} as const

const says = createMachine({
  id: 'says',
  initial: 'saying',
  states: { saying: { entry: sendParent({ type: 'SAID' }), on: { END: 'done' } }, done: {} },
})

function appOfWays(work: () => Promise<unknown>): App {
  const input = z.looseObject({})
  const child = defineMachine(says, { input, actors: {} })
  const machines = Object.entries(ways).map(([id, { initial, states }]) => {
    const machine = createMachine({
      id,
      initial,
      states: { ...states, full: { on: { END: 'done' } }, done: { type: 'final' } },
    })
    const actors = { ...(id === 'step' && { work }), ...(id === 'child' && { child }) }
    return defineMachine(machine, { input, actors })
  })
  return defineApp({ machines: [child, ...machines] })
}

t.test('whatever it is that causes such a move, the task stops, and goes on later', async (t) => {
  let worked = 0
  const world = await worldOf(
    t,
    appOfWays(async () => ++worked),
    await freshDatabase(t),
  )
  await world.work()
  const before = await world.submit('start')
  await world.becomes(before, 'waiting')
  await world.query(
    `alter table pawl.tasks add constraint full_is_full check (state <> 'full') not valid`,
  )
  const stopped = new Map<string, string>()
  for (const way of Object.keys(ways)) {
    stopped.set(way, await world.submit(way, { patient: PRIVATE }))
  }
  const { rows } = await world.query<{ id: string }>('select pawl.fork_task($1, 1) as id', [before])
  stopped.set('fork', rows[0]?.id ?? '')
  await world.query('select pawl.send_event($1, $2)', [stopped.get('event'), { type: 'GO' }])
  for (const [way, task_id] of stopped) {
    const seen = await world.becomes(task_id)
    t.match(
      seen,
      { status: 'failed', error: { code: '23514', message: /"full_is_full"$/, hint: /retry/ } },
      way,
    )
    t.notMatch(JSON.stringify(seen.error), PRIVATE)
    t.not(seen.state, 'full')
  }
  t.same(
    (
      await world.query('select status, output from pawl.steps where task_id = $1', [
        stopped.get('step'),
      ])
    ).rows,
    [{ status: 'succeeded', output: 1 }],
  )
  const failed = 'select from graphile_worker._private_jobs where last_error is not null'
  t.equal((await world.query(failed)).rows.length, 0, 'no job failed')
  t.same(await world.verify(), [])

  await world.query('alter table pawl.tasks drop constraint full_is_full')
  for (const [way, task_id] of stopped) {
    await world.query('select pawl.retry_task($1)', [task_id])
    t.match(await world.becomes(task_id, 'waiting'), { state: 'full', error: null }, way)
  }
  t.equal(worked, 1, 'what the step brought is taken, and it does not run again')
  t.same(await world.verify(), [])
})

t.test('what may pass by itself stops nobody', async (t) => {
  const world = await worldOf(
    t,
    appOfWays(async () => null),
    await freshDatabase(t),
  )
  await failOnce(world, '40P01', `pawl.tasks for each row when (new.state = 'full')`)
  await world.work()
  const task_id = await world.submit('start')
  t.match(await world.becomes(task_id, 'waiting'), { state: 'full', error: null })
})

t.test('a delay beyond all calendars stops the task by name, where it stands', async (t) => {
  const machine: AnyStateMachine = setup({ delays: { long: () => 1e17 } }).createMachine({
    id: 'patient',
    initial: 'waiting',
    states: { waiting: { after: { long: 'done' } }, done: { type: 'final' } },
  })
  const app = defineApp({
    machines: [defineMachine(machine, { input: z.object({}), actors: {} })],
  })
  const world = await worldOf(t, app, await freshDatabase(t))
  await world.work()
  const task_id = await world.submit('patient')
  t.match(await world.becomes(task_id), {
    status: 'failed',
    state: '(new)',
    error: { code: 'PW603', message: /came out as 100000000000000000$/, hint: /a hundred years/ },
  })
  t.same(await world.verify(), [])
})
