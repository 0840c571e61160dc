/** What stood beside a step that failed (timers, events, other regions) goes on when it is retried. */
import t, { type Test } from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { type Actor, defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { worldOf } from '../fixtures/workers.ts'

async function ground(t: Test, app: App) {
  const world = await worldOf(t, app, await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  return { world, client }
}

const broken = Object.assign(new Error('it is broken'), { code: 'broken' })

t.test('siblings, timers and events of the stopped state go on with it', async (t) => {
  let isBroken = true
  const fragile: Actor = async () => {
    if (isBroken) throw broken
    return null
  }
  const machine = createMachine(
    {
      id: 'fragile',
      context: { faults: 0 },
      initial: 'waiting',
      states: {
        waiting: {
          after: { 3600000: 'late' },
          on: { GO: { guard: 'sound', target: 'working' }, STAY: {} },
        },
        working: { invoke: { id: 'work', src: 'work', onDone: 'done' } },
        done: { type: 'final' },
        late: { type: 'final' },
      },
    },
    {
      guards: {
        sound: () => {
          if (isBroken) throw new Error('the guard is broken')
          return true
        },
      },
    },
  )
  const made = defineMachine(machine, { input: z.object({}), actors: { work: fragile } })
  const { world, client } = await ground(t, defineApp({ machines: [made] }))
  await world.work()
  const task_id = await client.submit('fragile', {})
  await world.becomes(task_id, 'waiting')
  const timer = async () => {
    const { rows } = await world.query<{ left_s: number | null; in_s: number | null }>(
      `select round(left_ms / 1000.0)::integer as left_s,
         case when isfinite(fire_at) then round(extract(epoch from fire_at - pawl.clock()))::integer end as in_s
       from pawl.timers where task_id = $1`,
      [task_id],
    )
    return rows[0]
  }
  await client.send(task_id, { type: 'GO' })
  t.match(await world.becomes(task_id), { status: 'failed', error: { code: 'machine_fault' } })
  const asleep = await timer()
  t.ok((asleep?.left_s ?? 0) > 3500, 'the timer sleeps')
  t.equal(asleep?.in_s, null)
  t.same(await world.verify(), [])
  isBroken = false
  await client.retry(task_id)
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'done' })
  t.same(await world.verify(), [])
  isBroken = true
  const second = await client.submit('fragile', {})
  await world.becomes(second, 'waiting')
  await client.send(second, { type: 'GO' })
  await world.becomes(second, 'failed')
  await world.query('update pawl.events set consumed_revision = 1 where task_id = $1', [second])
  await client.retry(second)
  await world.becomes(second, 'waiting')
  const { rows } = await world.query<{ in_s: number }>(
    `select round(extract(epoch from fire_at - pawl.clock()))::integer as in_s
     from pawl.timers where task_id = $1 and isfinite(fire_at) and left_ms is null`,
    [second],
  )
  t.ok((rows[0]?.in_s ?? 0) > 3500, 'the timer goes on with what was left')
})

t.test('regions that were stopped with it run again, too', async (t) => {
  let isBroken = true
  let held = 0
  const slow: Actor = ({ signal }) =>
    new Promise((resolve, reject) => {
      held++
      if (!isBroken) resolve('slow')
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  const frail: Actor = async () => {
    if (isBroken) throw broken
    return 'frail'
  }
  const region = (src: string) => ({
    initial: 'busy',
    states: {
      busy: { invoke: { id: src, src, onDone: 'over' } },
      over: { type: 'final' as const },
    },
  })
  const machine = createMachine({
    id: 'both',
    initial: 'at_work',
    states: {
      at_work: {
        type: 'parallel',
        states: { a: region('slow'), b: region('frail') },
        onDone: 'done',
      },
      done: { type: 'final' },
    },
  })
  const made = defineMachine(machine, { input: z.object({}), actors: { slow, frail } })
  const { world, client } = await ground(t, defineApp({ machines: [made] }))
  await world.work()
  const task_id = await client.submit('both', {})
  t.match(await world.becomes(task_id), { status: 'failed' })
  const before = held
  isBroken = false
  await client.retry(task_id)
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'done' })
  t.equal(held, before + 1)
  const { rows } = await world.query('select step_no, status from pawl.steps order by step_no')
  t.same(rows, [
    { step_no: 1, status: 'succeeded' },
    { step_no: 2, status: 'succeeded' },
  ])
  t.same(await world.verify(), [])
})
