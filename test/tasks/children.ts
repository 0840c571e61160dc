/** A machine that invokes a machine: two tasks, each with its own row, that answer each other. */
import t, { type Test } from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { type App, defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { lineOf } from '../../src/cli/trace_lines.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { childMachine, family } from '../fixtures/families.ts'
import { gated } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

async function working(t: Test, app: App): Promise<World> {
  const world = await worldOf(t, app, await freshDatabase(t))
  await world.work()
  return world
}

type Child = { task_id: string; status: string; parent_step_no: number; submitted_by: string }

async function childrenOf(world: World, task_id: string): Promise<Child[]> {
  const { rows } = await world.query<Child>(
    `select task_id, status, parent_step_no, submitted_by from pawl.tasks
     where parent_task_id = $1 order by task_id`,
    [task_id],
  )
  return rows
}

const send = (world: World, task_id: string, event: object) =>
  world.query('select pawl.send_event($1, $2)', [task_id, event])

t.test("a child is a task of its own, and its output its parent's answer", async (t) => {
  const world = await working(
    t,
    family(async ({ input }) => ({ doubled: Object(input)['n'] * 2 })),
  )
  const task_id = await world.submit('parent', { for_child: { n: 21 } })
  const seen = await world.becomes(task_id)
  t.match(seen, { status: 'succeeded', state: 'proud' })
  t.same(seen.output, { kept: { doubled: 42 }, log: ['BEGUN'] })
  t.match(await childrenOf(world, task_id), [{ status: 'succeeded', parent_step_no: 1 }])
  const { rows } = await world.query(
    `select kind, title, outcome from pawl.trace($1) where kind in ('child', 'transition')`,
    [task_id],
  )
  t.same(
    rows.map((row) => `${row['kind']} ${row['title']} ${row['outcome'] ?? ''}`.trim()).sort(),
    [
      'transition (new) → (new)',
      'transition (new) → caring',
      'child child started',
      'transition caring → caring',
      'child child succeeded',
      'transition caring → proud',
    ].sort(),
  )
  const client = await connect(world.url)
  t.teardown(() => client.close())
  const told = (await client.trace(task_id)).map(lineOf).map((it) => `${it.title} ${it.outcome}`)
  t.ok(told.includes('child child started') && told.includes('child child succeeded'))
  t.same(await world.verify(), [])
})

t.test("a child's failure is its parent's error, as it was stored", async (t) => {
  const world = await working(
    t,
    family(async () => {
      throw Object.assign(new Error('no such parcel'), { code: 'no_parcel', reason: 'lost' })
    }),
  )
  const task_id = await world.submit('parent')
  const seen = await world.becomes(task_id)
  t.match(seen, {
    state: 'sorry',
    output: {
      kept: { name: 'Error', code: 'no_parcel', reason: 'lost', message: 'no such parcel' },
    },
  })
  t.same(await world.verify(), [])
})

t.test('an input that the child refuses is an error of its invoke', async (t) => {
  const world = await working(
    t,
    family(async () => null),
  )
  const task_id = await world.submit('parent', { for_child: { n: 'many' } })
  t.match(await world.becomes(task_id), {
    state: 'sorry',
    output: { kept: { code: 'PW101', message: /expected/ } },
  })
  t.same(await childrenOf(world, task_id), [])
  t.same(await world.verify(), [])
})

t.test('a child to which its parent hands nothing has an empty input', async (t) => {
  const parent = createMachine({
    id: 'brief',
    initial: 'caring',
    states: { caring: { invoke: { src: 'child', onDone: 'proud' } }, proud: { type: 'final' } },
  })
  const child = defineMachine(childMachine, {
    input: z.object({}),
    actors: { work: async () => 1 },
  })
  const brief = defineMachine(parent, { input: z.object({}), actors: { child } })
  const world = await working(t, defineApp({ machines: [brief, child] }))
  const task_id = await world.submit('brief')
  t.match(await world.becomes(task_id), { status: 'succeeded', state: 'proud' })
  const { rows } = await world.query('select input from pawl.tasks where parent_task_id = $1', [
    task_id,
  ])
  t.same(rows, [{ input: {} }])
})

t.test('parent and child speak, and what nobody takes is gone', async (t) => {
  const { work, open } = gated()
  const world = await working(t, family(work))
  const task_id = await world.submit('parent')
  await world.becomes(task_id, 'waiting')
  await send(world, task_id, { type: 'PING', value: 7 })
  await until('the child has answered', async () => {
    const { snapshot } = await world.task(task_id)
    return JSON.stringify(snapshot).includes('PONG')
  })
  const [child] = await childrenOf(world, task_id)
  await world.query(`select pawl.send_between($1, 1, '{"type": "UNHEARD"}')`, [task_id])
  await until('the word is dropped', async () => {
    const { rows } = await world.query(
      `select from pawl.events where task_id = $1 and type = 'UNHEARD' and consumed_revision is not null`,
      [child?.task_id],
    )
    return rows.length === 1
  })
  t.same(await world.verify(), [])
  open()
  await world.becomes(task_id)
  t.same(await world.verify(), [])
})

t.test('a child is cancelled when its state is left, and the step it is in aborted', async (t) => {
  const { work, begun, open } = gated()
  const world = await working(t, family(work))
  t.teardown(open)
  const task_id = await world.submit('parent')
  await until('the child works', () => begun() === 1)
  await send(world, task_id, { type: 'GO' })
  const [child] = await childrenOf(world, task_id)
  const seen = await world.becomes(child?.task_id ?? '')
  t.match(seen, { status: 'cancelled', state: 'working' })
  t.match(await world.task(task_id), { state: 'alone' })
  t.same(await world.verify(), [])
  await send(world, task_id, { type: 'BACK' })
  await until('another child works', () => begun() === 2)
  t.match(await childrenOf(world, task_id), [{ status: 'cancelled' }, { status: 'ready' }])
})

t.test('a child ends with its parent', async (t) => {
  const { work, begun, open } = gated()
  const world = await working(t, family(work))
  t.teardown(open)
  const task_id = await world.submit('parent')
  await until('the child works', () => begun() === 1)
  await send(world, task_id, { type: 'QUIT' })
  t.match(await world.becomes(task_id), { state: 'quit' })
  const [child] = await childrenOf(world, task_id)
  t.match(await world.becomes(child?.task_id ?? ''), { status: 'cancelled' })
  t.same(await world.verify(), [])
})

t.test('a cancelled parent takes its child along, a cancelled child is an error', async (t) => {
  const { work, begun, open } = gated()
  const world = await working(t, family(work))
  t.teardown(open)
  const first = await world.submit('parent')
  await until('the child works', () => begun() === 1)
  await world.query('select pawl.cancel_task($1)', [first])
  t.match(await world.becomes(first), { status: 'cancelled' })
  const [with_it] = await childrenOf(world, first)
  t.match(await world.becomes(with_it?.task_id ?? ''), { status: 'cancelled' })
  const second = await world.submit('parent')
  await until('another works', () => begun() === 2)
  const [alone] = await childrenOf(world, second)
  await world.query('select pawl.cancel_task($1)', [alone?.task_id])
  t.match(await world.becomes(second), {
    state: 'sorry',
    output: { kept: { code: 'cancelled' } },
  })
  t.same(await world.verify(), [])
})

t.test('a child that its parent tells to stop has stopped in its own way', async (t) => {
  const { work, begun, open } = gated()
  const world = await working(t, family(work))
  t.teardown(open)
  const task_id = await world.submit('parent')
  await until('the child works', () => begun() === 1)
  await send(world, task_id, { type: 'STOP' })
  t.match(await world.becomes(task_id), { state: 'proud' })
  t.match(await childrenOf(world, task_id), [{ status: 'succeeded' }])
  t.same(await world.verify(), [])
})

t.test(
  'what a child may spend is set aside by its parent, and what it took is settled',
  async (t) => {
    const { work, begun, open } = gated()
    const budgets = {
      parent: { tool_calls: 5, microusd: 9000, wall_clock_ms: 60_000 },
      child: { tool_calls: 20, microusd: 4000 },
    }
    const world = await working(t, family(work, budgets))
    t.teardown(open)
    const task_id = await world.submit('parent')
    await until('the child works', () => begun() === 1)
    const [child] = await childrenOf(world, task_id)
    const purse = async (id: string | undefined) => {
      const { rows } = await world.query(
        `select cap_tool_calls::int as calls, cap_microusd::int as microusd,
         reserved_tool_calls::int as held_calls, reserved_microusd::int as held_microusd,
         spent_tool_calls::int as spent_calls, spent_microusd::int as spent, overrun_microusd::int as overrun
       from pawl.budgets where task_id = $1`,
        [id],
      )
      return rows[0]
    }
    t.match(await purse(child?.task_id), { calls: 5, microusd: 4000, held_calls: 0 })
    t.match(await purse(task_id), { calls: 5, microusd: 9000, held_calls: 5, held_microusd: 4000 })
    t.same(await world.verify(), [])
    // Two calls for 700, without a tool server: counter and ledger say the same.
    await world.query(
      `update pawl.budgets set spent_tool_calls = 2, spent_microusd = 700 where task_id = $1`,
      [child?.task_id],
    )
    await world.query(
      `insert into pawl.ledger (task_id, dimension, kind, reserved, spent, created_at)
     values ($1, 'tool_calls', 'settle', 0, 2, pawl.clock()), ($1, 'microusd', 'settle', 0, 700, pawl.clock())`,
      [child?.task_id],
    )
    open()
    await world.becomes(task_id)
    t.match(await purse(task_id), {
      held_calls: 0,
      held_microusd: 0,
      spent_calls: 2,
      spent: 700,
      overrun: 0,
    })
    t.same(await world.verify(), [])
  },
)

t.test('nobody but the engine says whose child a task is', async (t) => {
  const world = await working(
    t,
    family(async () => null),
  )
  const task_id = await world.submit('parent')
  await world.becomes(task_id)
  await t.rejects(
    world.query(
      `insert into pawl.tasks (machine, input, parent_task_id, parent_step_no)
       values ('child', '{}', $1, 1)`,
      [task_id],
    ),
    { code: 'PW107' },
  )
})
