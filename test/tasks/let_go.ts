/** What was let go does not count any more, also where its result was there before. */
import t, { type Test } from 'tap'
import { type AnyStateMachine, createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { type Actor, defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { gated } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const broken = Object.assign(new Error('it is broken'), { code: 'broken' })

/** Waits for its gate, then fails. */
function failing() {
  const { work, begun, open } = gated()
  const fails: Actor = async (ctx) => {
    await work(ctx)
    throw broken
  }
  return { work: fails, begun, open }
}

async function errand(t: Test, machine: AnyStateMachine, actors: Record<string, Actor>) {
  const machines = [defineMachine(machine, { input: z.object({}), actors })]
  const world = await worldOf(t, defineApp({ machines }), await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  const quiet = () =>
    until('no wake-up is under way', async () => {
      const { rows } = await world.query('select from graphile_worker._private_jobs')
      return rows.length === 0
    })
  const ended = (steps: number) =>
    until('they have ended', async () => {
      const { rows } = await world.query(`select from pawl.steps where status <> 'open'`)
      return rows.length === steps
    })
  return { world, client, quiet, ended }
}

t.test('a step that failed while its task rested does not disturb the clean-up', async (t) => {
  const first = failing()
  const tidy = gated()
  const machine = createMachine({
    id: 'errand',
    initial: 'going',
    states: {
      going: {
        invoke: { id: 'first', src: 'first', onDone: 'back', onError: 'back' },
        on: { 'pawl.cancel': 'tidying' },
      },
      tidying: { invoke: { id: 'tidy', src: 'tidy', onDone: 'gone' } },
      gone: { type: 'final', tags: ['cancelled'] },
      back: { type: 'final' },
    },
  })
  const actors = { first: first.work, tidy: tidy.work }
  const { world, client, quiet, ended } = await errand(t, machine, actors)
  await world.work()
  const task_id = await client.submit('errand', {})
  await until('the step is in hand', () => first.begun() === 1)
  await client.pause(task_id)
  first.open()
  await ended(1)
  await quiet()
  t.equal(await client.cancel(task_id), 'cancelling')
  await until('it cleans up', () => tidy.begun() === 1)
  await world.query('select pawl.wake_tasks(array[$1::uuid])', [task_id])
  await until('somebody has looked', async () => {
    const { rows } = await world.query('select from graphile_worker._private_jobs')
    return rows.length <= 1
  })
  tidy.open()
  t.match(await world.becomes(task_id), { status: 'cancelled', state: 'gone' })
  t.same(await world.verify(), [])
})

t.test('of two that end while their task rests only the one that is heard counts', async (t) => {
  const [first, second] = [gated(), failing()]
  const machine = createMachine({
    id: 'errand',
    initial: 'racing',
    states: {
      racing: {
        invoke: [
          { id: 'first', src: 'first', onDone: 'won' },
          { id: 'second', src: 'second', onDone: 'won', onError: 'lost' },
        ],
      },
      won: { on: { BACK: 'back' } },
      back: { type: 'final' },
      lost: { type: 'final', tags: ['failed'] },
    },
  })
  const actors = { first: first.work, second: second.work }
  const { world, client, quiet, ended } = await errand(t, machine, actors)
  await world.work()
  const task_id = await client.submit('errand', {})
  await until('both are in hand', () => first.begun() === 1 && second.begun() === 1)
  await client.pause(task_id)
  first.open()
  second.open()
  await ended(2)
  await client.resume(task_id)
  await until('one is heard', async () => (await world.task(task_id)).revision >= 2)
  await quiet()
  t.match(await world.task(task_id), { status: 'waiting', state: 'won' })
  await client.send(task_id, { type: 'BACK' })
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'back' })
  t.same(await world.verify(), [])
})

t.test('a result that waits behind the step in hand is let go with its state', async (t) => {
  const [a1, a2, b, anew] = [gated(), gated(), failing(), gated()]
  const machine = createMachine({
    id: 'errand',
    initial: 'both',
    states: {
      both: {
        type: 'parallel',
        states: {
          a: {
            initial: 'one',
            states: {
              one: { invoke: { id: 'a1', src: 'a1', onDone: 'two' } },
              two: { invoke: { id: 'a2', src: 'a2', onDone: '#errand.again' } },
            },
          },
          b: { invoke: { id: 'b', src: 'b', onError: '#errand.lost' } },
        },
      },
      again: { invoke: { id: 'b', src: 'anew', onDone: 'back', onError: 'lost' } },
      back: { type: 'final' },
      lost: { type: 'final', tags: ['failed'] },
    },
  })
  const actors = { a1: a1.work, a2: a2.work, b: b.work, anew: anew.work }
  const { world, client, ended } = await errand(t, machine, actors)
  const worker = await world.work()
  const task_id = await client.submit('errand', {})
  await until('both are in hand', () => a1.begun() === 1 && b.begun() === 1)
  await client.pause(task_id)
  a1.open()
  b.open()
  await ended(2)
  await worker.stop()
  // Nobody but this one hand is there to hear the other result meanwhile.
  await world.work({ concurrency: 1 })
  await client.resume(task_id)
  await until('it goes on with the one', () => a2.begun() === 1)
  a2.open()
  await until('another runs in its place', () => anew.begun() === 1)
  const { rows } = await world.query(
    `select delivered_revision::integer from pawl.steps where src = 'b'`,
  )
  t.same(rows, [{ delivered_revision: 3 }])
  anew.open()
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'back' })
  t.same(await world.verify(), [])
})

t.test('a child that cleans up already is left to it when its parent lets it go', async (t) => {
  const [work, clean] = [gated(), gated()]
  const input = z.object({})
  const tidy = defineMachine(
    createMachine({
      id: 'tidy',
      initial: 'working',
      states: {
        working: {
          invoke: { id: 'work', src: 'work', onDone: 'done' },
          on: { 'pawl.cancel': 'tidying' },
        },
        tidying: { invoke: { id: 'clean', src: 'clean', onDone: 'gone' } },
        done: { type: 'final' },
        gone: { type: 'final', tags: ['cancelled'] },
      },
    }),
    { input, actors: { work: work.work, clean: clean.work } },
  )
  const caring = { id: 'child', src: 'tidy', input: {}, onDone: 'over', onError: 'over' }
  const parent = createMachine({
    id: 'parent',
    initial: 'caring',
    states: {
      caring: { invoke: caring, on: { LEAVE: 'elsewhere' } },
      elsewhere: { on: { END: 'over' } },
      over: { type: 'final' },
    },
  })
  const machines = [tidy, defineMachine(parent, { input, actors: { tidy } })]
  const world = await worldOf(t, defineApp({ machines }), await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  const task_id = await client.submit('parent', {})
  await until('the child is at work', () => work.begun() === 1)
  const { rows } = await world.query(
    'select task_id from pawl.tasks where parent_task_id is not null',
  )
  const child = String(rows[0]?.['task_id'])
  t.equal(await client.cancel(child), 'cancelling')
  await until('it cleans up', () => clean.begun() === 1)
  await client.send(task_id, { type: 'LEAVE' })
  await until('it is let go', async () => (await world.task(task_id)).state === 'elsewhere')
  await until('nobody has anything to hear', async () => {
    const unheard = 'select from pawl.events where consumed_revision is null'
    return (await world.query(unheard)).rows.length === 0
  })
  clean.open()
  t.match(await world.becomes(child), { status: 'cancelled', state: 'gone' })
  t.same(await world.verify(), [])
})
