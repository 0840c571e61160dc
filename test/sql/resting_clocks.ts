/** A task rests while questions about it wait: its deadline moves on by each moment once. */
import t from 'tap'
import { actsOf } from '../fixtures/sql_acts.ts'
import { callsOf, toolCall } from '../fixtures/sql_calls.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const { decide } = actsOf(world)
const { beginTool } = callsOf(world)
const submitter = world.roles.pawl_submitter
const begun = async () => world.begun(await world.worker(), { budget: '{"wall_clock_ms": 60000}' })
const pause = (task_id: string) => submitter.query('select pawl.pause_task($1)', [task_id])
const resume = (task_id: string) => submitter.query('select pawl.resume_task($1)', [task_id])

const ask = (task_id: string, review_no: number, kind: string) =>
  world.query(
    `insert into pawl.reviews
       (task_id, review_no, kind, question, context, choices, step_no, status, opened_at)
     values ($1, $2, $3, 'What now?', '{}', '{answer}', 1, 'waiting', pawl.clock())`,
    [task_id, review_no, kind],
  )

/** Seconds by the budget and by the timer; null where it stands still. */
const left = async (task_id: string) => {
  const [row] = await world.rows(
    `select extract(epoch from b.deadline_at - pawl.clock())::integer as budget,
       extract(epoch from nullif(m.fire_at, 'infinity') - pawl.clock())::integer as timer
     from pawl.budgets as b
     join pawl.timers as m using (task_id)
     where b.task_id = $1
       and m.timer_id = 'pawl.deadline'`,
    [task_id],
  )
  return row
}

t.test('a question that the task does not wait for stops no clock', async (t) => {
  const { task_id } = await begun()
  await ask(task_id, 1, 'poison')
  await pause(task_id)
  await world.tick(600_000)
  await resume(task_id)
  t.same(await left(task_id), { budget: 60, timer: 60 })
})

t.test('two questions beside each other in one pause count once', async (t) => {
  const site = await begun()
  await pause(site.task_id)
  await world.tick(100_000)
  await ask(site.task_id, 1, 'escalation')
  await world.tick(100_000)
  await ask(site.task_id, 2, 'escalation')
  await world.tick(100_000)
  await resume(site.task_id)
  t.match(await left(site.task_id), { timer: null })
  for (const review_no of [1, 2]) {
    await decide(site, 'answer', { answer: 'so' }, review_no)
    await world.tick(10_000)
  }
  t.same(await left(site.task_id), { budget: 50, timer: 50 })
})

t.test('what a paused task has in hand does not run out of time', async (t) => {
  const site = await begun()
  await world.tick(50_000)
  await pause(site.task_id)
  await world.tick(120_000)
  t.match(await beginTool(toolCall(site)), { answer: 'send' })
  await resume(site.task_id)
  await world.tick(10_000)
  t.match(await beginTool(toolCall(site, { position: 1 })), {
    answer: 'refused',
    reason: 'wall_clock_ms',
  })
})
