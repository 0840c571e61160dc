/** A new task begins where another once stood, and the old one stays as it is. */
import t, { type Test } from 'tap'
import { type AnyEventObject, assign, createMachine } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { defineTool } from '../../src/tools/define_tool.ts'
import { found } from '../../src/tools/outcomes.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { worldOf } from '../fixtures/workers.ts'

/** Two steps, then it waits to be sent one way or the other; each step makes a call. */
function journey() {
  const sent: string[] = []
  const walk = defineTool({
    name: 'walk',
    description: 'walks',
    input: z.object({ leg: z.string() }),
    output: z.string(),
    class: 'A',
    run: async ({ leg }, { call_key }) => {
      sent.push(`${leg} ${call_key}`)
      return found(leg)
    },
  })
  const took = assign(({ context, event }: { context: Walked; event: AnyEventObject }) => ({
    legs: [...context.legs, String(event['output'])],
  }))
  type Walked = { legs: string[] }
  const leg = (name: string, target: string) => ({
    invoke: { id: name, src: 'walk', input: { leg: name }, onDone: { target, actions: took } },
  })
  const machine = createMachine({
    types: {} as { context: Walked },
    id: 'journey',
    context: { legs: [] },
    initial: 'first',
    states: {
      first: leg('first', 'second'),
      second: leg('second', 'crossing'),
      crossing: {
        after: { 3600000: 'lost' },
        on: { LEFT: 'left', RIGHT: 'right' },
      },
      left: leg('left', 'home'),
      right: leg('right', 'home'),
      home: { type: 'final' },
      lost: { type: 'final' },
    },
    output: ({ context }) => context.legs,
  })
  const made = defineMachine(machine, {
    input: z.looseObject({}),
    actors: {
      walk: async (ctx) => {
        const walked = await ctx.tool('walk', ctx.input)
        return walked.outcome === 'found' ? walked.value : null
      },
    },
  })
  return { sent, app: defineApp({ machines: [made], tools: [walk] }) }
}

async function ground(t: Test, app: App) {
  const world = await worldOf(t, app, await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  return { world, client }
}

t.test('a fork goes another way from the same crossing, and walks no leg again', async (t) => {
  const { sent, app } = journey()
  const { world, client } = await ground(t, app)
  const task_id = await client.submit('journey', {}, { labels: { trip: 7 } })
  await world.becomes(task_id, 'waiting')
  await client.send(task_id, { type: 'LEFT' })
  t.match(await world.becomes(task_id), { output: ['first', 'second', 'left'], revision: 5 })
  const fork_id = await client.fork(task_id, 3, { reason: 'what if' })
  t.match(await world.becomes(fork_id, 'waiting'), { state: 'crossing', revision: 1 })
  const { rows } = await world.query(
    `select t.forked_from_task_id as from, t.forked_from_revision::integer as at, t.labels,
       m.fire_at > pawl.clock() + interval '59 minutes' as waits
     from pawl.tasks as t join pawl.timers as m using (task_id) where task_id = $1`,
    [fork_id],
  )
  t.same(rows, [{ from: task_id, at: 3, labels: { trip: 7 }, waits: true }])
  await client.send(fork_id, { type: 'RIGHT' })
  t.match(await world.becomes(fork_id), { output: ['first', 'second', 'right'], revision: 3 })
  t.same(
    sent.map((it) => it.split(' ')[0]),
    ['first', 'second', 'left', 'right'],
  )
  t.match(await world.task(task_id), { state: 'home', revision: 5 }, 'the old one is as it was')
  const [moved] = (await client.trace(fork_id)).filter((it) => it.title === '(new) → crossing')
  t.match(moved, { detail: { event: 'pawl.forked', cause: 'engine' } })
  t.same(await world.verify(), [])
})

t.test(
  'a step not begun then is done under a key of its own, one that was open has its answers',
  async (t) => {
    const { sent, app } = journey()
    const { world, client } = await ground(t, app)
    const task_id = await client.submit('journey', {})
    await world.becomes(task_id, 'waiting')
    const legs = () => sent.map((it) => it.split(' ')[0])
    const fork_id = await client.fork(task_id, 2)
    await world.becomes(fork_id, 'waiting')
    t.same(legs(), ['first', 'second'])
    const earlier = await client.fork(task_id, 1)
    await world.becomes(earlier, 'waiting')
    t.same(legs(), ['first', 'second', 'second'])
    t.not(sent[1], sent[2])
    for (const it of [fork_id, earlier]) {
      const { rows } = await world.query(
        'select step_no, status, attempts from pawl.steps where task_id = $1 order by step_no',
        [it],
      )
      t.same(rows, [
        { step_no: 1, status: 'succeeded', attempts: 1 },
        { step_no: 2, status: 'succeeded', attempts: 1 },
      ])
    }
    t.same(await world.verify(), [])
  },
)

t.test('a fork of a fork knows its whole past; one of the beginning begins anew', async (t) => {
  const { app } = journey()
  const { world, client } = await ground(t, app)
  const task_id = await client.submit('journey', {})
  await world.becomes(task_id, 'waiting')
  const child = await client.fork(task_id, 3)
  await world.becomes(child, 'waiting')
  const grandchild = await client.fork(child, 1)
  await world.becomes(grandchild, 'waiting')
  await client.send(grandchild, { type: 'RIGHT' })
  t.match(await world.becomes(grandchild), { output: ['first', 'second', 'right'] })
  const anew = await client.fork(task_id, 0)
  t.match(await world.becomes(anew, 'waiting'), { state: 'crossing', revision: 3 })
  t.same(await world.verify(), [])
})

t.test('what never was, or is at its end, cannot be forked', async (t) => {
  const { app } = journey()
  const { world, client } = await ground(t, app)
  const task_id = await client.submit('journey', {})
  await world.becomes(task_id, 'waiting')
  await client.cancel(task_id)
  for (const revision of [5, -1]) {
    await t.rejects(client.fork(task_id, revision), { code: 'PW207', hint: /It has 0 to 4/ })
  }
  const again = await client.fork(task_id, 4)
  t.match(await world.becomes(again, 'waiting'), { state: 'crossing' }, 'as it was cancelled')
  await client.send(again, { type: 'LEFT' })
  await world.becomes(again, 'succeeded')
  await t.rejects(client.fork(again, 3), { code: 'PW208', hint: /at most 2/ })
  await t.rejects(client.fork('01900000-0000-7000-8000-000000000000', 1), { code: 'PW201' })
  await t.rejects(
    world.query(
      `insert into pawl.tasks (machine, input, forked_from_task_id, forked_from_revision)
       values ('journey', '{}', $1, 3)`,
      [task_id],
    ),
    { code: 'PW107' },
  )
})
