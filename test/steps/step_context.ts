/**
 * What a step's function may rely on, and what it may not get away with.
 */
import t, { type Test } from 'tap'
import type { Actor } from '../../src/app/define_machine.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectTools } from '../fixtures/effect_tools.ts'
import { effectsServer, type Met } from '../fixtures/effects_server.ts'
import { oneStep } from '../fixtures/small_machines.ts'
import { worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)

/** A world outside that behaves as scripted, and a worker whose one step is this function. */
async function working(t: Test, work: Actor, ...met: Met[]) {
  const outside = await effectsServer()
  t.teardown(() => outside.close())
  outside.script(...met)
  const world = await worldOf(t, oneStep(work, { tools: effectTools(outside.url) }), db)
  await world.work()
  return { ...world, outside }
}

t.test('a step tried again is given its answers from the rows', async (t) => {
  let runs = 0
  const work: Actor = async (ctx) => {
    const first = await ctx.tool('once', { id: 1 })
    const second = await ctx.tool('once', { id: 2 })
    if (++runs === 1) throw new Error('it fell over afterwards')
    return { first: first.outcome, second: second.outcome }
  }
  const world = await working(t, work, 'fine', 'lost_answer')
  const seen = await world.becomes(await world.submit('one'))
  t.same(seen.output, { first: 'found', second: 'unknown' }, 'also that nobody knows')
  t.equal(world.outside.log.length, 2, 'nothing was sent a second time')
  t.equal(runs, 2)
})

t.test('a call beyond the budget is refused and never sent', async (t) => {
  const world = await working(t, async (ctx) => [
    await ctx.tool('read', { id: 1 }),
    await ctx.tool('keyed', { id: 2 }),
  ])
  const { rows } = await db.query<{ task_id: string }>(
    `insert into pawl.tasks (machine, input, budget) values ('one', '{}', '{"tool_calls": 1}')
     returning task_id`,
  )
  const seen = await world.becomes(rows[0]?.task_id ?? '')
  t.match(seen.output, [{ outcome: 'found' }, { outcome: 'refused', reason: 'tool_calls' }])
  t.equal(world.outside.log.length, 1)
  t.same(await world.verify(), [])
})

t.test('another request at the same place ends the step with PW203', async (t) => {
  let id = 0
  const world = await working(t, async (ctx) => {
    await ctx.tool('keyed', { id: ++id })
    throw new Error('again, please')
  })
  const seen = await world.becomes(await world.submit('one'))
  t.equal(seen.status, 'failed')
  t.match(seen.error, { code: 'PW203' })
  t.equal(world.outside.log.length, 1, 'the other request was never sent')
})

t.test('a function that catches what a waiting call throws waits all the same', async (t) => {
  const work: Actor = (ctx) => ctx.tool('keyed', { id: 1 }).catch(() => 'never mind')
  const world = await working(t, work, 'unavailable')
  const seen = await world.becomes(await world.submit('one'))
  t.match(seen.output, { outcome: 'found' })
})

t.test('a call that nobody waits for does not end the process', async (t) => {
  const work: Actor = async (ctx) => {
    void ctx.tool('keyed', { id: 1 })
    return 'done'
  }
  const world = await working(t, work, 'unavailable')
  const seen = await world.becomes(await world.submit('one'))
  t.equal(seen.status, 'succeeded')
})

t.test('text that cannot be stored is cleaned, not lost', async (t) => {
  const nul = 'a\u0000b'
  const lone = 'c\ud800d'
  const world = await working(t, async (ctx) => {
    ctx.remember(`${nul}${lone}`)
    return { nul, lone, [`key${lone}`]: 'e\\u0000f', fine: '😀' }
  })
  const task_id = await world.submit('one')
  const seen = await world.becomes(task_id)
  t.same(seen.output, {
    nul: 'a\uFFFDb',
    lone: 'c\uFFFDd',
    'keyc\uFFFDd': 'e\\u0000f',
    fine: '😀',
  })
  const { rows } = await db.query(
    `select s.cleaned, m.body from pawl.steps as s join pawl.memories as m using (task_id)
     where task_id = $1`,
    [task_id],
  )
  t.same(rows, [{ cleaned: true, body: 'a\uFFFDbc\uFFFDd' }])
})
