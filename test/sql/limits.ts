/** Limits: how many steps of a machine may be in hand at once, and whose turn comes next. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { doneItem, newStep, startItem } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { task, steps } = looks(world)
const worker = world.roles.pawl_worker
const worker_id = await world.worker()
const limit = (in_hand_max: number | null, more: { label?: string; value?: string } = {}) =>
  world.query('select pawl.set_limit($1, $2, label => $3, value => $4)', [
    'errand',
    in_hand_max,
    more.label ?? null,
    more.value ?? null,
  ])
const claim = (task_id: string, as = worker, id = worker_id) =>
  world.value<number | null>('select pawl.claim_step($1, 1, $2, $3)', [task_id, id, 'r'], as)
const opened = async (columns?: Record<string, unknown>) => {
  const task_id = await world.submit(columns)
  const answer = await world.commit(startItem(task_id, worker_id))
  return { task_id, answer: answer[0] }
}
const done = (task_id: string, attempt = 1) =>
  world.commit(doneItem({ task_id, step_no: 1, attempt, worker_id }))
const dispatch = async () => (await worker.query('select * from pawl.dispatch()')).rows[0]
const queue = () => world.value<string>('select count(*) from pawl.limit_queue')
const wokenTasks = async () => {
  const rows = await world.rows<{ payload: string[] }>(
    'select payload from graphile_worker._private_jobs order by id',
  )
  await world.query('delete from graphile_worker._private_jobs')
  return rows.flatMap((it) => it.payload)
}
const fresh = async () => {
  await world.query(`update pawl.attempts set outcome = 'stopped', finished_at = pawl.clock()
    where outcome is null`)
  await world.query('delete from pawl.limits')
  await world.query('delete from pawl.limit_slots')
  await world.query('delete from pawl.limit_queue')
  await wokenTasks()
}

t.test('what has begun on its slot keeps it, whoever still thinks it waits', async (t) => {
  await limit(2)
  const { task_id } = await opened()
  t.equal(await claim(task_id), 1)
  await world.query(
    `select pawl.take_slot(
       (s.limit_id, s.value, s.task_id, s.step_no, 0, pawl.clock())::pawl.limit_queue, null, 2)
     from pawl.limit_slots as s`,
  )
  t.same(await world.rows('select attempt from pawl.limit_slots'), [{ attempt: 1 }])
  await fresh()
})

t.test('without a limit a step is begun in the same breath', async (t) => {
  const { task_id, answer } = await opened()
  t.equal(answer, 'accepted')
  t.match(await steps(task_id), [{ attempts: 1 }])
  await fresh()
})

t.test('with one it is opened only, takes a slot, and waits where there is none', async (t) => {
  await limit(2)
  const tasks = [await opened(), await opened(), await opened()]
  t.same(
    tasks.map((it) => it.answer),
    ['unclaimed', 'unclaimed', 'unclaimed'],
  )
  const [a, b, c] = tasks.map((it) => it.task_id) as [string, string, string]
  t.match(await steps(a), [{ attempts: 0 }])
  t.same([await claim(a), await claim(b), await claim(c)], [1, 1, 0])
  t.match(await steps(c), [{ status: 'open', attempts: 0, waits_for: 'limit' }])
  t.equal(await claim(c), 0, 'and asking again changes nothing')
  t.equal(await queue(), '1')
  await wokenTasks()
  t.match(await dispatch(), { done: '0', next_ms: 100 })
  t.same(await done(a), ['unclaimed'])
  await wokenTasks()
  t.match(await dispatch(), { done: '1', next_ms: 1000 })
  t.same(await wokenTasks(), [c], 'it is woken when a slot is free')
  t.equal(await claim(c), 1)
  t.match(await steps(c), [{ attempts: 1, waits_for: null }])
  t.match(await task(c), { status: 'ready' })
  t.equal(await claim(b), null, 'what is in hand keeps its slot, whoever asks for it')
  t.equal(await claim((await opened()).task_id), 0)
  await done(b)
  await done(c)
  await fresh()
})

t.test('the most urgent goes first, then the oldest, and nobody passes them', async (t) => {
  await limit(1)
  const first = await opened()
  t.equal(await claim(first.task_id), 1)
  const waiting: string[] = []
  for (const priority of [0, 5, -5, 0]) {
    const { task_id } = await opened({ priority })
    t.equal(await claim(task_id), 0)
    waiting.push(task_id)
    await world.tick(10)
  }
  const [old, lazy, urgent, young] = waiting
  await wokenTasks()
  let before = first.task_id
  for (const next of [urgent, old, young, lazy]) {
    await done(before)
    await wokenTasks()
    const late = await opened({ priority: 9 })
    await wokenTasks()
    t.equal(await claim(late.task_id), 0, 'who comes by finds a free slot, and others before')
    await world.query('delete from pawl.limit_queue where task_id = $1', [late.task_id])
    await dispatch()
    t.same(await wokenTasks(), [next])
    t.equal(await claim(late.task_id), 0, 'it is kept for who was woken')
    await world.query('delete from pawl.limit_queue where task_id = $1', [late.task_id])
    t.equal(await claim(next ?? ''), 1)
    before = next ?? ''
  }
  await done(before)
  await fresh()
})

t.test('a slot is free when its attempt is over, however it ended', async (t) => {
  await limit(1)
  const dead = await world.worker()
  const { task_id } = await opened()
  const next = (await opened()).task_id
  t.equal(await claim(task_id, worker, dead), 1)
  t.equal(await claim(next), 0)
  await worker.query('select pawl.bury_worker($1)', [dead])
  await wokenTasks()
  t.match(await dispatch(), { done: '1' })
  t.same(await wokenTasks(), [next])
  t.equal(await claim(next), 1)
  t.equal(await claim(task_id), 0, 'whose worker died waits like the others')
  await worker.query(`select pawl.end_attempt($1, 1, 1, 'parked', 60000)`, [next])
  t.match(await dispatch(), { done: '1' })
  t.equal(await claim(task_id), 2, 'who is parked holds no slot')
  await done(task_id, 2)
  await fresh()
})

t.test('who was taken for dead takes no slot', async (t) => {
  await limit(1)
  const dead = await world.worker()
  await worker.query('select pawl.bury_worker($1)', [dead])
  const { task_id } = await opened()
  t.equal(await claim(task_id, worker, dead), null)
  t.same(await world.rows('select from pawl.limit_slots'), [])
  t.equal(await claim(task_id), 1)
  await done(task_id)
  await fresh()
})

t.test('a slot that nobody comes for goes to the next, and the step is not lost', async (t) => {
  await limit(1)
  const [a, b] = [await opened(), await opened()].map((it) => it.task_id)
  t.same([await claim(a ?? ''), await claim(b ?? '')], [1, 0])
  await world.tick(10)
  const c = (await opened()).task_id
  t.equal(await claim(c), 0)
  await done(a ?? '')
  await wokenTasks()
  await dispatch()
  t.same(await wokenTasks(), [b])
  await world.tick(9000)
  await dispatch()
  t.same(await wokenTasks(), [])
  await world.tick(2000)
  await dispatch()
  t.same(await wokenTasks(), [b], 'its turn comes again')
  await world.query(`update pawl.tasks set status = 'paused' where task_id = $1`, [b])
  await world.tick(11_000)
  await dispatch()
  t.same(await wokenTasks(), [c], 'who is paused holds nobody up')
  await world.query(`update pawl.tasks set status = 'waiting' where task_id = $1`, [b])
  t.equal(await claim(c), 1)
  t.equal(await claim(b ?? ''), 0)
  await done(c)
  await fresh()
})

t.test('each value of a label has its own, and one value may have another', async (t) => {
  await limit(1, { label: 'customer' })
  await limit(2, { label: 'customer', value: 'large' })
  const of = async (customer?: string) => {
    const labels = customer === undefined ? {} : { customer }
    return claim((await opened({ labels })).task_id)
  }
  t.same([await of('a'), await of('a'), await of('b')], [1, 0, 1])
  t.same([await of(), await of(), await of()], [1, 1, 1], 'who has no such label has no limit')
  t.same([await of('large'), await of('large')], [1, 0], 'all limits of a step hold')
  await limit(null, { label: 'customer' })
  t.same([await of('a'), await of('a')], [1, 1])
  t.same([await of('large'), await of('large')], [1, 0])
  await fresh()
})

t.test('what is in hand when a limit is set counts; one taken away wakes who waited', async (t) => {
  const before = await opened()
  t.equal(before.answer, 'accepted')
  await limit(1)
  const { task_id } = await opened()
  t.equal(await claim(task_id), 0)
  await wokenTasks()
  await limit(null)
  t.same(await wokenTasks(), [task_id])
  t.equal(await claim(task_id), 1)
  await limit(1)
  await limit(3)
  const more = [await opened(), await opened()].map((it) => it.task_id)
  t.same([await claim(more[0] ?? ''), await claim(more[1] ?? '')], [1, 0], 'two and one are three')
  await limit(1)
  await done(task_id)
  await dispatch()
  t.equal(await claim(more[1] ?? ''), 0, 'lowered, it lets nothing in until less is in hand')
  await limit(0)
  await done(before.task_id)
  await done(more[0] ?? '')
  await dispatch()
  t.equal(await claim(more[1] ?? ''), 0, 'none at all is a limit, too')
  await fresh()
})

t.test('of two that want the last slot at once one has it', async (t) => {
  await limit(2)
  const [a, b, c] = [await opened(), await opened(), await opened()].map((it) => it.task_id)
  t.equal(await claim(a ?? ''), 1)
  const one = await world.as('pawl_worker')
  await one.query('begin')
  t.equal(await claim(b ?? '', one), 1)
  const other = claim(c ?? '')
  await world.waiting()
  await one.query('commit')
  t.equal(await other, 0)
  await fresh()
})

t.test('while what a limit found in hand is still there, two at once take no more', async (t) => {
  const before: string[] = []
  for (let n = 0; n < 5; n++) before.push((await opened()).task_id)
  await limit(3)
  const over = await world.rows<{ task_id: string; step_no: number; attempt: number }>(
    'select task_id, step_no, attempt from pawl.limit_slots where slot_no <= 3',
  )
  for (const it of over) await world.commit(doneItem({ ...it, worker_id }))
  const one = await world.as('pawl_worker')
  for (let time = 0; time < 5; time++) {
    await world.query(`select pawl.free_slots(limit_id, '') from pawl.limits`)
    const [a, b] = [(await opened()).task_id, (await opened()).task_id]
    await one.query('begin')
    t.equal(await claim(a, one), 1)
    const other = claim(b)
    await world.waiting()
    await one.query('commit')
    t.equal(await other, 0)
    await done(a)
    await world.query('delete from pawl.limit_queue')
  }
  await fresh()
})

t.test('a commit whose machine has no limit is as ever, whoever else has one', async (t) => {
  await world.register('free')
  await limit(1)
  const { answer, task_id } = await opened({ machine: 'free' })
  t.equal(answer, 'accepted')
  t.match(await steps(task_id), [{ attempts: 1 }])
  const both = [await world.submit({ machine: 'free' }), await world.submit()]
  const open_steps = [newStep(1, true)]
  t.same(await world.commit(...both.map((it) => startItem(it, worker_id, { open_steps }))), [
    'accepted',
    'unclaimed',
  ])
  await fresh()
})

t.test('a limit that makes no sense is refused', async (t) => {
  const set = (args: string) => refused(world.query(`select pawl.set_limit(${args})`))
  t.match(await set(`'errant', 1`), { code: 'PW102', hint: /errand/ })
  t.match(await set(`'errand', -1`), { code: 'PW110', hint: /./ })
  t.match(await set(`'errand', 10001`), { code: 'PW110' })
  t.match(await set(`'errand', 1, value => 'x'`), { code: 'PW110' })
})
