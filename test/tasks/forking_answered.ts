/** What had been answered, or had fired, when a task stood there is not waited for by its fork. */
import t from 'tap'
import { assign, createMachine, raise } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

t.test('no answer that no state took, and no timer of another name than its event', async (t) => {
  let begun = 0
  const machine = createMachine({
    types: {} as { context: { heard: number } },
    id: 'remembered',
    context: { heard: 0 },
    invoke: { id: 'look', src: 'look' },
    on: { REMIND: { actions: assign({ heard: ({ context }) => context.heard + 1 }) } },
    initial: 'near',
    states: {
      near: {
        entry: raise({ type: 'REMIND' }, { id: 'reminder', delay: 50 }),
        on: { GO: 'far' },
      },
      far: { on: { END: 'end' } },
      end: { type: 'final' },
    },
    output: ({ context }) => context.heard,
  })
  const look = async () => ++begun
  const made = defineMachine(machine, { input: z.object({}), actors: { look } })
  const world = await worldOf(t, defineApp({ machines: [made] }), await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  const task_id = await client.submit('remembered', {})
  await until('it has looked and was reminded', async () => {
    const { rows } = await world.query(
      `select from pawl.tasks as t join pawl.steps as s using (task_id)
       where t.task_id = $1 and t.snapshot -> 'context' @> '{"heard": 1}' and s.status = 'succeeded'`,
      [task_id],
    )
    return rows.length === 1
  })
  await client.send(task_id, { type: 'GO' })
  await until('it has gone', async () => (await world.task(task_id))?.['state'] === 'far')
  const fork_id = await client.fork(task_id, 3)
  t.match(await world.becomes(fork_id, 'waiting'), { state: 'far' })
  const { rows } = await world.query('select timer_id from pawl.timers where task_id = $1', [
    fork_id,
  ])
  t.same(rows, [], 'it will not be reminded again')
  await client.send(fork_id, { type: 'END' })
  t.match(await world.becomes(fork_id), { output: 1 })
  t.equal(begun, 1, 'nor did it look again')
  t.same(await world.verify(), [])
})
