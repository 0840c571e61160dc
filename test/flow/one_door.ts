/**
 * The one door under worst manners, with real workers: two regions that finish at the same moment,
 * a user's transaction that is left open, an item nobody foresaw, an answer that is lost.
 */
import t from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { gated, oneStep } from '../fixtures/small_machines.ts'
import { tcpProxy } from '../fixtures/tcp_proxy.ts'
import { until } from '../fixtures/until.ts'
import { endPauses, worldOf } from '../fixtures/workers.ts'

const TASKS = 20
const SLOTS = 5

const Kind = z.object({ is: z.string() })
const JOBS = 'select from graphile_worker._private_jobs'
const LOCK_WAITS = `select query from pg_stat_activity where wait_event_type = 'Lock'`
const UNSEEN = `select from pawl.events as e
  join pawl.tasks as t using (task_id)
  where e.consumed_revision is null and e.seen_revision is distinct from t.revision`

/** Two regions, each with a step of its own; both results are in the output. */
const twins = createMachine({
  id: 'twins',
  type: 'parallel',
  context: { left: null, right: null },
  states: Object.fromEntries(
    ['left', 'right'].map((side) => [
      side,
      {
        initial: 'working',
        states: {
          working: { invoke: { id: side, src: side, onDone: 'done' } },
          done: { type: 'final' },
        },
      },
    ]),
  ),
})

t.test('two regions that finish together lose no result', async (t) => {
  const db = await freshDatabase(t)
  let ran = 0
  let arrived = 0
  let both = Promise.withResolvers<void>()
  /** Neither finishes before the other one has come so far. */
  const meet = async () => {
    ran++
    if (++arrived === 2) {
      arrived = 0
      both.resolve()
      both = Promise.withResolvers()
    } else await both.promise
    return null
  }
  const machine = defineMachine(twins, {
    input: z.looseObject({}),
    actors: { left: meet, right: meet },
  })
  const world = await worldOf(t, defineApp({ machines: [machine] }), db)
  // Two workers, so that the two results come by two connections.
  await world.work()
  await world.work()
  for (let n = 0; n < TASKS; n++) {
    const seen = await world.becomes(await world.submit('twins'))
    t.match(seen, { status: 'succeeded', revision: 3 }, 'a start and two results')
  }
  t.equal(ran, 2 * TASKS, 'each step ran once')
  const { rows } = await db.query(
    `select distinct status from pawl.steps where actor_id in ('left', 'right')`,
  )
  t.same(rows, [{ status: 'succeeded' }])
  t.same(await world.verify(), [])
})

t.test('a transaction that somebody leaves open stalls nobody else', async (t) => {
  const db = await freshDatabase(t)
  const step = gated()
  const world = await worldOf(
    t,
    oneStep(async (ctx) => {
      if (JSON.stringify(ctx.input).includes('held')) await step.work(ctx)
      return 'done'
    }),
    db,
  )
  await world.work({ concurrency: 30 })
  const held = await world.submit('one', { is: 'held' })
  const told = await world.submit('one', { is: 'held' })
  await until('both are in hand', () => step.begun() === 2)
  const user = await db.as()
  await user.query('begin')
  await user.query(`select from pawl.tasks where task_id = '${held}' for update`)
  await user.query(
    `insert into pawl.events (task_id, cause, type, payload, sent_by, created_at)
     values ('${told}', 'event', 'ANY', '{"type": "ANY"}', 'somebody', pawl.clock())`,
  )
  step.open()
  const others: string[] = []
  for (let n = 0; n < TASKS; n++) others.push(await world.submit('one'))
  for (const task_id of others) t.match(await world.becomes(task_id), { status: 'succeeded' })
  t.match(
    await world.becomes(told),
    { status: 'succeeded' },
    'an open insert of an event locks nothing',
  )
  t.match(await world.task(held), { status: 'ready' }, 'only the one whose row is held waits')
  await user.query('rollback')
  t.match(await world.becomes(held), { status: 'succeeded' })
  t.same(await world.verify(), [])
})

/** Rings when both have come: GO is taken first, and LATER waits for that. */
const bell = createMachine({
  id: 'bell',
  initial: 'still',
  states: {
    still: { on: { GO: 'rung' } },
    rung: { on: { LATER: 'over' } },
    over: { type: 'final' },
  },
})

t.test('more held tasks than a worker has slots leave it free for others', async (t) => {
  const db = await freshDatabase(t)
  const step = gated()
  let ran = 0
  let broken = true
  const app = oneStep(async (ctx) => {
    const { is } = Kind.parse(ctx.input)
    if (is === 'claim' && broken) throw new Error('not now')
    if (is === 'commit') {
      ran++
      await step.work(ctx)
    }
    return is
  })
  const bells = defineMachine(bell, { input: z.looseObject({}), actors: {} })
  const machines = [...app.machines.values(), bells]
  const world = await worldOf(t, defineApp({ machines }), db)
  const submitted = (machine: string, is: string) =>
    Promise.all(Array.from({ length: SLOTS }, () => world.submit(machine, { is })))
  const send = (task_ids: string[], type: string) =>
    db.query('select pawl.send_event(u, $2) from unnest($1::uuid[]) as u', [task_ids, { type }])
  await world.work({ concurrency: SLOTS })
  const claims = await submitted('one', 'claim')
  const parks = await submitted('bell', 'park')
  const moves = await submitted('bell', 'move')
  for (const task_id of [...claims, ...parks, ...moves]) await world.becomes(task_id, 'waiting')
  const commits = await submitted('one', 'commit')
  await until('its slots are full', () => step.begun() === SLOTS)
  const held = [...claims, ...parks, ...moves, ...commits]

  const user = await db.as()
  await user.query('begin')
  await user.query('select pawl.pause_task(u) from unnest($1::uuid[]) as u', [held])
  broken = false
  for (const task_id of claims) await endPauses(db, task_id)
  await send(parks, 'LATER')
  await send(moves, 'GO')
  step.open()
  for (const task_id of await submitted('one', 'free')) {
    t.match(await world.becomes(task_id), { status: 'succeeded' })
  }
  await until('no wake-up is kept', async () => (await db.query(JOBS)).rows.length === 0)
  t.same((await db.query(LOCK_WAITS)).rows, [], 'nor does any connection wait')
  for (const task_id of await submitted('one', 'free')) {
    t.match(await world.becomes(task_id), { status: 'succeeded' }, 'it goes on with others')
  }
  await user.query('rollback')

  for (const task_id of [...claims, ...commits]) {
    t.match(await world.becomes(task_id), { status: 'succeeded' })
  }
  await until(
    'what came too early was seen',
    async () => (await db.query(UNSEEN)).rows.length === 0,
  )
  await send(parks, 'GO')
  await send(moves, 'LATER')
  for (const task_id of [...parks, ...moves]) {
    t.match(await world.becomes(task_id), { state: 'over' })
  }
  t.equal(ran, SLOTS, 'no result was lost')
  t.same(await world.verify(), [])
})

t.test('one item that nobody foresaw never sinks the rest of its batch', async (t) => {
  const db = await freshDatabase(t)
  const step = gated()
  const world = await worldOf(
    t,
    oneStep(async (ctx) => {
      await step.work(ctx)
      return ctx.input
    }),
    db,
  )
  await db.query(`
    create function pawl.choke() returns trigger language plpgsql
    as $$ begin
      if new.output::text like '%choke%' then raise exception 'nobody foresaw this'; end if;
      return new;
    end $$`)
  await db.query(`
    create trigger choke before update on pawl.steps
    for each row execute function pawl.choke()`)
  t.teardown(() => db.query('drop function pawl.choke() cascade'))
  await world.work({ concurrency: 30 })
  const inputs = Array.from({ length: TASKS }, (_, n) => ({ is: n === 7 ? 'choke' : 'fine' }))
  const task_ids: string[] = []
  for (const input of inputs) task_ids.push(await world.submit('one', input))
  await until('all are in hand', () => step.begun() === TASKS)
  step.open() // All of their commits are ready at once.
  for (const [n, task_id] of task_ids.entries()) {
    if (n === 7) t.match(await world.hurried(task_id), { status: 'failed' })
    else t.match(await world.becomes(task_id), { status: 'succeeded' })
  }
})

t.test('a commit whose answer was lost is read back by its commit_id', async (t) => {
  const db = await freshDatabase(t)
  let ran = 0
  const world = await worldOf(
    t,
    oneStep(async () => ++ran),
    db,
  )
  const proxy = await tcpProxy(t, db.url)
  proxy.cutAt('pawl.commit', () => 'after')
  await world.work({ url: proxy.through(db.url) })
  const task_id = await world.submit('one')
  const seen = await world.becomes(task_id)
  t.match(seen, { status: 'succeeded', revision: 2 }, 'no commit was done twice')
  t.equal(ran, 1, 'and no step')
  t.equal(proxy.cuts.length, 2, 'neither of its two commits ever came back')
  const { rows } = await db.query<{ commit_id: string }>(
    'select commit_id from pawl.transitions where task_id = $1 and revision > 0',
    [task_id],
  )
  const chosen = new Set(rows.map((row) => row.commit_id)).size
  t.equal(chosen, 2, 'each transition bears the commit_id its worker chose')
  t.same(await world.verify(), [])
})
