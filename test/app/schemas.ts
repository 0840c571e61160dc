/** What a zod schema says holds for the machine, too; what nobody could check is refused. */
import t from 'tap'
import { assign, createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine, type MachineSpec } from '../../src/app/define_machine.ts'
import { retellTasks } from '../../src/app/retell.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const keeping = createMachine({
  id: 'keeping',
  context: ({ input }) => ({ asked: input, said: null as unknown }),
  initial: 'open',
  states: {
    open: { on: { SAY: { actions: assign({ said: ({ event }) => event }) }, END: 'done' } },
    done: { type: 'final' },
  },
})

const input = z.object({
  n: z.number().default(3),
  to: z.object({ unit: z.string().default('kg'), at: z.string().optional() }).prefault({}),
  parts: z.array(z.object({ name: z.string().trim(), many: z.int().default(1) })).default([]),
  even: z
    .int()
    .refine((it) => it % 2 === 0, 'is odd')
    .optional(),
})

const events = { SAY: z.object({ loud: z.boolean().default(true) }) }

const app = defineApp({ machines: [defineMachine(keeping, { input, events, actors: {} })] })

t.test('defaults are there when the machine starts, and each time it is told again', async (t) => {
  const world = await worldOf(t, app, await freshDatabase(t))
  await world.work()
  const asked = { parts: [{ name: ' bolt ' }, { name: 'nut', many: 2, own: 'x' }], more: [1] }
  const task_id = await world.submit('keeping', asked)
  await world.becomes(task_id, 'waiting')
  await world.query('select pawl.send_event($1, $2)', [task_id, { type: 'SAY', words: 'hello' }])
  const context = {
    asked: {
      n: 3,
      to: { unit: 'kg' },
      parts: [
        { name: 'bolt', many: 1 },
        { name: 'nut', many: 2, own: 'x' },
      ],
      more: [1],
    },
    said: { type: 'SAY', words: 'hello', loud: true },
  }
  const contextAt = async (id: string, revision: number) =>
    (
      await world.query(
        `select snapshot -> 'context' as context, input from pawl.tasks
         where task_id = $1 and revision >= $2`,
        [id, revision],
      )
    ).rows[0]
  const seen = await until('it heard', () => contextAt(task_id, 2))
  t.strictSame(seen, { context, input: asked }, 'and the row keeps what was asked')
  const { rows } = await world.query<{ id: string }>('select pawl.fork_task($1, 2) as id', [
    task_id,
  ])
  const fork = await until('the fork stands there', () => contextAt(rows[0]?.id ?? '', 1))
  t.strictSame(fork, { context, input: asked })
  t.strictSame((await retellTasks(world.url, app)).breaches, [])
  t.same(await world.verify(), [])
})

t.test('what only zod can check is checked when the task begins', async (t) => {
  const world = await worldOf(t, app, await freshDatabase(t))
  await world.work()
  t.match(await world.becomes(await world.submit('keeping', { even: 3 })), {
    status: 'failed',
    state: '(new)',
    error: { code: 'PW101', message: 'the input does not fit at even: is odd', hint: /begins/ },
  })
  t.match(await world.becomes(await world.submit('keeping', { even: 4 }), 'waiting'), {
    state: 'open',
  })
})

t.test('what JSON Schema cannot say is refused, with the machine and the place', async (t) => {
  const text = z.string()
  const fits = { input: z.object({}), actors: {} }
  const cases: [Partial<MachineSpec>, string][] = [
    [
      { input: z.object({ list: z.array(z.object({ at: z.date() })) }) },
      "the input of machine 'keeping' cannot be checked at list[].at: Date cannot be represented in JSON Schema",
    ],
    [
      { input: z.object({ n: z.union([text.transform(Number), z.null()]) }) },
      "the input of machine 'keeping' cannot be checked at n: a transform is no JSON Schema",
    ],
    [
      { input: z.object({ n: z.preprocess(Number, z.number()) }) },
      "the input of machine 'keeping' cannot be checked at n: a transform is no JSON Schema",
    ],
    [
      { input: z.object({ n: z.stringbool() }) },
      "the input of machine 'keeping' cannot be checked at n: a transform is no JSON Schema",
    ],
    [
      { output: z.bigint() },
      "the output of machine 'keeping' cannot be checked: BigInt cannot be represented in JSON Schema",
    ],
    [
      { events: { SAY: z.object({ at: z.date().optional() }) } },
      "the event SAY of machine 'keeping' cannot be checked at at: Date cannot be represented in JSON Schema",
    ],
  ]
  for (const [spec, message] of cases) {
    t.throws(() => defineMachine(keeping, { ...fits, ...spec }), {
      code: 'PW603',
      message,
      hint: /z\.iso\.datetime\(\)/,
    })
  }
  t.doesNotThrow(() =>
    defineMachine(keeping, { ...fits, input: z.object({ a: text.pipe(z.email()) }) }),
  )
})
