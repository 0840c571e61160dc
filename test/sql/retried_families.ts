/** Who goes on with a parent that is retried, and what its parent sets aside and bears for it. */
import type pg from 'pg'
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { callsOf, modelCall, PRICES } from '../fixtures/sql_calls.ts'
import { CHART, EDGE, newStep, type Site, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
const own = ['pawl.retried', 'pawl.cancelled'].map((event, n) => ({
  edge_no: CHART.edges.length + n,
  from_state: 'calling',
  event,
  to_state: 'calling',
  kind: 'engine',
}))
await world.register('kin', { chart: { ...CHART, edges: [...CHART.edges, ...own] } })
const worker_id = await world.worker(['kin:1'])
const { task, steps } = looks(world)
const { beginModel, settleModel } = callsOf(world)
const retry = (task_id: string) => world.query('select pawl.retry_task($1)', [task_id])

/** A parent that stands at `calling` and whose step 1 is a child that has its own step 1 in hand. */
async function family(budget: object = {}) {
  const parent = await world.submit({ machine: 'kin', budget: JSON.stringify(budget) })
  const open_steps = [newStep(1, false, { kind: 'child', src: 'kin', input: { n: 1 } })]
  const beyond = { start: [{ step_no: 1, machine: 'kin' }] }
  await world.tick(1)
  const begun = await world.commit(startItem(parent, worker_id, { open_steps, beyond }))
  const child = await childOf(parent)
  t.same([...begun, ...(await world.commit(startItem(child, worker_id)))], ['accepted', 'accepted'])
  return { parent, child }
}

const childOf = (parent: string) =>
  world.value<string>('select child_task_id from pawl.steps where task_id = $1', [parent])

/** An error that nobody catches; of a parent, that of its child or (`lets_go`) its own. */
function stopItem(task_id: string, revision: number, more: object = {}) {
  return {
    ...startItem(task_id, worker_id, { open_steps: [] }),
    revision,
    transition: {
      cause: 'engine',
      cause_no: null,
      event: 'pawl.stopped',
      edge_no: EDGE.stopped,
      to_state: 'calling',
    },
    stop_steps: [1],
    status: 'failed',
    error: { code: 'broken', message: 'it broke' },
    ...more,
  }
}

async function stop(task_id: string, more: object = {}) {
  const { revision } = (await task(task_id)) as { revision: number }
  t.same(await world.commit(stopItem(task_id, revision, more)), ['accepted'])
}

const letsGo = { beyond: { stop: [1] } }

t.test('a child that has not heard that it was let go never does', async (t) => {
  const { parent, child } = await family()
  await stop(parent, letsGo)
  const late = stopItem(child, 1)
  await retry(parent)
  t.equal(await childOf(parent), child)
  t.match(await steps(parent), [{ status: 'open', delivered: null }])
  t.match(await task(child), { status: 'ready', revision: 2, state: 'calling' })
  t.match(await steps(child), [{ status: 'open', attempts: 1 }], 'it keeps what it has in hand')
  t.same(await world.commit(late), ['deferred'], 'its worker comes too late')
  const heard = await world.rows(
    `select type from pawl.events where task_id = $1 and consumed_revision is null`,
    [child],
  )
  t.same(heard, [])
  t.same(await world.verify(), [])
})

t.test('one that rested for itself when it was let go rests on', async (t) => {
  const { parent, child } = await family()
  await world.query('select pawl.pause_task($1)', [child])
  const holder = await world.as()
  await holder.query('begin')
  await holder.query('select from pawl.budgets where task_id = $1 for update', [child])
  await stop(parent, letsGo)
  await holder.query('rollback')
  await retry(parent)
  t.match(await task(child), { status: 'paused', revision: 2 })
  await world.query('select pawl.resume_task($1)', [child])
  t.match(await task(child), { status: 'ready' })
  t.same(await world.verify(), [])
})

t.test('one that has heard it cleans up, and another begins', async (t) => {
  const { parent, child } = await family()
  await stop(parent, letsGo)
  await world.query(`update pawl.events set consumed_revision = 1 where task_id = $1`, [child])
  await retry(parent)
  t.not(await childOf(parent), child)
  t.match(await task(child), { status: 'ready', revision: 1 })
  t.same(await world.verify(), [])
})

t.test(
  'a child alone is not retried, and one that was dropped with its month not at all',
  async (t) => {
    const { parent, child } = await family()
    await stop(child)
    t.match(await refused(retry(child)), {
      code: 'PW206',
      message: /its parent has its answer/,
      hint: `select pawl.retry_task('${parent}');`,
    })
    await stop(parent)
    await world.query('begin')
    await world.query('alter table pawl.tasks disable trigger all')
    await world.query('delete from pawl.tasks where task_id = $1', [child])
    t.match(await refused(retry(parent)), { code: 'PW206', message: /step 1 was dropped/ })
    await world.query('rollback')
  },
)

const purse = async (task_id: string) =>
  (
    await world.rows(
      `select cap_microusd::int as cap, reserved_microusd::int as held,
         spent_microusd::int as spent, overrun_microusd::int as over
       from pawl.budgets where task_id = $1`,
      [task_id],
    )
  )[0]

/** A call for 4500 at most, that costs so much for a prompt of so many tokens. */
async function spend(child: string, position: number, input_tokens: number) {
  const text = `select coalesce(
    (select a.attempt from pawl.attempts as a where a.task_id = $1 and a.finished_at is null),
    pawl.claim_step($1, 1, $2, 'release'))`
  const attempt = await world.value<number>(text, [child, worker_id])
  const site: Site = { task_id: child, step_no: 1, attempt, worker_id }
  const begun = await beginModel(modelCall(site, { position }))
  if (begun.answer === 'send') {
    await settleModel(site, begun.call_no, 'found', { usage: { input_tokens } })
  }
  return begun
}

async function bothStop({ parent, child }: { parent: string; child: string }) {
  await stop(child)
  await stop(parent)
}

t.test('what a child took is borne once, however often it ends', async (t) => {
  const kin = await family({ microusd: 10_000 })
  t.match(await spend(kin.child, 0, 2000), { answer: 'send' })
  await bothStop(kin)
  t.same(await purse(kin.parent), { cap: 10_000, held: 0, spent: 6000, over: 0 })
  await retry(kin.parent)
  t.same(await purse(kin.child), { cap: 10_000, held: 0, spent: 4500, over: 1500 })
  t.same(await purse(kin.parent), { cap: 10_000, held: 4000, spent: 6000, over: 0 })
  t.match(await spend(kin.child, 1, 100), { answer: 'refused', reason: 'microusd' })
  await bothStop(kin)
  t.same(await purse(kin.parent), { cap: 10_000, held: 0, spent: 6000, over: 0 })
  await world.query(`select pawl.raise_budget($1, '{"microusd": 20000}', 'me')`, [kin.parent])
  await retry(kin.parent)
  t.match(await purse(kin.child), { cap: 20_000 }, 'it has what its parent has been given')
  t.match(await spend(kin.child, 1, 100), { answer: 'send' })
  await world.query(`select pawl.raise_budget($1, '{"microusd": 7000}', 'me')`, [kin.child])
  await bothStop(kin)
  t.same(await purse(kin.parent), { cap: 20_000, held: 0, spent: 6300, over: 0 })
  await retry(kin.parent)
  t.match(await purse(kin.child), { cap: 7000 }, 'and what a person made of its caps')
  t.match(await purse(kin.parent), { held: 700, spent: 6300 })
  t.same(await world.verify(), [])
})

t.test(
  'parents that are retried and whoever touches their children wait in no circle',
  async (t) => {
    const families: { parent: string; child: string }[] = []
    for (let n = 0; n < 12; n++) families.push(await family({ microusd: 10_000 }))
    for (const kin of families) await bothStop(kin)
    const all = families.flatMap(({ parent, child }) => [parent, child])
    const turns: ((client: pg.Client) => Promise<unknown>)[] = [
      async (client) => {
        for (const { parent } of families)
          await client.query('select pawl.retry_task($1)', [parent])
      },
      async (client) => {
        for (const { child } of families.toReversed()) {
          await client.query('select pawl.cancel_task($1)', [child]).catch(unlessOver)
        }
      },
      async (client) => {
        for (const _ of families) await client.query('select pawl.wake_tasks($1)', [all])
      },
    ]
    const clients = await Promise.all(turns.map(() => world.as()))
    const ends = await Promise.allSettled(turns.map((turn, n) => turn(clients[n] ?? world.sql)))
    t.same(
      ends.map((it) => (it.status === 'rejected' ? String(it.reason) : it.status)),
      turns.map(() => 'fulfilled'),
    )
    t.same(await world.verify(), [])
  },
)

/** It had not been retried yet. */
function unlessOver(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'PW205')) throw error
}
