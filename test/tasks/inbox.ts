/**
 * Events meet a machine in some state or other: they wait until one takes them, and no longer.
 */
import t from 'tap'
import { assign, createMachine, raise } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { gated } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)

t.test(
  'an event that came early is taken as its state is entered, whatever runs there',
  async (t) => {
    const first = gated()
    const second = gated()
    const machine = createMachine({
      id: 'early',
      initial: 'preparing',
      states: {
        preparing: { invoke: { id: 'first', src: 'first', onDone: 'working' } },
        working: {
          invoke: { id: 'second', src: 'second', onDone: 'done' },
          on: { STOP: 'stopped' },
        },
        done: { type: 'final' },
        stopped: { type: 'final', tags: ['cancelled'] },
      },
    })
    const actors = { first: first.work, second: second.work }
    const app = defineApp({ machines: [defineMachine(machine, { input: z.object({}), actors })] })
    const world = await worldOf(t, app, db)
    const worker = await world.work()
    const task_id = await world.submit('early')
    await until('the first step is in hand', () => first.begun() === 1)
    await db.query(`select pawl.send_event($1, '{"type": "STOP"}')`, [task_id])
    await until('its wake-up came to nothing', async () => {
      const { rows } = await db.query(
        'select from graphile_worker._private_jobs where attempts = 0',
      )
      return rows.length === 0
    })
    first.open()
    t.match(await world.becomes(task_id, 'cancelled', 10_000), { state: 'stopped' })
    t.same(await world.verify(), [])
    second.open()
    await worker.stop()
  },
)

t.test('a timer that fired just too late does not count for the next time', async (t) => {
  const machine = createMachine({
    id: 'stale',
    initial: 'resting',
    states: {
      resting: { after: { 3600000: 'late' }, on: { SKIP: 'away' } },
      away: { invoke: { id: 'walk', src: 'walk', onDone: 'resting' } },
      late: { type: 'final' },
    },
  })
  const actors = { walk: async () => null }
  const app = defineApp({ machines: [defineMachine(machine, { input: z.object({}), actors })] })
  const world = await worldOf(t, app, db)
  const worker = await world.work()
  const task_id = await world.submit('stale')
  await world.becomes(task_id, 'waiting')
  await worker.stop()
  // Both are in the inbox when somebody looks: the skip came first.
  await db.query(`select pawl.send_event($1, '{"type": "SKIP"}')`, [task_id])
  await db.query('update pawl.timers set fire_at = pawl.clock() where task_id = $1', [task_id])
  await db.query('select pawl.dispatch()')
  await world.work()
  await until('it is back, and nobody is at work on it', async () => {
    const { rows } = await db.query('select from graphile_worker._private_jobs')
    return rows.length === 0 && (await world.task(task_id)).revision >= 3
  })
  t.match(await world.task(task_id), { state: 'resting', status: 'waiting', revision: 3 })
  const { rows } = await db.query('select timer_id from pawl.timers where task_id = $1', [task_id])
  t.equal(rows.length, 1, 'and it rests for another hour')
})

t.test('a timer that nobody takes when it is due is gone', async (t) => {
  const machine = createMachine({
    id: 'past',
    context: { may: false },
    initial: 'waiting',
    states: {
      waiting: {
        entry: raise({ type: 'REMIND' }, { delay: 3600000, id: 'reminder' }),
        after: { 7200000: { guard: ({ context }) => context.may, target: 'late' } },
        on: { ALLOW: { actions: assign({ may: true }) }, GO: 'heeding' },
      },
      heeding: { on: { REMIND: 'late', END: 'done' } },
      late: { type: 'final' },
      done: { type: 'final' },
    },
  })
  const app = defineApp({ machines: [defineMachine(machine, { input: z.object({}), actors: {} })] })
  const world = await worldOf(t, app, db)
  await world.work()
  const task_id = await world.submit('past')
  await world.becomes(task_id, 'waiting')
  await db.query('update pawl.timers set fire_at = pawl.clock() where task_id = $1', [task_id])
  await until('both are dropped', async () => {
    const { rows } = await db.query(
      `select from pawl.events
       where task_id = $1 and cause = 'timer' and consumed_revision is not null`,
      [task_id],
    )
    return rows.length === 2
  })
  for (const type of ['ALLOW', 'GO', 'END']) {
    await db.query('select pawl.send_event($1, $2)', [task_id, { type }])
  }
  t.match(await world.becomes(task_id), { state: 'done', revision: 4 })
  t.same(await world.verify(), [])
})

t.test('an event that no present state takes waits, and keeps nobody busy', async (t) => {
  const machine = createMachine({
    id: 'deaf',
    initial: 'first',
    states: {
      first: { on: { GO: 'second' } },
      second: { on: { STOP: 'done' } },
      done: { type: 'final' },
    },
  })
  const app = defineApp({ machines: [defineMachine(machine, { input: z.object({}), actors: {} })] })
  const world = await worldOf(t, app, db)
  await world.work()
  const task_id = await world.submit('deaf')
  await world.becomes(task_id, 'waiting')
  await db.query(`select pawl.send_event($1, '{"type": "STOP"}')`, [task_id])
  await until('nobody is woken any more', async () => {
    const { rows } = await db.query('select from graphile_worker._private_jobs')
    return rows.length === 0
  })
  await world.becomes(task_id, 'waiting')
  t.match(await world.task(task_id), { state: 'first', revision: 1 })
  await db.query(`select pawl.send_event($1, '{"type": "GO"}')`, [task_id])
  t.match(await world.becomes(task_id), { state: 'done', revision: 3 })
  t.same(await world.verify(), [])
})

t.test(
  'an event has the shape its machine gives it, and sent twice it is taken once',
  async (t) => {
    const machine = createMachine({
      id: 'shaped',
      context: { letters: 0 },
      initial: 'open',
      states: {
        open: {
          on: {
            LETTER: { actions: assign({ letters: ({ context }) => context.letters + 1 }) },
            CLOSE: 'closed',
          },
        },
        closed: { type: 'final' },
      },
      output: ({ context }) => context.letters,
    })
    const shape = { input: z.object({}), actors: {} }
    const Letter = z.object({ zip: z.string().max(5) })
    t.throws(() => defineMachine(machine, { ...shape, events: { LETER: Letter } }), {
      code: 'PW603',
      hint: /LETTER/,
    })
    const machines = [defineMachine(machine, { ...shape, events: { LETTER: Letter } })]
    const world = await worldOf(t, defineApp({ machines }), db)
    await world.work()
    const client = await connect(db.url)
    t.teardown(() => client.close())
    const task_id = await world.submit('shaped')
    const letter = { type: 'LETTER', zip: '10001' }
    await t.rejects(client.send(task_id, { ...letter, zip: 10001 }), {
      code: 'PW204',
      message: /\$\.zip/,
    })
    const event_no = await client.send(task_id, letter, { key: 'first letter' })
    t.equal(await client.send(task_id, letter, { key: 'first letter' }), event_no)
    await client.send(task_id, letter)
    await client.send(task_id, { type: 'CLOSE' })
    t.match(await world.becomes(task_id, 'succeeded'), { output: 2 })
  },
)
