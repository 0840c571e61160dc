/** What happens between a task's last move in the old version and its first in the new one. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { type AnyStateMachine, createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { deployApp } from '../../src/app/deploy.ts'
import { Deploys } from '../../src/database/deploys.ts'
import { deliveryApp } from '../fixtures/deliveries.ts'
import { until } from '../fixtures/until.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

const FIRST = '00000000-0000-0000-0000-000000000000'

t.setTimeout(120_000)

const send = (world: World, task_id: string, type: string) =>
  world.query('select pawl.send_event(task_id => $1, event => $2)', [task_id, { type }])

t.test('a timer that fired before the move is let go with the state that set it', async (t) => {
  const world = await worldOf(t, deliveryApp(1))
  const worker = await world.work()
  const task_id = await world.submit('delivery', { to: 'ada' })
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, 'WAIT')
  await until('it waits', async () => (await world.task(task_id)).state === 'waiting')
  await worker.stop()
  await world.query('update pawl.timers set fire_at = pawl.clock()')
  await world.query('select pawl.dispatch()')
  const inbox = async () => {
    const { rows } = await world.query(
      'select cause from pawl.events where task_id = $1 and consumed_revision is null',
      [task_id],
    )
    return rows
  }
  t.same(await inbox(), [{ cause: 'timer' }])
  const migrated = { map: ['waiting=asked'], migrate: true, drain: false, dry_run: false }
  await deployApp(world.url, deliveryApp(2), migrated)
  t.same(await inbox(), [])
  await (await worldOf(t, deliveryApp(2), world)).work()
  t.match(await world.becomes(task_id, 'waiting'), { state: 'asked' })
  t.same(await world.verify(), [])
})

const child = createMachine({
  id: 'child',
  initial: 'busy',
  states: { busy: { on: { END: 'over' } }, over: { type: 'final' } },
})

function parent(on: object): AnyStateMachine {
  return createMachine(
    {
      id: 'parent',
      initial: 'caring',
      states: {
        caring: { invoke: { id: 'c', src: 'child', onDone: 'proud', onError: 'proud' }, on },
        proud: { type: 'final' },
      },
    },
    { actors: { child } },
  )
}

t.test('a child that ends while its parent is moved is heard by the new version', async (t) => {
  const defined = (machine: AnyStateMachine) =>
    defineMachine(machine, { input: z.looseObject({}), actors: {} })
  const children = defineApp({ machines: [defined(child)] })
  const older = defineApp({ machines: [defined(parent({})), defined(child)] })
  const newer = defineApp({ machines: [defined(parent({ HURRY: 'proud' })), defined(child)] })
  const world = await worldOf(t, older)
  const worker = await world.work()
  const task_id = await world.submit('parent')
  const child_id = await until('the child is there', async () => {
    const { rows } = await world.query<{ task_id: string }>(
      `select task_id from pawl.tasks where parent_task_id = $1 and state = 'busy'`,
      [task_id],
    )
    return rows[0]?.task_id
  })
  await world.becomes(task_id, 'waiting')
  await worker.stop()

  const next = await worldOf(t, newer, world)
  const deploys = await Deploys.open(world.url)
  t.teardown(() => deploys.close())
  const version = (await deploys.versions('parent')).find((it) => it.current)
  if (!version) throw new Error('no version is current')
  const [seen] = await deploys.loadMigrating(version.machine_id, FIRST, 1)
  if (!seen) throw new Error('nobody is to be moved')
  const only = await (await worldOf(t, children, world)).work()
  await send(world, child_id, 'END')
  await world.becomes(child_id, 'succeeded')
  await only.stop()
  const { state, revision, snapshot } = seen
  const item = { item_no: 0, task_id, revision, commit_id: randomUUID(), state, snapshot }
  const answers = await deploys.migrateTasks(version.machine_id, [
    { ...item, from_state: state, status: 'waiting' },
  ])
  t.match(answers, [{ answer: 'accepted' }])
  t.match(await world.task(task_id), { state: 'caring', status: 'ready' })
  await next.work()
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'proud' })
  t.same(await world.verify(), [])
})
