/** Versions of one machine side by side, each served by workers of its own code. */
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { deployApp } from '../../src/app/deploy.ts'
import { registerApp } from '../../src/app/register.ts'
import { startWorker } from '../../src/worker.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { deliveryApp, withOneMoreEvent } from '../fixtures/deliveries.ts'
import { until } from '../fixtures/until.ts'
import { workerProcess, worldOf } from '../fixtures/workers.ts'

t.setTimeout(120_000)

const app = (version: 1 | 2) =>
  join(import.meta.dirname, '..', 'fixtures', 'apps', `delivery_${version}.ts`)

async function twoVersions(t: Test) {
  const db = await freshDatabase(t)
  await registerApp(db.url, deliveryApp(1))
  const old = await worldOf(t, deliveryApp(1), db)
  const ada = await old.submit('delivery', { to: 'ada' })
  await registerApp(db.url, deliveryApp(2))
  const bob = await old.submit('delivery', { to: 'bob' })
  const current = async () =>
    (await db.query('select version from pawl.machines where current')).rows[0]?.['version']
  const stranded = async () =>
    (await db.query('select task_id, version from pawl.stranded_tasks order by task_id')).rows
  return { ...old, ada, bob, current, stranded }
}

t.test('two versions run at once, each task on the one it began on', async (t) => {
  const world = await twoVersions(t)
  const { ada, bob, url, query } = world
  const workers = await Promise.all([
    workerProcess(t, { url, app: app(1) }),
    workerProcess(t, { url, app: app(2) }),
  ])
  for (const type of ['PACKED', 'REPLIED']) {
    const state = type === 'PACKED' ? 'asked' : 'waiting'
    for (const task_id of [ada, bob]) {
      await until(`it is ${state}`, async () => (await world.task(task_id)).state === state)
      await query('select pawl.send_event($1, $2)', [task_id, { type }])
    }
  }
  t.match(await world.becomes(ada), { status: 'succeeded', output: { to: 'ada', version: 1 } })
  t.match(await world.becomes(bob), { status: 'succeeded', output: { to: 'bob', version: 2 } })
  const { rows } = await query(
    `select distinct t.task_id, m.version, w.worker_id
     from pawl.transitions as t
     join pawl.machines as m using (machine_id)
     join pawl.workers as w using (worker_id)
     order by m.version`,
  )
  t.same(rows, [
    { task_id: ada, version: 1, worker_id: workers[0].worker_id },
    { task_id: bob, version: 2, worker_id: workers[1].worker_id },
  ])
  t.same(await world.verify(), [])
})

t.test('an old worker that comes back makes nothing current', async (t) => {
  const { current, url, query } = await twoVersions(t)
  t.equal(await current(), 2)
  const worker = await workerProcess(t, { url, app: app(1) })
  t.equal(await current(), 2)
  await worker.kill()
  await workerProcess(t, { url, app: app(1) })
  t.equal(await current(), 2)
  const { rows } = await query(
    `insert into pawl.tasks (machine, input) values ('delivery', '{"to": "cay"}')
     returning (select version from pawl.machines where machine_id = tasks.machine_id)`,
  )
  t.same(rows, [{ version: 2 }])
})

t.test('tasks whose version nobody serves are told of, also to a worker that starts', async (t) => {
  const world = await twoVersions(t)
  const { ada, bob, stranded } = world
  t.same(await stranded(), [
    { task_id: ada, version: 1 },
    { task_id: bob, version: 2 },
  ])
  const newer = await worldOf(t, deliveryApp(2), world)
  const worker = await newer.work()
  t.same(await stranded(), [{ task_id: ada, version: 1 }])
  const told = await until('it is told', () =>
    newer.logged.find((line) => line.message.includes('nobody serves')),
  )
  t.match(told, { level: 'warn', fields: { machine: 'delivery', version: 1, tasks: 1 } })
  t.equal(newer.logged.filter((line) => line.level === 'warn').length, 1)
  await worker.stop()
  t.equal((await stranded()).length, 2)
})

t.test('code of another structure may not work before it is registered', async (t) => {
  const { url } = await twoVersions(t)
  const quiet = () => undefined
  const log = { info: quiet, warn: quiet, error: quiet }
  const working = startWorker({ url, app: withOneMoreEvent(), concurrency: 1, log })
  await t.rejects(working, {
    code: 'PW102',
    message: /machine delivery is not registered as this code has it/,
    hint: /pawl register/,
  })
})

t.test(
  'what is final in the new version was none in the old: a task may have left it',
  async (t) => {
    const turned = (initial: string, states: Record<string, object>) => {
      const machine = createMachine({ id: 'turned', initial, states })
      return defineApp({ machines: [defineMachine(machine, { input: z.object({}), actors: {} })] })
    }
    const before = turned('one', { one: { on: { GO: 'other' } }, other: {} })
    const after = turned('other', { one: { type: 'final' }, other: { on: { END: 'one' } } })
    const old = await worldOf(t, before, await freshDatabase(t))
    const worker = await old.work()
    const task_id = await old.submit('turned', {})
    await old.becomes(task_id, 'waiting')
    await worker.stop()
    await deployApp(old.url, after, {
      map: ['one=other'],
      migrate: true,
      drain: false,
      dry_run: false,
    })
    t.match(await old.task(task_id), { state: 'other' })
    t.same(await old.verify(), [])
  },
)
