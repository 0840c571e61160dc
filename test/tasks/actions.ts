/** Named actions: steps that nothing waits for; and what a machine tells the world. */
import t, { type Test } from 'tap'
import { createMachine, emit } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { type Action, defineMachine } from '../../src/app/define_machine.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'
import { endPauses, type World, worldOf } from '../fixtures/workers.ts'

/** Mails when it is told to, and once more when it ends. */
function mailing(mail: Action): App {
  const machine = createMachine({
    id: 'mailing',
    context: { n: 1 },
    initial: 'open',
    states: {
      open: {
        on: {
          MAIL: {
            actions: [
              { type: 'mail', params: ({ event }) => ({ to: event['to'] ?? 'nobody' }) },
              emit({ type: 'mailed' }),
              emit(({ event }) => ({ type: 'told', by: event.type })),
            ],
          },
          END: 'closed',
        },
      },
      closed: { type: 'final', entry: { type: 'mail', params: { to: 'the last' } } },
    },
  })
  const input = z.looseObject({})
  return defineApp({ machines: [defineMachine(machine, { input, actors: {}, actions: { mail } })] })
}

async function working(t: Test, app: App): Promise<World> {
  const world = await worldOf(t, app, await freshDatabase(t))
  await world.work()
  return world
}

const send = (world: World, task_id: string, event: object) =>
  world.query('select pawl.send_event($1, $2)', [task_id, event])

async function actionsOf(world: World, task_id: string) {
  const { rows } = await world.query(
    `select kind, src, status, input, output, error, attempts from pawl.steps
     where task_id = $1 order by step_no`,
    [task_id],
  )
  return rows
}

t.test('an action is done by its function, and outlives the task', async (t) => {
  const gate = Promise.withResolvers<void>()
  const mailed: unknown[] = []
  const world = await working(
    t,
    mailing(async (ctx, params) => {
      await gate.promise
      mailed.push(params)
      return { sent: Object(ctx.input)['to'] }
    }),
  )
  t.teardown(() => gate.resolve())
  const task_id = await world.submit('mailing')
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, { type: 'MAIL', to: 'ann' })
  await send(world, task_id, { type: 'END' })
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'closed' })
  t.match(await actionsOf(world, task_id), [{ status: 'open' }, { status: 'open' }])
  t.same(await world.verify(), [])
  gate.resolve()
  await until('both are done', async () => {
    const steps = await actionsOf(world, task_id)
    return steps.every((step) => step['status'] === 'succeeded')
  })
  t.same(mailed.map((it) => Object(it)['to']).sort(), ['ann', 'the last'])
  t.match(await actionsOf(world, task_id), [
    { kind: 'action', src: 'mail', input: { to: 'ann' }, output: { sent: 'ann' } },
    { kind: 'action', src: 'mail', input: { to: 'the last' } },
  ])
  t.match(await world.task(task_id), { status: 'succeeded', revision: 3 })
  t.same(await world.verify(), [])
})

t.test('an action that fails for good is for a person, who has it tried again', async (t) => {
  let broken = true
  const world = await working(
    t,
    mailing(async () => {
      if (broken) throw Object.assign(new Error('mailbox is full'), { code: 'full' })
      return 'sent'
    }),
  )
  const task_id = await world.submit('mailing')
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, { type: 'END' })
  await world.becomes(task_id)
  const review = await until('a person is asked', async () => {
    const { rows } = await world.query('select * from pawl.review_queue where task_id = $1', [
      task_id,
    ])
    return rows[0]
  })
  t.match(review, {
    kind: 'escalation',
    question: /^The action mail failed after 1 attempts: mailbox is full\./,
    choices: ['approve', 'reject'],
    context: { params: { to: 'the last' }, error: { code: 'full' } },
  })
  t.same(await world.verify(), [])
  broken = false
  await world.query(`select pawl.decide_review($1, 1, 'approve', by => 'ann')`, [task_id])
  await until('it is done', async () => {
    const [step] = await actionsOf(world, task_id)
    return step?.['status'] === 'succeeded'
  })
  t.match(await world.task(task_id), { status: 'succeeded' })
  t.same(await world.verify(), [])
})

t.test('an action is tried again after its task has ended', async (t) => {
  let runs = 0
  const world = await working(
    t,
    mailing(async () => {
      if (++runs < 3) throw new Error('nobody foresaw this')
      return 'sent'
    }),
  )
  const task_id = await world.submit('mailing')
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, { type: 'END' })
  await world.becomes(task_id)
  await until('it is done', async () => {
    await endPauses(world, task_id)
    const [step] = await actionsOf(world, task_id)
    return step?.['status'] === 'succeeded'
  })
  t.match(await actionsOf(world, task_id), [{ attempts: 3 }])
  t.same(await world.verify(), [])
})

t.test('an action whose wake-up was lost is found when its task has long ended', async (t) => {
  const world = await worldOf(
    t,
    mailing(async () => 'sent'),
    await freshDatabase(t),
  )
  const worker = await world.work()
  const task_id = await world.submit('mailing')
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, { type: 'END' })
  await world.becomes(task_id)
  await worker.stop()
  await world.query(
    `insert into pawl.steps (task_id, step_no, kind, actor_id, src, input, status, attempts_max,
       opened_revision, opened_at)
     values ($1, 2, 'action', 'mail', 'mail', '{}', 'open', 3, 2, pawl.clock() - interval '1 minute')`,
    [task_id],
  )
  await world.work()
  await until('both are done', async () => {
    const steps = await actionsOf(world, task_id)
    return steps.every((step) => step['status'] === 'succeeded')
  })
})

t.test('what a machine emits is in the diary, in order', async (t) => {
  const world = await working(
    t,
    mailing(async () => null),
  )
  const task_id = await world.submit('mailing')
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, { type: 'MAIL' })
  await send(world, task_id, { type: 'END' })
  await world.becomes(task_id)
  const { rows } = await world.query(
    `select emitted from pawl.transitions where task_id = $1 order by revision`,
    [task_id],
  )
  const told = [{ type: 'mailed' }, { type: 'told', by: 'MAIL' }]
  t.same(
    rows.map((row) => row['emitted']),
    [null, null, told, null],
  )
  const { rows: traced } = await world.query(
    `select detail -> 'emitted' as emitted from pawl.trace($1) where detail ? 'emitted'`,
    [task_id],
  )
  t.same(traced, [{ emitted: told }])
})
