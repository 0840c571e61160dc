/** What an agent's step thinks from, and the hashes that bind what was thought to what is sent. */
import t from 'tap'
import { actsOf, registerClerk } from '../fixtures/sql_acts.ts'
import { callsOf } from '../fixtures/sql_calls.ts'
import { plan, planStep } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
await registerClerk(world)
const { planned, envelope, assess, call } = actsOf(world)
const { beginTool, settleTool } = callsOf(world)
const load = async (task_id: string) =>
  (await world.roles.pawl_worker.query('select * from pawl.load_agent($1)', [task_id])).rows[0]

t.test('before there is a plan there is the input and nothing else', async (t) => {
  const site = await world.begun(await world.worker(), { machine: 'clerk' })
  t.match(await load(site.task_id), {
    input: { n: 1 },
    plan_no: 0,
    plan_steps: [],
    results: [],
    envelopes: [],
    memories: [],
    replans_left: '1000000',
  })
})

t.test('the newest plan, the newest envelope and the last answer of each act', async (t) => {
  const site = await planned()
  await envelope(site, { args: { amount: 9 } })
  const read = { class: 'read', consequential: false }
  const first = await beginTool(call(site, read))
  await settleTool(site, first.call_no, 'failed', { error: { message: 'x', retryable: true } })
  const second = await beginTool(call(site, read))
  await settleTool(site, second.call_no, 'found', { value: { long: 'y'.repeat(9000) } })
  await beginTool(call(site, { ...read, act_no: 2, ordinal: 2, envelope_no: null, position: 1 }))
  const steps = [planStep(1, { carried: true }), planStep(2, { act_no: 3 })]
  await world.query('select pawl.attach_plan($1, 1, $2)', [site.task_id, plan(2, 1, steps)])
  const loaded = await load(site.task_id)
  t.equal(loaded.plan_no, 2)
  t.match(loaded.plan_steps, [
    { ordinal: 1, act_no: 1, carried: true },
    { ordinal: 2, act_no: 3, carried: false },
  ])
  t.match(loaded.envelopes, [{ act_no: 1, envelope_no: 2, args: { amount: 9 } }])
  t.equal(loaded.results.length, 1, 'what is in flight has brought nothing yet')
  t.match(loaded.results, [{ act_no: 1, call_no: 2, outcome: 'found' }])
  t.equal(loaded.results[0].answer.long.length, 9000)
})

t.test('a tool that was asked afterwards has given the act’s answer', async (t) => {
  const site = await planned()
  await assess(site, 1)
  const sent = await beginTool(call(site, { class: 'B' }))
  await settleTool(site, sent.call_no, 'unknown')
  const asking = await beginTool(call(site, { class: 'B', purpose: 'reconcile' }))
  await settleTool(site, asking.call_no, 'empty')
  t.match((await load(site.task_id)).results, [{ outcome: 'unknown' }])
  const again = await beginTool(call(site, { class: 'B', purpose: 'reconcile' }))
  await settleTool(site, again.call_no, 'found', { value: { id: 3 } })
  t.match((await load(site.task_id)).results, [{ outcome: 'found', answer: { id: 3 } }])
})

t.test('memories come in the order they were made, the newest two hundred', async (t) => {
  const site = await planned()
  await world.query(
    `insert into pawl.memories (task_id, kind, body, created_at)
     select $1, 'fact', 'fact ' || n, pawl.clock() from generate_series(1, 205) as n`,
    [site.task_id],
  )
  const { memories } = await load(site.task_id)
  t.equal(memories.length, 200)
  t.match(memories.at(0), { body: 'fact 6' })
  t.match(memories.at(-1), { body: 'fact 205' })
})

t.test(
  'an envelope’s hash is of tool, version and arguments, however they are written',
  async (t) => {
    const hash = (text: string) => world.value<string>('select pawl.envelope_hash($1)', [text])
    const one = await hash('{"tool": "post", "tool_version": "1", "args": {"a": 1, "b": 2}}')
    t.match(one, /^[0-9a-f]{64}$/)
    t.equal(await hash('{"args":{"b":2,"a":1},"tool_version":"1","tool":"post","act_no":7}'), one)
    for (const other of [
      '{"tool": "pay", "tool_version": "1", "args": {"a": 1, "b": 2}}',
      '{"tool": "post", "tool_version": "2", "args": {"a": 1, "b": 2}}',
      '{"tool": "post", "tool_version": "1", "args": {"a": 1, "b": "2"}}',
    ]) {
      t.not(await hash(other), one)
    }
  },
)

t.test('a short text stays where it is, a long one is kept once for its task', async (t) => {
  const one = await planned()
  const two = await planned()
  const keep = (task_id: string, body: unknown) =>
    world.value('select pawl.keep($1, $2)', [task_id, JSON.stringify(body)])
  const whole = (task_id: string, body: unknown) =>
    world.value(
      'select pawl.whole($1, $2)',
      [task_id, JSON.stringify(body)],
      world.roles.pawl_observer,
    )
  const long = { text: 'z'.repeat(5000) }
  t.same(await keep(one.task_id, { a: 1 }), { a: 1 })
  const kept = await keep(one.task_id, long)
  t.match(kept, { $payload: /^[0-9a-f]{64}$/ })
  t.same(await keep(one.task_id, long), kept)
  t.same(await whole(one.task_id, kept), long)
  t.equal(await whole(two.task_id, kept), null, 'another task knows nothing of it')
  for (const body of [{ a: 1 }, [kept], 'text', 7]) t.same(await whole(one.task_id, body), body)
})
