/** What children took is their parents' to bear, whatever else happens in the moment of the end. */
import type pg from 'pg'
import t from 'tap'
import { modelCall, PRICES } from '../fixtures/sql_calls.ts'
import { doneItem, EDGE, type Item, newStep, startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const CAP = 1_000_000
const CHILD_STEP = newStep(1, false, { kind: 'child', src: 'errand', input: { n: 1 } })
const BEYOND = { start: [{ step_no: 1, machine: 'errand' }] }

const world = await sqlWorld(t)
const worker_id = await world.worker()
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])

/** Has it begun, with a child as its step 1. */
async function bears(parent: string, open_steps = [CHILD_STEP]): Promise<string> {
  await world.tick(1)
  await world.commit(startItem(parent, worker_id, { open_steps, beyond: BEYOND }))
  const text = 'select child_task_id from pawl.steps where task_id = $1 and step_no = 1'
  return world.value(text, [parent])
}

const rich = () => world.submit({ budget: JSON.stringify({ microusd: CAP }) })

/** Stopped by an error that nobody catches. */
function stopItem(task_id: string, stop_steps: number[] = []): Item {
  return {
    ...startItem(task_id, worker_id, { open_steps: [], stop_steps }),
    revision: 1,
    transition: {
      cause: 'engine',
      cause_no: null,
      event: 'pawl.stopped',
      edge_no: EDGE.stopped,
      to_state: 'calling',
    },
    status: 'failed',
    error: { code: 'broken' },
  }
}

async function caller(): Promise<pg.Client> {
  const client = await world.as('pawl_worker')
  await client.query('begin')
  return client
}

const money = (task_id: string) =>
  world.rows(
    `select reserved_microusd::integer as reserved, spent_microusd::integer as spent
     from pawl.budgets where task_id = $1`,
    [task_id],
  )

t.test('a call begun in the moment of a child’s end is its parent’s to bear', async (t) => {
  const parent = await rich()
  const child = await bears(parent)
  await world.commit(startItem(child, worker_id))
  const calling = await caller()
  const call = modelCall({ task_id: child, step_no: 1, attempt: 1, worker_id })
  const begun = await world.value('select pawl.begin_model_call($1)', [call], calling)
  t.match(begun, { answer: 'send' })
  const ended = world.commit(stopItem(child, [1]))
  await world.waiting()
  await calling.query('commit')
  t.same(await ended, ['accepted'])
  const [taken] = await money(child)
  t.not(taken?.['reserved'], 0)
  t.same(await money(parent), [{ reserved: 0, spent: taken?.['reserved'] }])
})

t.test(
  'a child’s end and a step let go that is about to call never wait in a circle',
  async (t) => {
    const parent = await rich()
    const child = await bears(parent, [CHILD_STEP, newStep(2, true)])
    await world.commit(startItem(child, worker_id, { open_steps: [] }))
    const call = modelCall({ task_id: parent, step_no: 2, attempt: 1, worker_id })
    // Its attempt is in hand already, its budget not yet.
    const calling = await world.as()
    await calling.query('begin')
    await calling.query('select pawl.check_attempt($1)', [call])
    const leaves = doneItem({ task_id: parent, step_no: 2, attempt: 1, worker_id })
    const ended = world.commit(stopItem(child), { ...leaves, step: undefined, stop_steps: [2] })
    await world.waiting()
    const begun = await world.value('select pawl.begin_model_call($1)', [call], calling)
    t.match(begun, { answer: 'refused', reason: 'microusd' }, 'the child has it all still')
    await calling.query('commit')
    t.same(await ended, ['accepted', 'accepted'])
  },
)

t.test('a family that ends in one batch takes no more from above than it spent', async (t) => {
  const grandparent = await rich()
  const parent = await bears(grandparent)
  const child = await bears(parent)
  await world.commit(startItem(child, worker_id, { open_steps: [] }))
  t.match(await money(parent), [{ reserved: CAP }], 'all of it is set aside')
  t.same(await world.commit(stopItem(parent, [1]), stopItem(child)), ['accepted', 'accepted'])
  t.same(await money(parent), [{ reserved: 0, spent: 0 }])
  t.same(await money(grandparent), [{ reserved: 0, spent: 0 }])
})

t.test(
  'a cap given to a parent meanwhile is filled at most, and its child still ends',
  async (t) => {
    const parent = await world.submit()
    const child = await bears(parent)
    await world.commit(startItem(child, worker_id))
    await world.query(`select pawl.raise_budget($1, '{"microusd": 1000}', 'me')`, [parent])
    const call = modelCall({ task_id: child, step_no: 1, attempt: 1, worker_id })
    t.match(await world.value('select pawl.begin_model_call($1)', [call]), { answer: 'send' })
    t.same(await world.commit(stopItem(child, [1])), ['accepted'])
    const [taken] = await money(child)
    t.same(await money(parent), [{ reserved: 0, spent: 1000 }])
    const overrun = 'select overrun_microusd::integer from pawl.budgets where task_id = $1'
    t.equal(await world.value(overrun, [parent]), Number(taken?.['reserved']) - 1000)
  },
)

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
