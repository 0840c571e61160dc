/** What is done to a parent reaches its children. */
import t, { type Test } from 'tap'
import { createMachine, setup } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { type Actor, defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const outputOf = { output: ({ event }: { event: { output?: unknown } }) => event.output ?? null }

/** A parent without `onError`: a child that fails stops it. */
async function family(t: Test, work: Actor) {
  const child = createMachine({
    id: 'child',
    initial: 'working',
    ...outputOf,
    states: {
      working: { invoke: { id: 'work', src: 'work', onDone: 'done', onError: 'broken' } },
      done: { type: 'final', ...outputOf },
      broken: { type: 'final', tags: 'failed' },
    },
  })
  const parent = setup({ actors: { child } }).createMachine({
    id: 'parent',
    initial: 'caring',
    ...outputOf,
    states: {
      caring: { invoke: { id: 'c', src: 'child', input: {}, onDone: 'proud' } },
      proud: { type: 'final', ...outputOf },
    },
  })
  const input = z.looseObject({})
  const app = defineApp({
    machines: [
      defineMachine(child, { input, actors: { work } }),
      defineMachine(parent, { input, actors: {} }),
    ],
  })
  const world = await worldOf(t, app, await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  const children = async (task_id: string) => {
    const { rows } = await world.query<{ task_id: string; status: string }>(
      'select task_id, status from pawl.tasks where parent_task_id = $1 order by task_id',
      [task_id],
    )
    return rows
  }
  return { world, client, children }
}

t.test('a child is cancelled with its parent, and what it had in hand is aborted', async (t) => {
  let begun = 0
  let aborted = 0
  const { world, client, children } = await family(t, async ({ signal }) => {
    begun++
    const over = Promise.withResolvers<null>()
    signal.addEventListener('abort', () => {
      aborted++
      over.reject(signal.reason)
    })
    return over.promise
  })
  const task_id = await client.submit('parent', {})
  await until('the child is at work', () => begun === 1)
  t.equal(await client.cancel(task_id), 'cancelled')
  t.match(await children(task_id), [{ status: 'cancelled' }])
  await until('its work is aborted', () => aborted === 1)
  t.same(await world.verify(), [])
})

t.test('a parent is retried whose child its own machine had ended: another begins', async (t) => {
  let isBroken = true
  const { world, client, children } = await family(t, async () => {
    if (isBroken) throw Object.assign(new Error('it is broken'), { code: 'broken' })
    return 7
  })
  const task_id = await client.submit('parent', {})
  t.match(await world.becomes(task_id), { status: 'failed', state: 'caring' })
  const [failed] = await children(task_id)
  await t.rejects(client.retry(failed?.task_id ?? ''), {
    code: 'PW206',
    hint: `select pawl.retry_task('${task_id}');`,
  })
  isBroken = false
  await client.retry(task_id)
  t.match(await world.becomes(task_id), { status: 'succeeded', output: 7 })
  t.match(await children(task_id), [{ status: 'failed' }, { status: 'succeeded' }])
  t.same(await world.verify(), [])
})

t.test('a fork of a parent begins a child of its own', async (t) => {
  const { world, client, children } = await family(t, async () => 7)
  const task_id = await client.submit('parent', {})
  await world.becomes(task_id, 'succeeded')
  const fork_id = await client.fork(task_id, 1)
  t.match(await world.becomes(fork_id), { status: 'succeeded', output: 7 })
  t.match(await children(fork_id), [{ status: 'succeeded' }])
  t.equal((await children(task_id)).length, 1)
  t.same(await world.verify(), [])
})
