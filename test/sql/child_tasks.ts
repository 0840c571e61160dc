/** What a commit does to other tasks: children begun, told and ended, and who waits for whom. */
import type pg from 'pg'
import t from 'tap'
import { breaks } from '../fixtures/broken_law.ts'
import { EDGE, type Item, newStep, type Site, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const { task, steps } = looks(world)

/** A parent that stands at `calling`, with a child as its step 1. */
async function family(input: object = { n: 1 }, columns: Record<string, unknown> = {}) {
  const parent = await world.submit(columns)
  const open_steps = [newStep(1, false, { kind: 'child', src: 'errand', input })]
  const beyond = { start: [{ step_no: 1, machine: 'errand' }] }
  const answers = await world.commit(startItem(parent, worker_id, { open_steps, beyond }))
  t.same(answers, ['accepted'])
  const child = await world.value<string>(
    'select child_task_id from pawl.steps where task_id = $1',
    [parent],
  )
  return { parent, child }
}

/** The child's first move, with nothing to do. */
const start = (task_id: string) => world.commit(startItem(task_id, worker_id, { open_steps: [] }))

/** The child is stopped by an error nobody catches. */
function stopItem(task_id: string) {
  return {
    ...startItem(task_id, worker_id, { open_steps: [] }),
    revision: 1,
    transition: {
      cause: 'engine',
      cause_no: null,
      event: 'pawl.stopped',
      edge_no: EDGE.stopped,
      to_state: 'calling',
    },
    status: 'failed',
    error: { code: 'broken', message: 'it broke' },
  }
}

t.test(
  'a child begins with its parent’s labels and priority, and as its submitter’s',
  async (t) => {
    const { parent, child } = await family({ n: 1 }, { labels: { team: 'north' }, priority: 3 })
    const of = (task_id: string) =>
      world.rows(
        `select machine, state, labels, priority, submitted_by, parent_task_id, parent_step_no
       from pawl.tasks where task_id = $1`,
        [task_id],
      )
    const [elder] = await of(parent)
    t.match(await of(child), [
      {
        machine: 'errand',
        state: '(new)',
        labels: { team: 'north' },
        priority: 3,
        submitted_by: elder?.['submitted_by'],
        parent_task_id: parent,
        parent_step_no: 1,
      },
    ])
    t.same(await world.verify(), [])
  },
)

t.test('a child that cannot begin is a failed step, and nothing else is lost', async (t) => {
  const { parent, child } = await family({ n: 'many' })
  t.equal(child, null)
  t.match(await steps(parent), [{ status: 'failed', error: { code: 'PW101' }, delivered: null }])
  t.match(await task(parent), { state: 'calling', revision: 1 })
  t.same(await world.verify(), [])
})

t.test('an end answers the parent’s step in the same commit, and makes it ready', async (t) => {
  const { parent, child } = await family()
  await world.query(`update pawl.tasks set status = 'waiting' where task_id = $1`, [parent])
  await start(child)
  t.same(await world.commit(stopItem(child)), ['accepted'])
  t.match(await steps(parent), [{ status: 'failed', error: { code: 'broken' }, delivered: null }])
  t.match(await task(parent), { status: 'ready', revision: 1 })
  t.same(await world.verify(), [])
})

t.test('while somebody holds the parent, the child’s end rides in a later flush', async (t) => {
  const { parent, child } = await family()
  await start(child)
  const item = stopItem(child)
  const lock = 'select from pawl.lock_tasks(array[$1::uuid])'
  await world.query('begin')
  await world.query(lock, [parent])
  t.same(await world.commit(item), ['busy'])
  t.match(await task(child), { status: 'ready', revision: 1 })
  await world.query('rollback')
  t.same(await world.commit(item), ['accepted'])
})

t.test('a child that ends beside its parent’s own move answers nobody who has gone', async (t) => {
  const { parent, child } = await family()
  await start(child)
  const leave = { ...stopItem(parent), stop_steps: [1], beyond: { stop: [1] } }
  t.same(await world.commit(leave, stopItem(child)), ['accepted', 'accepted'])
  t.match(await steps(parent), [{ status: /failed|stopped/ }])
  t.match(await task(child), { status: 'failed' })
  t.same(await world.verify(), [])
})

t.test('a child that is let go is told so, after all it was told before', async (t) => {
  const { parent, child } = await family()
  const beyond = { send: [{ step_no: 1, event: { type: 'GO' } }], stop: [1] }
  t.same(await world.commit({ ...stopItem(parent), stop_steps: [1], beyond }), ['accepted'])
  const told = await world.rows(
    'select type, cause, cause_no::int, sent_by from pawl.events where task_id = $1 order by event_no',
    [child],
  )
  t.same(told, [
    { type: 'GO', cause: 'child', cause_no: 1, sent_by: parent },
    { type: 'pawl.cancel', cause: 'engine', cause_no: 1, sent_by: parent },
  ])
  t.same(await world.verify(), [])
})

t.test(
  'what is said to a parent that is not there, or to one that has ended, is gone',
  async (t) => {
    const site: Site = await world.begun(worker_id)
    const say = (task_id: string) =>
      world.query(`select pawl.send_between($1, null, '{"type": "GO"}')`, [task_id])
    await say(site.task_id)
    const { parent, child } = await family()
    await world.commit({ ...stopItem(parent), stop_steps: [1], beyond: { stop: [1] } })
    await say(child)
    const heard = await world.value<number>(
      'select count(*)::int from pawl.events where task_id = any ($1)',
      [[site.task_id, parent]],
    )
    t.equal(heard, 0)
  },
)

t.test('a child whose parent was dropped with its month ends all the same', async (t) => {
  const { parent, child } = await family()
  await start(child)
  await world.commit({ ...stopItem(parent), stop_steps: [1], beyond: { stop: [1] } })
  await world.query('begin')
  await world.query('alter table pawl.tasks disable trigger all')
  await world.query('delete from pawl.tasks where task_id = $1', [parent])
  const text = 'select answer from pawl.commit($1)'
  const items = JSON.stringify([{ ...stopItem(child), item_no: 0 }])
  t.equal(await world.value(text, [items]), 'accepted')
  await world.query('rollback')
})

t.test('parents that let go and children that end never wait in a circle', async (t) => {
  const families: { parent: string; child: string }[] = []
  for (let n = 0; n < 12; n++) families.push(await family())
  for (const { child } of families) await start(child)
  const leave = families.map(({ parent }) => ({
    ...stopItem(parent),
    stop_steps: [1],
    beyond: { stop: [1] },
  }))
  const end = families.map(({ child }) => stopItem(child))
  // One after the other in each session, so that the two meet in the middle of many families.
  const one = async (client: pg.Client, items: Item[]) => {
    for (const item of items) {
      for (let answer = 'busy'; answer === 'busy'; ) {
        const text = 'select answer from pawl.commit($1)'
        answer = await world.value(text, [JSON.stringify([{ ...item, item_no: 0 }])], client)
        t.ok(['busy', 'accepted'].includes(answer), answer)
      }
    }
  }
  const [first, second] = [await world.as('pawl_worker'), await world.as('pawl_worker')]
  await Promise.all([one(first, leave), one(second, end.toReversed())])
  t.same(await world.verify(), [])
})

t.test('law 20: children and parents say the same of each other', async (t) => {
  const { parent, child } = await family()
  const broken = (statement: string, what: RegExp) => breaks(t, world, { law: 20, statement, what })
  const step = `update pawl.steps set %s where task_id = '${parent}'`
  await broken(step.replace('%s', 'child_task_id = null'), /no child answers it/)
  await broken(step.replace('%s', `kind = 'actor', child_task_id = null`), /not a child's/)
  await broken(
    `update pawl.tasks set status = 'failed', finished_at = pawl.clock() where task_id = '${child}'`,
    /is open, and its child is failed/,
  )
  await broken(
    step.replace('%s', `status = 'stopped', closed_at = pawl.clock()`),
    /let it go without a word/,
  )
})

t.test('a parent without caps gives its child none', async (t) => {
  const { child } = await family()
  t.same(
    await world.rows(
      `select cap_tokens, cap_microusd, cap_tool_calls, cap_model_calls
       from pawl.budgets where task_id = $1`,
      [child],
    ),
    [{ cap_tokens: null, cap_microusd: null, cap_tool_calls: null, cap_model_calls: null }],
  )
})
