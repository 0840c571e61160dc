/**
 * A step that goes wrong: how often it is tried, and where its error goes.
 */
import t, { type Test } from 'tap'
import { createMachine } from 'xstate'
import type { App } from '../../src/app/define_app.ts'
import type { Actor } from '../../src/app/define_machine.ts'
import { Refusal } from '../../src/refusal.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { appOf, caughtStep, gated, oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)

async function working(t: Test, app: App): Promise<World> {
  const world = await worldOf(t, app, db)
  await world.work()
  return world
}

async function attemptsOf(task_id: string) {
  const { rows } = await db.query<{ outcome: string }>(
    'select outcome from pawl.attempts where task_id = $1 order by step_no, attempt',
    [task_id],
  )
  return rows.map((row) => row.outcome)
}

async function lastEvent(task_id: string) {
  const { rows } = await db.query<{ event: string }>(
    'select event from pawl.transitions where task_id = $1 order by revision desc limit 1',
    [task_id],
  )
  return rows[0]?.event
}

const broken: Actor = async () => {
  throw new Error('nobody foresaw this')
}

t.test('an error nobody catches stops the task after its last attempt', async (t) => {
  const world = await working(t, oneStep(broken))
  const task_id = await world.submit('one')
  const seen = await world.hurried(task_id)
  t.match(seen, { status: 'failed', state: 'working', error: { message: 'nobody foresaw this' } })
  t.same(await attemptsOf(task_id), ['failed', 'failed', 'failed'])
  t.equal(await lastEvent(task_id), 'pawl.stopped')
  t.same(await world.verify(), [])
})

t.test('an error that the chart catches goes where the chart says', async (t) => {
  const world = await working(t, caughtStep(broken))
  const task_id = await world.submit('caught')
  const seen = await world.hurried(task_id)
  t.match(seen, { status: 'succeeded', state: 'mended' })
  t.same(await attemptsOf(task_id), ['failed', 'failed', 'failed'])
  t.equal(await lastEvent(task_id), 'xstate.error.actor.work')
})

t.test('an error that passes costs its attempt and nothing else', async (t) => {
  let runs = 0
  const world = await working(
    t,
    oneStep(async () => {
      if (++runs < 3) throw new Error('not yet')
      return 'at last'
    }),
  )
  const task_id = await world.submit('one')
  t.match(await world.hurried(task_id), { status: 'succeeded', output: 'at last' })
  t.same(await attemptsOf(task_id), ['failed', 'failed', 'succeeded'])
})

t.test('between two attempts a task waits, and holds nobody', async (t) => {
  const world = await working(t, oneStep(broken))
  const task_id = await world.submit('one')
  const seen = await world.becomes(task_id, 'waiting')
  t.equal(seen.state, 'working')
  const { rows } = await db.query(
    `select s.waits_for, s.wake_at > pawl.clock() - interval '1 second' as soon
     from pawl.steps as s where task_id = $1`,
    [task_id],
  )
  t.same(rows, [{ waits_for: 'retry', soon: true }])
  await world.hurried(task_id)
})

t.test('a refusal and an error with a code of its own are not tried again', async (t) => {
  const errors = [
    new Refusal('PW605', 'there is no API key'),
    Object.assign(new Error('the house is full'), { code: 'house_full' }),
  ]
  for (const error of errors) {
    const world = await worldOf(
      t,
      oneStep(async () => {
        throw error
      }),
      db,
    )
    const worker = await world.work()
    const task_id = await world.submit('one')
    t.match(await world.hurried(task_id), { status: 'failed', error: { code: error.code } })
    t.same(await attemptsOf(task_id), ['failed'])
    await worker.stop()
  }
})

t.test('an output that is not JSON is an error of the step', async (t) => {
  const world = await working(
    t,
    oneStep(async () => ({ at: new Date(0) })),
  )
  const seen = await world.hurried(await world.submit('one'))
  t.match(seen, { status: 'failed', error: { message: /output of work/ } })
})

t.test('a machine whose own code throws stops, and says so', async (t) => {
  const faulty = () => {
    throw new Error('a guard without manners')
  }
  const invoke = { id: 'work', src: 'work', onDone: { guard: faulty, target: 'done' } }
  const machine = createMachine({
    id: 'faulty',
    initial: 'working',
    states: { working: { invoke }, done: { type: 'final' } },
  })
  const world = await working(
    t,
    appOf(machine, async () => 1),
  )
  const task_id = await world.submit('faulty')
  const seen = await world.hurried(task_id)
  t.match(seen, { status: 'failed', state: 'working', error: { code: 'machine_fault' } })
  t.equal(await lastEvent(task_id), 'pawl.stopped')
})

t.test('a machine that cannot even start stops where it stands', async (t) => {
  const machine = createMachine({
    id: 'stillborn',
    context: ({ input }: { input: { parts?: string[] } }) => ({
      parts: input.parts?.[0] ?? fail(),
    }),
    initial: 'done',
    states: { done: { type: 'final' } },
  })
  const world = await working(t, appOf(machine, broken))
  const seen = await world.hurried(await world.submit('stillborn'))
  t.match(seen, { status: 'failed', state: '(new)', error: { code: 'machine_fault' } })
})

function fail(): never {
  throw new Error('there is no first part')
}

t.test('the last attempt closes the step even where its worker counts one more', async (t) => {
  const step = gated()
  const world = await worldOf(
    t,
    oneStep(async (ctx) => {
      await step.work(ctx)
      throw new Error('too late')
    }),
    db,
  )
  await world.work()
  const task_id = await world.submit('one')
  await until('the step is in hand', () => step.begun() === 1)
  // As if others had tried it in between.
  await db.query('update pawl.steps set attempts_max = 1 where task_id = $1', [task_id])
  step.open()
  t.match(await world.hurried(task_id), { status: 'failed', error: { message: 'too late' } })
  t.same(await attemptsOf(task_id), ['failed'])
  t.same(await world.verify(), [])
})

t.test('a result that the database cannot store is an error of the step', async (t) => {
  await db.query(
    `alter table pawl.steps add constraint no_poison check (output ->> 'is' <> 'poison')`,
  )
  t.teardown(() => db.query('alter table pawl.steps drop constraint no_poison'))
  const world = await working(
    t,
    oneStep(async ({ input }) => input),
  )
  const fine: string[] = []
  for (let n = 0; n < 20; n++) fine.push(await world.submit('one'))
  const bad = await world.submit('one', { is: 'poison' })
  const seen = await world.hurried(bad)
  t.match(seen, { status: 'failed', error: { message: /no_poison/ } })
  t.same(await attemptsOf(bad), ['failed', 'failed', 'failed'])
  for (const task_id of fine) {
    t.equal((await world.task(task_id)).status, 'succeeded', 'the others were not held up')
  }
})
