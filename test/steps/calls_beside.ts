/** Calls beside each other in one step: it is over when all of them are, and not before. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { z } from 'zod'
import type { AppSpec } from '../../src/app/define_app.ts'
import type { StepContext } from '../../src/steps/context.ts'
import { defineTool } from '../../src/tools/define_tool.ts'
import { found, nothing, ToolFailure } from '../../src/tools/outcomes.ts'
import { freshDatabase, type TestDatabase } from '../fixtures/database.ts'
import { failOnce } from '../fixtures/fail_once.ts'
import { oneStep } from '../fixtures/small_machines.ts'
import { worldOf } from '../fixtures/workers.ts'

t.setTimeout(120_000)
/** Longer than the other call takes to fail and to be tried again. */
const SLOW_MS = 1500

const shape = { description: 'A tool.', input: z.looseObject({}), output: z.number() }

/** Fails so often before it finds. */
function looking(failures: number) {
  let looks = 0
  return defineTool({
    ...shape,
    name: 'look',
    class: 'read',
    retry: { tries_max: failures + 1, base_ms: 10, cap_ms: 10 },
    run: async () => {
      if (++looks <= failures) throw new ToolFailure('busy', { retryable: true })
      return found(looks)
    },
  })
}

function paying(kind: 'A' | 'B' | 'C') {
  const paid: string[] = []
  const run = async (_args: unknown, { call_key }: { call_key: string }) => {
    await sleep(SLOW_MS)
    paid.push(call_key)
    return found(paid.length)
  }
  const reconcile = async (key: string) => (paid.includes(key) ? found(1) : nothing())
  const common = { ...shape, name: 'pay', consequential: true, timeout_ms: 30_000, run }
  const pay =
    kind === 'B'
      ? defineTool({ ...common, class: kind, reconcile })
      : defineTool({ ...common, class: kind })
  return { pay, paid }
}

for (const kind of ['A', 'B', 'C'] as const) {
  t.test(`a payment of class ${kind} is awaited while a call beside it fails`, async (t) => {
    const { pay, paid } = paying(kind)
    const { seen, world } = await run(t, [looking(1), pay], async (ctx) => {
      const answers = await Promise.all([ctx.tool('look', {}), ctx.tool('pay', {})])
      return answers.map((it) => it.outcome)
    })
    t.match(seen, { status: 'succeeded', output: ['found', 'found'] })
    t.equal(paid.length, 1)
    t.same(await world.verify(), [])
  })
}

t.test('a function that ends before its call is over takes the answer along', async (t) => {
  const { pay, paid } = paying('C')
  let runs = 0
  const { seen, db } = await run(t, [pay], async (ctx) => {
    const call = ctx.tool('pay', {})
    if (++runs === 1) throw new Error('not this time')
    return (await call).outcome
  })
  t.match(seen, { status: 'succeeded', output: 'found' })
  t.equal(paid.length, 1)
  t.same((await db.query('select outcome from pawl.tool_calls')).rows, [{ outcome: 'found' }])
})

t.test('what is called after the function has ended is refused', async (t) => {
  const { pay, paid } = paying('C')
  const late = Promise.withResolvers<unknown>()
  const { seen } = await run(t, [pay], async (ctx) => {
    setImmediate(() => ctx.tool('pay', {}).catch(late.resolve))
    return 'done'
  })
  t.match(seen, { status: 'succeeded' })
  t.match(await late.promise, { message: /has ended/ })
  t.same(paid, [])
})

t.test('a failed call that the function wraps in its own error uses up no attempt', async (t) => {
  const { seen } = await run(t, [looking(4)], async (ctx) => {
    try {
      return (await ctx.tool('look', {})).outcome
    } catch (cause) {
      throw new Error('the look went wrong', { cause })
    }
  })
  t.match(seen, { status: 'succeeded', output: 'found' })
})

t.test('an answer outlives a deadlock where it is written down', async (t) => {
  const { pay, paid } = paying('C')
  const { seen } = await run(
    t,
    [pay],
    async (ctx) => (await ctx.tool('pay', {})).outcome,
    (db) => failOnce(db, '40P01', `pawl.tool_calls for each row when (new.outcome = 'found')`),
  )
  t.match(seen, { status: 'succeeded', output: 'found' })
  t.equal(paid.length, 1)
})

async function run(
  t: Test,
  tools: NonNullable<AppSpec['tools']>,
  work: (ctx: StepContext) => Promise<unknown>,
  prepare?: (db: TestDatabase) => Promise<unknown>,
) {
  const db = await freshDatabase(t)
  const world = await worldOf(t, oneStep(work, { tools }), db)
  await prepare?.(db)
  await world.work()
  const seen = await world.hurried(await world.submit('one'))
  return { seen, world, db }
}
