/** What had fired when a fork begins does not fire in it again. */
import t from 'tap'
import { createMachine, raise } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

/** `hour` and `soon` fire the same event; `deaf` fires one that its state does not take. */
const machine = createMachine({
  id: 'alarms',
  initial: 'waiting',
  states: {
    waiting: {
      entry: [
        raise({ type: 'T' }, { id: 'hour', delay: 3_600_000 }),
        raise({ type: 'LATER' }, { id: 'deaf', delay: 1 }),
      ],
      on: { GO: { actions: raise({ type: 'T' }, { id: 'soon', delay: 20 }) }, T: 'heard' },
    },
    heard: { on: { T: 'twice', LATER: 'twice' } },
    twice: { type: 'final' },
  },
})

t.test('of two timers with one event a fork has the one that had not fired', async (t) => {
  const made = defineMachine(machine, { input: z.looseObject({}), actors: {} })
  const world = await worldOf(t, defineApp({ machines: [made] }), await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  const timers = async (task_id: string) => {
    const { rows } = await world.query<{ timer_id: string; sleeps: boolean }>(
      `select timer_id, fire_at > pawl.clock() + interval '50 minutes' as sleeps
       from pawl.timers where task_id = $1`,
      [task_id],
    )
    return rows
  }
  const task_id = await client.submit('alarms', {})
  await until('a word that nobody hears is gone', async () => {
    const { rows } = await world.query(
      `select from pawl.events
       where task_id = $1 and timer_id = 'deaf' and consumed_revision = 1`,
      [task_id],
    )
    return rows.length === 1
  })
  await client.send(task_id, { type: 'GO' })
  await until('the first is heard', async () => (await world.task(task_id)).state === 'heard')
  for (const revision of [1, 3]) {
    const fork_id = await client.fork(task_id, revision)
    await world.becomes(fork_id, 'waiting')
    t.same(await timers(fork_id), [{ timer_id: 'hour', sleeps: true }], `at ${revision}`)
  }
  t.same(await world.verify(), [])
})
