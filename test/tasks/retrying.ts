/** A task that an error stopped goes on from the step that failed. */
import t, { type Test } from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { defineTool } from '../../src/tools/define_tool.ts'
import { found, ToolFailure } from '../../src/tools/outcomes.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { oneStep } from '../fixtures/small_machines.ts'
import { worldOf } from '../fixtures/workers.ts'

async function ground(t: Test, app: App) {
  const world = await worldOf(t, app, await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  return { world, client }
}

const broken = Object.assign(new Error('it is broken'), { code: 'broken' })

t.test('calls that were answered are not made again, and one refused for good is', async (t) => {
  const sent: string[] = []
  let refuses = true
  const tool = (name: string, run: () => ReturnType<typeof found<number>>) =>
    defineTool({
      name,
      description: name,
      input: z.object({}),
      output: z.number(),
      class: 'A',
      run: async (_, { call_key }) => {
        sent.push(`${name} ${call_key}`)
        return run()
      },
    })
  const charge = tool('charge', () => found(1))
  const post = tool('post', () => {
    if (refuses) throw new ToolFailure('the post is shut')
    return found(2)
  })
  const app = oneStep(
    async (ctx) => {
      const charged = await ctx.tool('charge', {})
      const posted = await ctx.tool('post', {})
      if (posted.outcome !== 'found') throw broken
      return [charged.outcome, posted.outcome]
    },
    { tools: [charge, post] },
  )
  const { world, client } = await ground(t, app)
  await world.work()
  const task_id = await client.submit('one', {})
  t.match(await world.becomes(task_id), { status: 'failed', state: 'working', revision: 2 })
  refuses = false
  await client.retry(task_id, 'the post is open again')
  t.match(await world.becomes(task_id), {
    status: 'succeeded',
    revision: 4,
    output: ['found', 'found'],
  })
  t.equal(sent.length, 3, 'charged once, posted twice')
  t.equal(sent[1], sent[2], 'under one key')
  const { rows } = await world.query('select step_no, attempts from pawl.steps')
  t.same(rows, [{ step_no: 1, attempts: 2 }])
  t.same(await world.verify(), [])
})

t.test('a failed task has as many attempts as at first, each time it is retried', async (t) => {
  let ran = 0
  const { world, client } = await ground(
    t,
    oneStep(async () => {
      ran++
      throw new Error('again and again')
    }),
  )
  await world.work()
  const task_id = await client.submit('one', {})
  t.match(await world.hurried(task_id), { status: 'failed' })
  t.equal(ran, 3)
  for (const times of [6, 9]) {
    await client.retry(task_id)
    t.match(await world.hurried(task_id), { status: 'failed' })
    t.equal(ran, times)
  }
  t.same(await world.verify(), [])
})

t.test('a machine that could not begin begins when it is retried', async (t) => {
  let isBroken = true
  const machine = createMachine({
    id: 'stillborn',
    context: () => {
      if (isBroken) throw new Error('no context')
      return {}
    },
    initial: 'done',
    states: { done: { type: 'final' } },
  })
  isBroken = false
  const made = defineMachine(machine, { input: z.object({}), actors: {} })
  const { world, client } = await ground(t, defineApp({ machines: [made] }))
  await world.work()
  isBroken = true
  const task_id = await client.submit('stillborn', {})
  t.match(await world.becomes(task_id), { status: 'failed', state: '(new)', revision: 1 })
  isBroken = false
  await client.retry(task_id)
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'done', revision: 3 })
  t.same(await world.verify(), [])
})

t.test('only what an error has stopped is retried', async (t) => {
  const ends = createMachine({
    id: 'ends',
    initial: 'open',
    states: {
      open: { on: { WELL: 'well', BADLY: 'badly' } },
      well: { type: 'final' },
      badly: { type: 'final', tags: ['failed'] },
    },
  })
  const made = defineMachine(ends, { input: z.object({}), actors: {} })
  const { world, client } = await ground(t, defineApp({ machines: [made] }))
  const task_id = await client.submit('ends', {})
  await t.rejects(client.retry(task_id), {
    code: 'PW206',
    message: /it is ready/,
    hint: /^It goes on by itself\.$/,
  })
  await world.work()
  for (const [type, message] of [
    ['WELL', /it succeeded/],
    ['BADLY', /its machine ended in badly/],
  ] as const) {
    const ended = await client.submit('ends', {})
    await client.send(ended, { type })
    await world.becomes(ended)
    await t.rejects(client.retry(ended), { code: 'PW206', message, hint: /fork_task/ })
  }
  await t.rejects(client.retry('01900000-0000-7000-8000-000000000000'), { code: 'PW201' })
})
