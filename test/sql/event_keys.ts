/** Events that are sent twice count once, and what they bear is checked where they are sent. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { doneItem, goItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const submitter = world.roles.pawl_submitter
const send = (task_id: string, event: unknown, key: string | null = null, as = submitter) =>
  world.value<string>(
    'select pawl.send_event(task_id => $1, event => $2, key => $3)',
    [task_id, JSON.stringify(event), key],
    as,
  )
const inbox = (task_id: string) =>
  world.rows('select event_no, key, payload from pawl.events where task_id = $1 order by 1', [
    task_id,
  ])

t.test('sent again under its key, an event is the first one', async (t) => {
  const task_id = await world.submit()
  const first = await send(task_id, { type: 'GO', zip: '10001' }, 'letter 7')
  t.equal(await send(task_id, { zip: '10001', type: 'GO' }, 'letter 7'), first)
  t.match(await inbox(task_id), [{ event_no: first, key: 'letter 7' }])
  t.not(await send(task_id, { type: 'GO', zip: '10001' }), first, 'without a key it is another')
  t.not(await send(task_id, { type: 'GO', zip: '10001' }, 'letter 8'), first)
  const other = await world.submit()
  t.ok(await send(other, { type: 'GO' }, 'letter 7'), 'a key is its task’s own')
})

t.test('a key that stands for another event is refused, and so is an empty one', async (t) => {
  const task_id = await world.submit()
  await send(task_id, { type: 'GO' }, 'k')
  t.match(await refused(send(task_id, { type: 'GO', more: 1 }, 'k')), {
    code: 'PW106',
    hint: /./,
  })
  t.match(await refused(send(task_id, null, 'k')), { code: 'PW106' })
  for (const key of ['', 'x'.repeat(201)]) {
    t.match(await refused(send(task_id, { type: 'GO' }, key)), { code: 'PW110', hint: /./ })
  }
})

t.test('of two senders of one key at once one sends, and both are told its number', async (t) => {
  const task_id = await world.submit()
  const [one, other] = [await world.as('pawl_submitter'), await world.as('pawl_submitter')]
  await one.query('begin')
  const first = await send(task_id, { type: 'GO' }, 'k', one)
  const second = send(task_id, { type: 'GO' }, 'k', other)
  await world.waiting()
  await one.query('commit')
  t.equal(await second, first)
  t.equal((await inbox(task_id)).length, 1)
})

t.test('a sender who did not see the answer may ask after the task’s end', async (t) => {
  const site = await world.begun(worker_id)
  await world.commit(doneItem(site))
  const event_no = await send(site.task_id, { type: 'GO' }, 'k')
  await world.commit(goItem(site, 2, Number(event_no)))
  t.equal(await send(site.task_id, { type: 'GO' }, 'k'), event_no)
  t.match(await refused(send(site.task_id, { type: 'GO' }, 'new')), {
    code: 'PW202',
    message: /finished/,
    hint: /select/,
  })
})

t.test('while a sender’s transaction is open, its task goes on', async (t) => {
  const site = await world.begun(worker_id)
  const sender = await world.as('pawl_submitter')
  await sender.query('begin')
  await send(site.task_id, { type: 'GO' }, 'k', sender)
  t.same(await world.commit(doneItem(site)), ['accepted'])
  await sender.query('commit')
  t.equal((await inbox(site.task_id)).length, 1)
})

t.test('what an event bears must fit its schema, and the refusal says where', async (t) => {
  const GO = {
    type: 'object',
    required: ['zip'],
    properties: { zip: { type: 'string', maxLength: 5 } },
    additionalProperties: false,
  }
  await world.register('strict', { event_schemas: { GO } })
  const task_id = await world.submit({ machine: 'strict' })
  t.ok(await send(task_id, { type: 'GO', zip: '10001' }))
  t.ok(await send(task_id, { type: 'mouse.up', any: 'thing' }), 'no schema, nothing to fit')
  const secret = 'Mrs Ada Quill'
  for (const [event, path] of [
    [{ type: 'GO' }, /zip/],
    [{ type: 'GO', zip: secret }, /at \$\.zip: expected/],
    [{ type: 'GO', zip: 7 }, /at \$\.zip: expected/],
    [{ type: 'GO', zip: '10001', [secret]: 1 }, /expected/],
  ] as const) {
    const answer = await refused(send(task_id, event))
    t.match(answer, { code: 'PW204', message: path, hint: /event_schemas/ })
    t.notMatch(answer.whole, Object.values(event)[1] === secret ? secret : '\0')
  }
})

t.test('a schema of events makes a version, and one that cannot be checked none', async (t) => {
  await world.register('shaped')
  t.match(await world.register('shaped', { event_schemas: {} }), { version: 1 })
  const GO = { type: 'object' }
  t.match(await world.register('shaped', { event_schemas: { GO } }), { version: 2 })
  const bad = world.register('shaped', { event_schemas: { GO: { contains: {} } } })
  t.match(await refused(bad), { code: 'PW603' })
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
