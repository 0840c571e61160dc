/** A step that was open when a task stood there runs again in its fork, with the answers it had. */
import t, { type Test } from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { type Actor, defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectTools } from '../fixtures/effect_tools.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

/** One region works, the other one hears GO and ON meanwhile. */
const machine = createMachine({
  id: 'both',
  initial: 'under_way',
  states: {
    under_way: {
      type: 'parallel',
      states: {
        work: {
          initial: 'busy',
          states: {
            busy: { invoke: { id: 'work', src: 'work', onDone: 'over' } },
            over: { type: 'final' },
          },
        },
        talk: {
          initial: 'first',
          states: {
            first: { on: { GO: 'second' } },
            second: { on: { ON: 'third' } },
            third: { type: 'final' },
          },
        },
      },
      onDone: 'done',
    },
    done: { type: 'final' },
  },
})

async function ground(t: Test, work: Actor) {
  const outside = await effectsServer()
  t.teardown(() => outside.close())
  const made = defineMachine(machine, { input: z.looseObject({}), actors: { work } })
  const app = defineApp({ machines: [made], tools: effectTools(outside.url) })
  const world = await worldOf(t, app, await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  const task_id = await client.submit('both', {})
  const reaches = (revision: number) =>
    until('it has moved', async () => (await world.task(task_id)).revision === revision)
  const asked = () => outside.log.map((it) => `${it.path} ${it.body}`)
  return { world, client, outside, task_id, reaches, asked }
}

/** Who waits at it goes on once it is open. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<null>()
  return { wait: () => promise, open: () => resolve(null) }
}

t.test('what was answered beside the moves of another region is not asked again', async (t) => {
  const [first, second] = [gate(), gate()]
  const said = (id: number) => `/keyed ${JSON.stringify({ id })}`
  const { world, client, task_id, reaches, asked } = await ground(t, async (ctx) => {
    const one = await ctx.tool('keyed', { id: 1 })
    await first.wait()
    const two = await ctx.tool('keyed', { id: 2 })
    await second.wait()
    const three = await ctx.tool('keyed', { id: 3 })
    return [one.outcome, two.outcome, three.outcome]
  })
  await until('one is answered', () => asked().length === 1)
  await client.send(task_id, { type: 'GO' })
  await reaches(2)
  first.open()
  await until('two is answered', async () => {
    const { rows } = await world.query(`select from pawl.tool_calls where outcome = 'found'`)
    return rows.length === 2
  })
  const fork_id = await client.fork(task_id, 1)
  const carried = async () => {
    const { rows } = await world.query(
      `select c.position, c.carried, s.status from pawl.tool_calls as c
       join pawl.steps as s using (task_id, step_no) where task_id = $1 order by c.position`,
      [fork_id],
    )
    return rows
  }
  await until('the fork has begun', async () => (await carried()).length > 0)
  t.same(
    await carried(),
    [0, 1].map((position) => ({ position, carried: true, status: 'open' })),
    'also what came after that revision was left',
  )
  second.open()
  await client.send(fork_id, { type: 'GO' })
  for (const it of [task_id, fork_id]) {
    await client.send(it, { type: 'ON' })
    await world.becomes(it, 'succeeded')
  }
  t.same(asked(), [said(1), said(2), said(3), said(3)], 'three is asked by each')
  const { rows } = await world.query(
    `select output, (select spent_tool_calls from pawl.budgets as b where b.task_id = s.task_id)::int as spent
     from pawl.steps as s where s.task_id = any ($1) order by s.task_id`,
    [[task_id, fork_id]],
  )
  t.same(rows, [
    { output: ['found', 'found', 'found'], spent: 3 },
    { output: ['found', 'found', 'found'], spent: 1 },
  ])
  t.same(await world.verify(), [])
})

t.test(
  'one that an error stopped is tried again in the fork: what failed alone is asked',
  async (t) => {
    let isBroken = true
    const { world, client, outside, task_id, asked } = await ground(t, async (ctx) => {
      const once = await ctx.tool('once', { id: 1 })
      const kept = await ctx.tool('keyed', { id: 2 })
      const last = await ctx.tool('keyed', { id: 3 })
      if (isBroken) throw Object.assign(new Error('it is broken'), { code: 'broken' })
      return [once.outcome, kept.outcome, last.outcome]
    })
    outside.script('lost_answer', 'fine', 'refused')
    t.match(await world.becomes(task_id), { status: 'failed', revision: 2 })
    isBroken = false
    for (const revision of [1, 2]) {
      const before = asked().length
      const fork_id = await client.fork(task_id, revision)
      for (const type of ['GO', 'ON']) await client.send(fork_id, { type })
      await world.becomes(fork_id, 'succeeded')
      const { rows } = await world.query('select output from pawl.steps where task_id = $1', [
        fork_id,
      ])
      t.same(rows, [{ output: ['unknown', 'found', 'found'] }])
      t.same(
        asked().slice(before),
        ['/keyed {"id":3}'],
        'nobody knows of the first, and it stays so',
      )
    }
    t.same(await world.verify(), [])
  },
)
