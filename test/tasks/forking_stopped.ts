/** A fork that stopped at its own first move, for the code of that day told its past otherwise. */
import t, { type Test } from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { worldOf } from '../fixtures/workers.ts'

/**
 * Two legs were walked, the first of which led nowhere, and a fork of where they end began while
 * the code was another.
 */
async function stopped(t: Test) {
  let isOtherCode = false
  let legs = 0
  const walk = { id: 'walk', src: 'walk' }
  const machine = createMachine(
    {
      id: 'journey',
      initial: 'first',
      states: {
        first: {
          invoke: { ...walk, onError: [{ guard: 'isOtherCode', target: 'lost' }, 'second'] },
        },
        second: { invoke: { ...walk, onDone: 'crossing' } },
        crossing: { on: { GO: 'home' } },
        lost: { type: 'final' },
        home: { type: 'final' },
      },
    },
    { guards: { isOtherCode: () => isOtherCode } },
  )
  const made = defineMachine(machine, {
    input: z.looseObject({}),
    actors: {
      walk: async () => {
        if (++legs === 1) throw Object.assign(new Error('no way'), { code: 'no_way' })
        return legs
      },
    },
  })
  const world = await worldOf(t, defineApp({ machines: [made] }), await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  const task_id = await client.submit('journey', {})
  await world.becomes(task_id, 'waiting')
  isOtherCode = true
  const fork_id = await client.fork(task_id, 3)
  t.match(await world.becomes(fork_id), { status: 'failed', state: '(new)', revision: 1 })
  isOtherCode = false
  return { world, client, task_id, fork_id, walked: () => legs }
}

t.test('once the code is as it was it is retried, and walks no leg again', async (t) => {
  const { world, client, fork_id, walked } = await stopped(t)
  await client.retry(fork_id, 'the code is as it was')
  t.match(await world.becomes(fork_id, 'waiting'), { state: 'crossing' })
  const { rows } = await world.query(
    'select status, attempts from pawl.steps where task_id = $1 order by step_no',
    [fork_id],
  )
  t.same(rows, [
    { status: 'failed', attempts: 1 },
    { status: 'succeeded', attempts: 1 },
  ])
  t.equal(walked(), 2)
  t.same(await world.verify(), [])
})

t.test('a fork of it begins where it would have begun', async (t) => {
  const { world, client, task_id, fork_id, walked } = await stopped(t)
  for (const revision of [0, 1]) {
    const again = await client.fork(fork_id, revision)
    t.match(await world.becomes(again, 'waiting'), { state: 'crossing', revision: 1 })
    const { rows } = await world.query(
      `select forked_from_task_id as from, forked_from_revision::integer as at
       from pawl.tasks where task_id = $1`,
      [again],
    )
    t.same(rows, [{ from: task_id, at: 3 }])
  }
  t.equal(walked(), 2)
  t.same(await world.verify(), [])
})
