/**
 * The connection is lost around a statement: done and not done look the same to the worker, and
 * neither is lost or doubled.
 */
import t, { type Test } from 'tap'
import { freshDatabase } from '../fixtures/database.ts'
import { effectTools } from '../fixtures/effect_tools.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import { manySteps, oneStep } from '../fixtures/small_machines.ts'
import { type Moment, tcpProxy } from '../fixtures/tcp_proxy.ts'
import { until } from '../fixtures/until.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)
const STEPS = 6
const TASKS = 12

async function attempts(outcome: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'select count(*)::integer from pawl.attempts where outcome = $1',
    [outcome],
  )
  return rows[0]?.count ?? 0
}

/** Every third commit meets that moment; all tasks end, each step done once. */
async function cutCommits(t: Test, moment: Moment): Promise<void> {
  let ran = 0
  const world: World = await worldOf(
    t,
    manySteps(async () => ++ran),
    db,
  )
  const proxy = await tcpProxy(t, db.url)
  proxy.cutAt('pawl.commit', (nth) => (nth % 3 === 1 ? moment : undefined))
  const worker = await world.work({ url: proxy.through(db.url) })
  const task_ids: string[] = []
  for (let n = 0; n < TASKS; n++) task_ids.push(await world.submit('many', { steps: STEPS }))
  for (const task_id of task_ids) {
    const seen = await world.becomes(task_id)
    t.match(seen, { status: 'succeeded', revision: STEPS + 1 })
  }
  await worker.stop()
  t.ok(proxy.cuts.length >= STEPS, `${proxy.cuts.length} commits were cut ${moment}`)
  t.equal(ran, TASKS * STEPS, 'each step ran once')
  t.equal(await attempts('handed_back'), 0, 'none was dropped')
  t.same(await world.verify(), [])
}

t.test('a commit that is cut before it arrives is sent again', (t) => cutCommits(t, 'before'))

t.test('a commit whose answer is cut off is looked up', (t) => cutCommits(t, 'after'))

t.test('a commit that is still under way when it is sent again is not doubled', async (t) => {
  await db.query(`
    create function pawl.dawdle() returns trigger language plpgsql
    as 'begin perform pg_sleep(0.1); return null; end'`)
  await db.query(`
    create trigger dawdle after insert on pawl.transitions
    for each statement execute function pawl.dawdle()`)
  t.teardown(() => db.query('drop function pawl.dawdle() cascade'))
  await cutCommits(t, 'during')
})

t.test('a step whose claim was cut off is handed back, and done', async (t) => {
  let ran = 0
  const world = await worldOf(
    t,
    oneStep(async () => {
      if (++ran === 1) throw new Error('once more, so that it is claimed')
      return 'done'
    }),
    db,
  )
  const proxy = await tcpProxy(t, db.url)
  proxy.cutAt('pawl.claim_step(', (nth) => (nth === 0 ? 'after' : undefined))
  await world.work({ url: proxy.through(db.url) })
  const task_id = await world.submit('one')
  t.match(await world.becomes(task_id), { status: 'succeeded', output: 'done' })
  t.equal(ran, 2, 'the claim that nobody heard of ran nothing')
  t.same(proxy.cuts, ['after'])
  t.same(await world.verify(), [])
})

t.test('what came of a call is known although the telling of it was cut off', async (t) => {
  for (const moment of ['before', 'after'] as const) {
    const outside = await effectsServer()
    t.teardown(() => outside.close())
    const tools = effectTools(outside.url)
    const world = await worldOf(
      t,
      oneStep((ctx) => ctx.tool('once', { id: 1 }), { tools }),
      db,
    )
    const proxy = await tcpProxy(t, db.url)
    proxy.cutAt('pawl.settle_tool_call(', (nth) => (nth === 0 ? moment : undefined))
    const worker = await world.work({ url: proxy.through(db.url) })
    const seen = await world.becomes(await world.submit('one'))
    t.match(seen, { output: { outcome: 'found' } }, 'no person need ask whether it happened')
    t.same(proxy.cuts, [moment])
    await worker.stop()
  }
})

t.test('the end of an attempt that is cut off is told again', async (t) => {
  for (const moment of ['before', 'after'] as const) {
    let ran = 0
    const world = await worldOf(
      t,
      oneStep(async () => {
        if (++ran === 1) throw new Error('once more')
        return 'done'
      }),
      db,
    )
    const before = await attempts('handed_back')
    const proxy = await tcpProxy(t, db.url)
    proxy.cutAt('pawl.end_attempt(', (nth) => (nth === 0 ? moment : undefined))
    const worker = await world.work({ url: proxy.through(db.url) })
    const task_id = await world.submit('one')
    t.match(await world.becomes(task_id), { status: 'succeeded', output: 'done' })
    await until('it was cut', () => proxy.cuts.length === 1)
    t.equal(await attempts('handed_back'), before, 'and nothing was dropped')
    await worker.stop()
  }
})
