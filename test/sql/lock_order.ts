/**
 * Everybody at the same few tasks at once: whoever writes takes its locks in the same order, so
 * nobody ever waits in a circle.  A deadlock would end one of them with 40P01.
 */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import t from 'tap'
import { actsOf } from '../fixtures/sql_acts.ts'
import { modelCall, PRICES } from '../fixtures/sql_calls.ts'
import { doneItem, newStep, type Site, startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const CROSSING_MS = 1500
const TASKS = 6

const world = await sqlWorld(t)
const { ask } = actsOf(world)
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
await world.query(`select pawl.open_pool('one', 1000000000), pawl.open_pool('two', 1000000000)`)
const task_ids: string[] = []
for (let n = 0; n < TASKS; n++) {
  const budget = JSON.stringify({ pool: n % 2 === 0 ? 'one' : 'two', wall_clock_ms: 9e8 })
  const labels = { team: n % 3 }
  const site = await world.begun(await world.worker(), { budget, labels })
  task_ids.push(site.task_id)
}

type Session = { name: string; turns: number; turn(client: pg.Client): Promise<unknown> }

const shuffled = () => task_ids.toSorted(() => Math.random() - 0.5)
const some = () => shuffled()[0] ?? ''
const value = <T>(client: pg.Client, text: string, params: unknown[] = []) =>
  world.value<T>(text, params, client)

/** A worker that claims what is free, calls, moves some of it back and forth, and dies. */
async function live(client: pg.Client): Promise<void> {
  const worker_id = randomUUID()
  await client.query(`select pawl.start_worker($1, 'r', 'h', 1, '{errand:1}', 10)`, [worker_id])
  const held: Site[] = []
  for (const task_id of shuffled()) {
    const text = `select pawl.claim_step($1, 1, $2, 'r')`
    const attempt = await value<number | null>(client, text, [task_id, worker_id])
    // None at all, where a limit left no slot.
    if (attempt) held.push({ task_id, step_no: 1, attempt, worker_id })
  }
  for (const [position, site] of held.entries()) {
    const call = modelCall(site, { position: position + Math.round(Math.random() * 1e6) })
    await client.query('select pawl.begin_model_call($1)', [call]).catch(unlessOver)
  }
  const items = held.map((site, item_no) => ({ ...doneItem(site), revision: 0, item_no }))
  const kept = items.filter((_, index) => index % 2 === 0)
  await client.query('select pawl.commit($1)', [JSON.stringify(kept)])
  await client.query('select pawl.wake_tasks($1)', [shuffled()])
  await client.query('select pawl.bury_worker($1)', [worker_id])
}

/** The attempt was taken away meanwhile: that is how it should be. */
function unlessOver(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'PW002')) throw error
}

/** Lets time pass, puts much back to where a worker can take it, makes timers and pauses due. */
async function reopen(client: pg.Client): Promise<void> {
  await client.query(`update stopped.clock set at = at + interval '1500 ms'`)
  await client.query('begin')
  await client.query('select from pawl.tasks order by task_id for no key update')
  await client.query(
    `update pawl.steps set status = 'open', losses = attempts, closed_at = null, output = null,
       delivered_revision = null, wake_at = case when random() < 0.3 then pawl.clock() end
     where status <> 'open' and random() < 0.5`,
  )
  await client.query(
    `insert into pawl.timers (task_id, timer_id, fire_at, event, set_revision)
     select task_id, 'x', pawl.clock(), '{"type": "GO"}', 1 from pawl.tasks
     on conflict on constraint timers_pk do nothing`,
  )
  await client.query('commit')
}

/** Of all, of each of a label's values, and none again. */
async function limit(client: pg.Client): Promise<void> {
  const in_hand_max = Math.random() < 0.4 ? null : Math.ceil(Math.random() * TASKS)
  const label = Math.random() < 0.5 ? null : 'team'
  await client.query(`select pawl.set_limit('errand', $1, label => $2)`, [in_hand_max, label])
  await client.query('select pg_sleep(0.005)')
}

async function decide(client: pg.Client): Promise<void> {
  const task_id = some()
  const site = { task_id, step_no: 1, attempt: 1, worker_id: task_id }
  await ask(site, { kind: 'escalation', choices: ['answer'], act_no: null })
  const [review] = (
    await client.query(
      `select task_id, review_no from pawl.reviews where status = 'waiting' order by random() limit 1`,
    )
  ).rows
  const text = `select pawl.decide_review($1, $2, 'answer', 'me', answer => '1')`
  if (review) await client.query(text, [review.task_id, review.review_no])
}

const sessions: Session[] = [
  { name: 'a worker', turns: 0, turn: live },
  { name: 'another worker', turns: 0, turn: live },
  { name: 'a third worker', turns: 0, turn: live },
  { name: 'sweep', turns: 0, turn: (it) => it.query('select pawl.sweep()') },
  { name: 'another sweep', turns: 0, turn: (it) => it.query('select pawl.sweep()') },
  { name: 'timers', turns: 0, turn: (it) => it.query('select pawl.dispatch()') },
  { name: 'other timers', turns: 0, turn: (it) => it.query('select pawl.dispatch()') },
  { name: 'slots', turns: 0, turn: (it) => it.query('select pawl.hand_out_slots()') },
  { name: 'who sets limits', turns: 0, turn: limit },
  { name: 'a reviewer', turns: 0, turn: decide },
  {
    name: 'a sender',
    turns: 0,
    turn: (it) => it.query(`select pawl.send_event($1, '{"type": "GO"}')`, [some()]),
  },
  {
    name: 'who pays',
    turns: 0,
    turn: (it) =>
      it.query(`select pawl.raise_budget($1, '{"wall_clock_ms": 900000000}', 'me')`, [some()]),
  },
  { name: 'whoever opens again', turns: 0, turn: reopen },
]

t.test('nobody waits in a circle, however they cross', async (t) => {
  const end = performance.now() + CROSSING_MS
  const ends = await Promise.allSettled(
    sessions.map(async (session) => {
      const client = await world.as()
      while (performance.now() < end) {
        await session.turn(client)
        session.turns++
      }
    }),
  )
  for (const [index, session] of sessions.entries()) {
    const ended = ends[index]
    t.equal(ended?.status, 'fulfilled', `${session.name}: ${JSON.stringify(ended)}`)
    t.ok(session.turns > 0, `${session.name} had ${session.turns} turns`)
  }
})

t.test('what they left behind keeps the laws of money and attempts', async (t) => {
  await world.tick(60_000)
  await world.roles.pawl_worker.query('select pawl.sweep()')
  const broken = (await world.verify()).filter(({ law }) => law === 13 || law === 7)
  t.same(broken, [])
})

t.test('commits of the same tasks from two workers never wait for each other', async (t) => {
  const fresh = [await world.submit(), await world.submit(), await world.submit()]
  const [one, two] = [await world.worker(), await world.worker()]
  const open_steps = [newStep(1)]
  const items = (by: string, ids: string[]) =>
    JSON.stringify(ids.map((id, item_no) => ({ ...startItem(id, by, { open_steps }), item_no })))
  const holder = await world.as('pawl_worker')
  await holder.query('begin')
  await holder.query('select pawl.commit($1)', [items(one, fresh)])
  const answers = await world.rows<{ answer: string }>('select answer from pawl.commit($1)', [
    items(two, fresh.toReversed()),
  ])
  t.same(
    answers.map(({ answer }) => answer),
    ['busy', 'busy', 'busy'],
  )
  await holder.query('commit')
})
