/** Who pauses a parent pauses its children, and what they were before comes back. */
import t, { type Test } from 'tap'
import { type AnyStateMachine, createMachine, setup } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { family } from '../fixtures/families.ts'
import { gated } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

async function ground(t: Test, app: App) {
  const world = await worldOf(t, app, await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  const childOf = async (task_id: string) => {
    const text = 'select task_id from pawl.tasks where parent_task_id = $1'
    const { rows } = await world.query<{ task_id: string }>(text, [task_id])
    return rows[0]?.task_id ?? ''
  }
  const statuses = async (...task_ids: string[]) => {
    const text = `select status from unnest($1::uuid[]) with ordinality as i (task_id, nth)
      join pawl.tasks using (task_id) order by nth`
    const { rows } = await world.query<{ status: string }>(text, [task_ids])
    return rows.map((it) => it.status)
  }
  return { world, client, childOf, statuses }
}

/** One above the other; the one at the bottom waits to be told. */
async function threeGenerations(t: Test) {
  const bottom = createMachine({
    id: 'bottom',
    initial: 'listening',
    states: { listening: { on: { GO: 'done' } }, done: { type: 'final' } },
  })
  const above = (id: string, child: AnyStateMachine) =>
    setup({ actors: { child } }).createMachine({
      id,
      initial: 'caring',
      states: {
        caring: { invoke: { id: 'c', src: 'child', input: {}, onDone: 'proud', onError: 'proud' } },
        proud: { type: 'final' },
      },
    })
  const middle = above('middle', bottom)
  const machines = [bottom, middle, above('top', middle)].map((it) =>
    defineMachine(it, { input: z.looseObject({}), actors: {} }),
  )
  const { world, client, statuses } = await ground(t, defineApp({ machines }))
  const top_id = await client.submit('top', {})
  const below = await until('all three wait', async () => {
    const { rows } = await world.query<{ task_id: string }>(
      `select task_id from pawl.tasks where status = 'waiting' order by machine = 'bottom'`,
    )
    return rows.length === 3 && rows.map((it) => it.task_id).filter((id) => id !== top_id)
  })
  const [middle_id = '', bottom_id = ''] = below
  const ids = [top_id, middle_id, bottom_id] as const
  return { world, client, ids, seen: () => statuses(...ids) }
}

t.test('a child rests and goes on with its parent, unless it rested before', async (t) => {
  const work = gated()
  const { world, client, childOf, statuses } = await ground(t, family(work.work))
  const [one, other] = [await client.submit('parent', {}), await client.submit('parent', {})]
  await until('the children are at work', () => work.begun() === 2)
  const [alone, together] = [await childOf(one), await childOf(other)]
  await client.pause(alone)
  for (const task_id of [one, other]) await client.pause(task_id, 'stock-taking')
  t.same(await statuses(alone, together), ['paused', 'paused'])
  const [paused] = (await client.trace(together)).filter((it) => it.kind === 'event')
  t.match(paused, {
    title: 'pawl.paused',
    detail: { payload: { reason: 'stock-taking', with: other } },
  })
  work.open()
  await until('their steps have ended', async () => {
    const { rows } = await world.query(
      `select from pawl.steps where kind = 'actor' and status = 'succeeded'`,
    )
    return rows.length === 2
  })
  for (const task_id of [one, other]) await client.resume(task_id)
  t.match(await world.becomes(other), { status: 'succeeded', state: 'proud' })
  t.same(await statuses(alone, together), ['paused', 'succeeded'])
  await client.resume(alone)
  t.match(await world.becomes(one), { status: 'succeeded', state: 'proud' })
  t.same(await world.verify(), [])
})

t.test(
  'who rests with one above it may go on sooner, and takes its own children along',
  async (t) => {
    const { world, client, ids, seen } = await threeGenerations(t)
    const [top, middle, bottom] = ids
    await client.pause(top)
    t.same(await seen(), ['paused', 'paused', 'paused'])
    await client.resume(middle)
    t.same(
      (await seen()).map((it) => it === 'paused'),
      [true, false, false],
    )
    await client.pause(bottom)
    await client.resume(top)
    t.not((await world.task(top)).status, 'paused')
    t.equal((await world.task(bottom)).status, 'paused', 'it was paused for itself since')
    await client.pause(top)
    t.equal(await client.cancel(top), 'cancelled', 'and a family that rests can be ended')
    t.same(await seen(), ['cancelled', 'cancelled', 'cancelled'])
    t.same(await world.verify(), [])
  },
)
