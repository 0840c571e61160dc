/** A task rests and goes on; what was in hand when it was told to rest counts. */
import t, { type Test } from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { gated } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

async function ground(t: Test) {
  const first = gated()
  const machine = createMachine({
    id: 'errand',
    initial: 'going',
    states: {
      going: { invoke: { id: 'first', src: 'first', onDone: 'resting' } },
      resting: {
        after: { 3600000: 'back' },
        on: { BACK: 'back', 'pawl.deadline': 'late' },
      },
      back: { type: 'final' },
      late: { type: 'final', tags: ['failed'] },
    },
  })
  const budget = { wall_clock_ms: 7_200_000 }
  const actors = { first: first.work }
  const made = defineMachine(machine, { input: z.object({}), actors, budget })
  const world = await worldOf(t, defineApp({ machines: [made] }), await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  const quiet = () =>
    until('no wake-up is under way', async () => {
      const { rows } = await world.query('select from graphile_worker._private_jobs')
      return rows.length === 0
    })
  return { world, client, first, quiet }
}

t.test('what is in hand finishes, and its result waits until the task goes on', async (t) => {
  const { world, client, first, quiet } = await ground(t)
  await world.work()
  const task_id = await client.submit('errand', {})
  await until('the step is in hand', () => first.begun() === 1)
  t.equal(await client.pause(task_id, 'lunch'), true)
  t.equal(await client.pause(task_id), false, 'asked twice')
  first.open()
  await until('the step has ended', async () => {
    const { rows } = await world.query(`select from pawl.steps where status = 'succeeded'`)
    return rows.length === 1
  })
  await quiet()
  t.match(await world.task(task_id), { status: 'paused', state: 'going', revision: 1 })
  t.same(await world.verify(), [])
  t.equal(await client.resume(task_id), true)
  t.equal(await client.resume(task_id), false, 'asked twice')
  t.match(await world.becomes(task_id, 'waiting'), { state: 'resting', revision: 2 })
  t.equal(first.begun(), 1, 'and the step ran once')
  const told = (await client.trace(task_id)).filter((it) => it.kind === 'event')
  t.match(told, [
    { title: 'pawl.paused', outcome: null, detail: { payload: { reason: 'lunch' } } },
    { title: 'pawl.resumed', outcome: null },
  ])
})

t.test('timers and events wait while a task rests', async (t) => {
  const { world, client, first, quiet } = await ground(t)
  first.open()
  await world.work()
  const task_id = await client.submit('errand', {})
  await world.becomes(task_id, 'waiting')
  await client.pause(task_id)
  await client.send(task_id, { type: 'BACK' })
  await world.query(
    `update pawl.timers set fire_at = pawl.clock() where timer_id <> 'pawl.deadline'`,
  )
  await quiet()
  t.match(await world.task(task_id), { status: 'paused', state: 'resting' })
  await client.resume(task_id)
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'back' })
  t.same(await world.verify(), [])
})

t.test('the wall clock stands still while a task rests', async (t) => {
  const { world, client, first } = await ground(t)
  first.open()
  const worker = await world.work()
  const task_id = await client.submit('errand', {})
  await world.becomes(task_id, 'waiting')
  await worker.stop()
  await client.pause(task_id)
  const deadline = async () => {
    const { rows } = await world.query<{ in_s: number; due: boolean }>(
      `select round(extract(epoch from b.deadline_at - pawl.clock()))::integer as in_s,
         m.fire_at = b.deadline_at as due
       from pawl.budgets as b join pawl.timers as m using (task_id)
       where task_id = $1 and m.timer_id = 'pawl.deadline'`,
      [task_id],
    )
    return rows[0]
  }
  t.match(await deadline(), { due: false })
  // It has rested for an hour.
  await world.query(`update pawl.events set created_at = created_at - interval '1 hour'`)
  await world.query(`update pawl.budgets set deadline_at = deadline_at - interval '1 hour'`)
  await client.resume(task_id)
  const { in_s = 0, due } = (await deadline()) ?? {}
  t.ok(in_s > 7100 && in_s <= 7200, `${in_s} s are left`)
  t.equal(due, true)
})

t.test('a paused task may be cancelled; what is over cannot rest', async (t) => {
  const { world, client } = await ground(t)
  const task_id = await client.submit('errand', {})
  await client.pause(task_id)
  t.equal(await client.cancel(task_id, { reason: 'never mind' }), 'cancelled')
  t.match(await world.task(task_id), { status: 'cancelled', state: '(new)' })
  for (const refused of [client.pause(task_id), client.resume(task_id)]) {
    await t.rejects(refused, { code: 'PW205', message: 'the task is over: it was cancelled' })
  }
  t.same(await world.verify(), [])
})
