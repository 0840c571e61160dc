/** The one door: what an accepted commit writes. */
import t from 'tap'
import { doneItem, goItem, newStep } from '../fixtures/sql_chart.ts'
import { looks } from '../fixtures/sql_looks.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const { task, steps, attempts } = looks(world)

t.test('a start is accepted: diary, state, step and attempt are written together', async (t) => {
  const { task_id } = await world.begun(worker_id)
  t.match(await task(task_id), { state: 'calling', status: 'ready', revision: 1 })
  t.match(await steps(task_id), [{ step_no: 1, status: 'open', attempts: 1, delivered: null }])
  t.same(await attempts(task_id), [{ step_no: 1, attempt: 1, outcome: null }])
})

t.test('a result is accepted: the step is closed and the transition names it', async (t) => {
  const site = await world.begun(worker_id)
  const item = doneItem(site)
  t.same(await world.commit(item), ['accepted'])
  t.match(await task(site.task_id), { state: 'waiting', status: 'waiting', revision: 2 })
  t.match(await steps(site.task_id), [
    { status: 'succeeded', output: { found: 1 }, error: null, delivered: 2 },
  ])
  t.same(await attempts(site.task_id), [{ step_no: 1, attempt: 1, outcome: 'succeeded' }])
  t.match(
    await world.rows(
      `select cause, cause_no, event, from_state, to_state, commit_id, worker_id
       from pawl.transitions where task_id = $1 and revision = 2`,
      [site.task_id],
    ),
    [
      {
        cause: 'step',
        cause_no: '1',
        from_state: 'calling',
        commit_id: item['commit_id'],
        worker_id,
      },
    ],
  )
})

t.test('a final state ends the task with its output', async (t) => {
  const site = await world.begun(worker_id)
  await world.commit(doneItem(site))
  const event_no = await world.value<number>(
    `select pawl.send_event($1, '{"type": "GO"}')::integer`,
    [site.task_id],
    world.roles.pawl_submitter,
  )
  t.same(await world.commit(goItem(site, 2, event_no)), ['accepted'])
  t.match(await task(site.task_id), {
    state: 'done',
    status: 'succeeded',
    output: { ok: true },
    finished: true,
  })
  t.equal(
    await world.value('select consumed_revision::integer from pawl.events where event_no = $1', [
      event_no,
    ]),
    3,
  )
})

t.test(
  'a result that nothing follows closes its step and leaves the task where it is',
  async (t) => {
    const site = await world.begun(await world.worker())
    const { transition: _, ...note } = doneItem(site, { state: 'calling', status: 'waiting' })
    t.same(await world.commit(note), ['accepted'])
    t.match(await task(site.task_id), { state: 'calling', status: 'waiting', revision: 1 })
    t.match(await steps(site.task_id), [{ status: 'succeeded', delivered: 1 }])
  },
)

t.test('many items are answered each for itself, in their order', async (t) => {
  const sites = []
  for (let n = 0; n < 5; n++) sites.push(await world.begun(await world.worker()))
  const [a, b, c, d, e] = sites
  if (!a || !b || !c || !d || !e) throw new Error('there are five')
  const items = [
    doneItem(e),
    { ...doneItem(d), revision: 0 },
    doneItem({ ...c, attempt: 9 }),
    doneItem(b, { open_steps: [newStep(2)] }),
    doneItem(a),
  ]
  t.same(await world.commit(...items), ['accepted', 'deferred', 'fenced', 'accepted', 'accepted'])
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
