/** Who waits for a task that a person's open transaction holds waits alone, and loses nothing. */
import t from 'tap'
import { z } from 'zod'
import { defineTool } from '../../src/tools/define_tool.ts'
import { found } from '../../src/tools/outcomes.ts'
import { freshDatabase, type TestDatabase } from '../fixtures/database.ts'
import { gated, oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { endPauses, worldOf } from '../fixtures/workers.ts'

const isHeld = (input: unknown) => JSON.stringify(input).includes('held')

t.test(
  'a suspect whose result waits for its row keeps its worker to itself no longer',
  async (t) => {
    const db = await freshDatabase(t)
    const step = gated()
    const world = await worldOf(
      t,
      oneStep(async (ctx) => {
        if (isHeld(ctx.input) && suspected) await step.work(ctx)
        if (isHeld(ctx.input) && !suspected) throw new Error('not yet')
        return 'done'
      }),
      db,
    )
    let suspected = false
    await world.work({ concurrency: 3 })
    const held = await world.submit('one', { is: 'held' })
    await world.becomes(held, 'waiting')
    suspected = true
    await db.query('update pawl.steps set deaths = 10, attempts_max = 9 where task_id = $1', [held])
    await db.query('update pawl.steps set wake_at = pawl.clock() where task_id = $1', [held])
    await db.query('update pawl.timers set fire_at = pawl.clock() where task_id = $1', [held])
    await until('it is tried alone', () => step.begun() === 1)
    const user = await db.as()
    await user.query('begin')
    await user.query('select pawl.pause_task($1)', [held])
    step.open()
    const other = await world.submit('one', { is: 'free' })
    t.match(await world.becomes(other), { status: 'succeeded' })
    const { rows } = await db.query(
      'select alone, outcome from pawl.attempts where task_id = $1 and attempt = 2',
      [held],
    )
    t.same(rows, [{ alone: false, outcome: null }], 'a death would be held against it as any other')
    await user.query('rollback')
    t.match(await world.becomes(held), { status: 'succeeded' })
    t.same(await world.verify(), [])
  },
)

t.test('a suspect is not forgotten where another result waits for its row', async (t) => {
  const db = await freshDatabase(t)
  const step = gated()
  let suspected = false
  const world = await worldOf(
    t,
    oneStep(async (ctx) => {
      if (isHeld(ctx.input)) await step.work(ctx)
      else if (!suspected) throw new Error('not yet')
      return 'done'
    }),
    db,
  )
  await world.work({ concurrency: 3 })
  const suspect = await world.submit('one', { is: 'suspect' })
  await world.becomes(suspect, 'waiting')
  await db.query('update pawl.steps set deaths = 10, attempts_max = 9 where task_id = $1', [
    suspect,
  ])
  const held = await world.submit('one', { is: 'held' })
  await until('the other is in hand', () => step.begun() === 1)
  const user = await db.as()
  await user.query('begin')
  await user.query('select pawl.pause_task($1)', [held])
  step.open()
  // Others have its slot: it waits outside.
  suspected = true
  await endPauses(db, suspect)
  await until('the suspect comes again later', async () => {
    const { rows } = await db.query(
      `select from pawl.steps as s join pawl.timers as m using (task_id)
       where s.task_id = $1 and s.waits_for = 'alone' and m.fire_at > pawl.clock()`,
      [suspect],
    )
    return rows.length > 0
  })
  await user.query('rollback')
  t.match(await world.becomes(held), { status: 'succeeded' })
  await endPauses(db, suspect)
  t.match(await world.becomes(suspect), { status: 'succeeded' })
  t.same(await world.verify(), [])
})

t.test('a worker that is told to stop waits for nothing that it has not begun', async (t) => {
  const db = await freshDatabase(t)
  const world = await worldOf(
    t,
    oneStep(async () => 'done'),
    db,
  )
  const held = await world.submit('one', { is: 'held' })
  const user = await db.as()
  await user.query('begin')
  await user.query('select pawl.pause_task($1)', [held])
  const worker = await world.work({ concurrency: 1, figures: { grace_ms: 600_000 } })
  const other = await world.submit('one', { is: 'free' })
  t.match(await world.becomes(other), { status: 'succeeded' })
  const jobs = async () => (await db.query('select from graphile_worker._private_jobs')).rows.length
  await until('its wake-up was taken', async () => (await jobs()) === 0)
  await worker.stop()
  t.equal(await jobs(), 1, 'and it is left to others')
  await user.query('rollback')
  await world.work()
  t.match(await world.becomes(held), { status: 'succeeded' })
  t.same(await world.verify(), [])
})

/** How often it was asked whether there is nothing left to do. */
async function countLooks(db: TestDatabase): Promise<() => Promise<number>> {
  await db.query('create sequence public.looks')
  await db.query('grant usage on public.looks to public')
  const name = 'pawl.is_idle(bigint[])'
  const { rows } = await db.query<{ made: string }>(
    `select pg_get_functiondef('${name}'::regprocedure) as made`,
  )
  const counted = `select nextval('public.looks') > 0 and not exists`
  await db.query(rows[0]?.made.replace('select not exists', counted) ?? '')
  return async () => {
    const seen = await db.query<{ looks: string }>('select last_value as looks from public.looks')
    return Number(seen.rows[0]?.looks)
  }
}

t.test('a worker that works until it is idle is not, while something waits in it', async (t) => {
  const db = await freshDatabase(t)
  const looks = await countLooks(db)
  let broken = true
  const world = await worldOf(
    t,
    oneStep(async () => {
      if (broken) throw new Error('not now')
      return 'done'
    }),
    db,
  )
  const held = await world.submit('one')
  const worker = await world.work({ until_idle: true })
  await world.becomes(held, 'waiting')
  const user = await db.as()
  await user.query('begin')
  await user.query('select pawl.pause_task($1)', [held])
  broken = false
  await endPauses(db, held)
  const idle = 'select pawl.is_idle(array(select machine_id from pawl.machines)) as idle'
  await until('the database knows of no more', async () => (await db.query(idle)).rows[0]?.['idle'])
  const before = await looks()
  await until('it has looked again and again', async () => (await looks()) > before + 3)
  await user.query('rollback')
  t.match(await world.becomes(held), { status: 'succeeded' })
  await worker.done
  t.same(await world.verify(), [])
})

t.test('while a person has a budget in hand its calls wait, and other tasks go on', async (t) => {
  const db = await freshDatabase(t)
  const answering = Promise.withResolvers<void>()
  let sent = 0
  const look = defineTool({
    name: 'look',
    description: 'Looks, and takes its time.',
    input: z.looseObject({}),
    output: z.number(),
    class: 'read',
    run: async () => {
      sent++
      await answering.promise
      return found(sent)
    },
  })
  const app = oneStep(
    async (ctx) => {
      if (!isHeld(ctx.input)) return 'done'
      const one = await ctx.tool('look', {})
      return [one, await ctx.tool('look', {})]
    },
    { tools: [look] },
  )
  const world = await worldOf(t, app, db)
  await world.work({ concurrency: 2 })
  const held = await world.submit('one', { is: 'held' })
  await until('its first call is out', () => sent === 1)
  const user = await db.as()
  await user.query('begin')
  await user.query(`select pawl.raise_budget($1, '{"tool_calls": 50}', 'me')`, [held])
  answering.resolve()
  const other = await world.submit('one', { is: 'free' })
  t.match(await world.becomes(other), { status: 'succeeded' })
  await user.query('rollback')
  const seen = await world.hurried(held)
  t.match(seen, {
    status: 'succeeded',
    output: [
      { outcome: 'found', value: 1 },
      { outcome: 'found', value: 2 },
    ],
  })
  t.same(await world.verify(), [])
})
