/** A child's last word and its end come at once: a parent that moves on the word is done with the child. */
import t, { type Test } from 'tap'
import { createMachine, sendParent, setup } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { type Actor, defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const input = z.object({})
const broken = Object.assign(new Error('it is broken'), { code: 'broken' })

/** A child that says what is wrong, and fails in the same breath. */
function family(onProblem: string | { target: string; reenter: true }) {
  const child = createMachine({
    id: 'child',
    initial: 'going',
    states: {
      going: { invoke: { id: 'work', src: 'work', onDone: 'good', onError: 'bad' } },
      good: { type: 'final' },
      bad: { type: 'final', tags: ['failed'], entry: sendParent({ type: 'PROBLEM' }) },
    },
  })
  const invoke = { id: 'child', src: 'child' as const, input: {}, onDone: 'proud', onError: 'lost' }
  const parent = setup({ actors: { child } }).createMachine({
    id: 'parent',
    initial: 'caring',
    states: {
      caring: { invoke, on: { PROBLEM: onProblem } },
      handled: { on: { BACK: 'proud' } },
      proud: { type: 'final' },
      lost: { type: 'final', tags: ['failed'] },
    },
  })
  let tries = 0
  const work: Actor = async () => {
    if (++tries === 1) throw broken
    return null
  }
  return defineApp({
    machines: [
      defineMachine(child, { input, actors: { work } }),
      defineMachine(parent, { input, actors: {} }),
    ],
  })
}

async function ground(t: Test, app: App) {
  const world = await worldOf(t, app, await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  const quiet = () =>
    until('no wake-up is under way', async () => {
      const { rows } = await world.query('select from graphile_worker._private_jobs')
      return rows.length === 0
    })
  await world.work()
  return { world, client, quiet }
}

t.test('a child whose last word was enough fails nobody', async (t) => {
  const { world, client, quiet } = await ground(t, family('handled'))
  const task_id = await client.submit('parent', {})
  await until('its word is taken', async () => (await world.task(task_id)).revision >= 2)
  await quiet()
  t.match(await world.task(task_id), { status: 'waiting', state: 'handled' })
  // As if nobody had marked its result.
  await world.query(`update pawl.steps set delivered_revision = null where kind = 'child'`)
  await world.query('select pawl.wake_tasks(array[$1::uuid])', [task_id])
  await quiet()
  t.match(await world.task(task_id), { status: 'waiting', state: 'handled' })
  await client.send(task_id, { type: 'BACK' })
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'proud' })
  t.same(await world.verify(), [])
})

t.test("a child's error is not that of the child begun in its place", async (t) => {
  const { world, client } = await ground(t, family({ target: 'caring', reenter: true }))
  const task_id = await client.submit('parent', {})
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'proud' })
  t.same(await world.verify(), [])
})
