/** What a fork has from the old task besides its past: letters that wait, and money. */
import t, { type Test } from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { worldOf } from '../fixtures/workers.ts'

/** Takes three letters, in their order, and no other way. */
async function ground(t: Test) {
  const machine = createMachine({
    id: 'letters',
    initial: 'none',
    states: {
      none: { on: { FIRST: 'one' } },
      one: { on: { SECOND: 'two' } },
      two: { on: { THIRD: 'all', 'pawl.deadline': 'late' } },
      all: { type: 'final' },
      late: { type: 'final', tags: 'failed' },
    },
  })
  const made = defineMachine(machine, { input: z.looseObject({}), actors: {} })
  const world = await worldOf(t, defineApp({ machines: [made] }), await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  return { world, client }
}

t.test('what waited where a fork begins waits in it, too, but for what led away', async (t) => {
  const { world, client } = await ground(t)
  const task_id = await client.submit('letters', {})
  await world.becomes(task_id, 'waiting')
  for (const type of ['THIRD', 'SECOND', 'SECOND']) await client.send(task_id, { type })
  await client.send(task_id, { type: 'FIRST' }, { key: 'letter 1' })
  t.match(await world.becomes(task_id), { status: 'succeeded', revision: 4 })
  const inbox = async (fork_id: string) => {
    const { rows } = await world.query<{ type: string }>(
      `select type from pawl.events where task_id = $1 and cause = 'event' order by event_no`,
      [fork_id],
    )
    return rows.map((it) => it.type).join()
  }
  const anew = await client.fork(task_id, 0)
  const first = await client.fork(task_id, 1)
  const second = await client.fork(task_id, 2)
  await world.becomes(first, 'waiting')
  await world.becomes(anew, 'waiting')
  t.equal(await inbox(anew), '', 'nothing had come by then')
  t.equal(await inbox(first), 'THIRD,SECOND,SECOND')
  t.equal(await inbox(second), 'THIRD,SECOND')
  t.match(await world.becomes(second), { revision: 3 })
  await client.send(first, { type: 'FIRST' })
  t.match(await world.becomes(first), { status: 'succeeded', revision: 4 })
  t.same(await world.verify(), [])
})

t.test('a fork has the caps that the old task has now', async (t) => {
  const { world, client } = await ground(t)
  const budget = { microusd: 5000, tool_calls: 9, wall_clock_ms: 60_000 }
  const task_id = await client.submit('letters', {}, { budget })
  await world.becomes(task_id, 'waiting')
  const caps = { tool_calls: 12, wall_clock_ms: 7_200_000 }
  await client.raiseBudget(task_id, caps, 'reviewer 7')
  for (const fork_id of [await client.fork(task_id, 0), await client.fork(task_id, 1)]) {
    await world.becomes(fork_id, 'waiting')
    const { rows } = await world.query(
      `select cap_microusd::integer, cap_tool_calls::integer, wall_clock_ms::integer,
         deadline_at > pawl.clock() + interval '1 hour' as late
       from pawl.budgets where task_id = $1`,
      [fork_id],
    )
    const expected = {
      cap_microusd: 5000,
      cap_tool_calls: 12,
      wall_clock_ms: 7_200_000,
      late: true,
    }
    t.same(rows, [expected])
  }
})
