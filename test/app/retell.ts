/** Law 18: a task's causes, told to its machine again, lead to where it stands. */
import t from 'tap'
import { assign, createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { retellTasks } from '../../src/app/retell.ts'
import { connect } from '../../src/client.ts'
import greeting from '../fixtures/apps/greeting.ts'
import { GREETING, pawl } from '../fixtures/cli.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { worldOf } from '../fixtures/workers.ts'

/** It counts by so much, in code that no definition tells. */
function counting(by: number, sound = true) {
  const machine = createMachine({
    types: {} as { context: { count: number } },
    id: 'counting',
    context: { count: 0 },
    initial: 'open',
    states: {
      open: {
        invoke: { id: 'look', src: 'look', onDone: { actions: 'counted' }, onError: 'broken' },
        after: { 3600000: 'late' },
        on: {
          ADD: { actions: assign({ count: ({ context }) => context.count + by }) },
          CLOSE: [{ guard: () => sound, target: 'closed' }, { target: 'late' }],
        },
      },
      closed: { invoke: { id: 'look', src: 'look', onError: 'broken' } },
      late: { type: 'final' },
      broken: { type: 'final', tags: ['failed'] },
    },
  }).provide({ actions: { counted: assign({ count: 100 }) } })
  const actors = { look: async () => null }
  return defineApp({ machines: [defineMachine(machine, { input: z.object({}), actors })] })
}

t.test('every task comes out as it did, however it went', async (t) => {
  const world = await worldOf(t, counting(1), await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  const ids = []
  for (const events of [['ADD', 'ADD', 'CLOSE'], ['ADD'], []]) {
    const task_id = await client.submit('counting', {})
    await world.becomes(task_id, 'waiting')
    for (const type of events) await client.send(task_id, { type })
    ids.push(task_id)
  }
  const [closed = '', added = '', third = ''] = ids
  await world.becomes(closed, 'waiting')
  await client.cancel(third)
  const fork_id = await client.fork(closed, 2)
  await world.becomes(fork_id, 'waiting')
  await client.submit('counting', {}, { run_at: new Date('2040-01-01') })
  t.same(await retellTasks(world.url, counting(1)), { told: 5, skipped: 0, breaches: [] })

  await t.test('code that counts otherwise is found out by the snapshot', async (t) => {
    const { breaches } = await retellTasks(world.url, counting(2))
    t.same(
      breaches.map((it) => it.law),
      breaches.map(() => 18),
    )
    t.ok(breaches.some((it) => it.task_id === added && /another snapshot/.test(it.what)))
    t.notOk(breaches.some((it) => it.task_id === third))
  })

  await t.test('and code that goes elsewhere by the state', async (t) => {
    const { breaches } = await retellTasks(world.url, counting(1, false))
    const [breach] = breaches.filter((it) => it.task_id === closed)
    t.match(breach?.what, /revision \d: the diary leads to closed, the machine to late/)
  })
})

t.test('`pawl verify --app` says so', async (t) => {
  const world = await worldOf(t, greeting, await freshDatabase(t))
  await world.work()
  const task_id = await world.submit('greeting', { id: 7 })
  await world.becomes(task_id, 'succeeded')
  const verify = () => pawl(['verify', '--app', GREETING], { url: world.url })
  t.match(await verify(), {
    code: 0,
    out: /all laws hold \(1 task.*1 told again, 0 could not be\)/,
  })
  await world.query(`update pawl.tasks set snapshot = jsonb_set(snapshot, '{context}', '{"a": 1}')`)
  t.match(await verify(), { code: 1, out: /law 18 .*revision \d has another snapshot/ })
})
