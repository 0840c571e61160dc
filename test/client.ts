/** pawl from a program. */
import t, { type Test } from 'tap'
import { registerApp } from '../src/app/register.ts'
import { connect } from '../src/client.ts'
import greeting from './fixtures/apps/greeting.ts'
import { GREETING } from './fixtures/cli.ts'
import { emptyDatabase, ownCluster, testUrl } from './fixtures/database.ts'
import { workerProcess, worldOf } from './fixtures/workers.ts'

t.setTimeout(60_000)

async function clientWorld(t: Test) {
  const world = await worldOf(t, greeting)
  const client = await connect(world.url)
  t.teardown(() => client.close())
  return { ...world, client }
}

t.test('a task submitted is worked on, and its result is waited for', async (t) => {
  const { client, work } = await clientWorld(t)
  await work()
  const task_id = await client.submit('greeting', { id: 7 }, { key: 'seven', labels: { a: 1 } })
  t.same(await client.result(task_id), {
    task_id,
    status: 'succeeded',
    state: 'greeted',
    output: null,
  })
  const failing = await client.submit('greeting', { id: 700 })
  t.match(await client.result(failing), { status: 'failed', error: { message: /unknown/ } })
  t.equal(await client.submit('greeting', { id: 7 }, { key: 'seven' }), task_id)
  const task = await client.task(task_id)
  t.match(task, { machine: 'greeting', version: 1, key: 'seven', spent_tool_calls: 1 })
  t.ok(task.finished_at instanceof Date)
})

t.test('a task is seen as it goes, and an event sends it on its way', async (t) => {
  const { client, work } = await clientWorld(t)
  await work()
  const task_id = await client.submit('greeting', { id: 7, waits: true })
  const seen: string[] = []
  for await (const row of client.watch(task_id)) {
    seen.push(`${row.kind} ${row.title} ${row.outcome ?? ''}`.trim())
    if (row.title === '(new) → waiting') await client.send(task_id, { type: 'GO' })
  }
  t.equal(seen[0], 'transition (new) → (new)')
  t.ok(seen.includes('event GO') || seen.includes('event GO waiting'))
  t.ok(seen.includes('tool_call look_up found'))
  t.equal(seen.at(-1), 'transition looking → greeted')
  await t.rejects(client.send(task_id, { type: 'GO' }), { code: 'PW202' })
})

t.test('waiting ends when the caller no longer wants to wait', async (t) => {
  const { client } = await clientWorld(t)
  const task_id = await client.submit('greeting', { id: 7 })
  const { signal } = new AbortController()
  const over = AbortSignal.any([signal, AbortSignal.timeout(50)])
  await t.rejects(client.result(task_id, { signal: over }), { name: 'AbortError' })
})

t.test('a task submitted in a transaction of the caller is there when that commits', async (t) => {
  const { client, as } = await clientWorld(t)
  const own = await as('pawl_submitter')
  await own.query('begin')
  const gone = await client.submit('greeting', { id: 1 }, { client: own, key: 'one' })
  await own.query('rollback')
  await t.rejects(client.task(gone), { code: 'PW201' })
  await own.query('begin')
  const kept = await client.submit('greeting', { id: 1 }, { client: own, key: 'one' })
  await own.query('commit')
  t.match(await client.task(kept), { key: 'one', status: 'ready' })
  const wrong = client.submit('greeting', { id: 'x' }, { client: own })
  await t.rejects(wrong, { name: 'Refusal', code: 'PW101', hint: /schema/ })
})

t.test('what does not fit is refused by name before anything is stored', async (t) => {
  const { client, query } = await clientWorld(t)
  const submit = (input: unknown, options = {}) => client.submit('greeting', input, options)
  await t.rejects(client.submit('greting', {}), { code: 'PW102', hint: /greeting/ })
  await t.rejects(submit({ id: 'x' }), { code: 'PW101', message: /id/ })
  await t.rejects(submit({ id: new Date() }), { code: 'PW101', message: /at id: it is a Date/ })
  await t.rejects(submit([1]), { code: 'PW103' })
  await t.rejects(submit({ id: 1, x: 'a\u0000b' }), { code: 'PW109' })
  await t.rejects(submit({ id: 1, x: '\ud800' }), { code: 'PW109' })
  await t.rejects(submit({ id: 1, x: 'a'.repeat(1_100_000) }), { code: 'PW104' })
  await t.rejects(submit({ id: 1 }, { budget: { microusd: -1 } }), { code: 'PW105' })
  await t.rejects(submit({ id: 1 }, { budget: { microusd: Number.NaN } }), { code: 'PW101' })
  await t.rejects(submit({ id: 1 }, { run_at: new Date(Number.NaN) }), { code: 'PW108' })
  await t.rejects(submit({ id: 1 }, { run_at: '2031-05-01' }), { code: 'PW108', hint: /a Date/ })
  t.same((await query('select from pawl.tasks')).rows, [])
  const text = { id: 1, waits: false }
  t.type(await submit(text, { labels: { text: 'a \\u0000 is only text' } }), 'string')
})

t.test('a task for later waits until then', async (t) => {
  const { client, query } = await clientWorld(t)
  const run_at = new Date('2031-05-01T08:30:00+02:00')
  const task_id = await client.submit('greeting', { id: 1 }, { run_at })
  t.match(await client.task(task_id), { status: 'ready', revision: 0 })
  const { rows } = await query('select run_at from pawl.tasks')
  t.same(rows, [{ run_at }])
})

t.test('a task is found by its id, its key, or the beginning of its id', async (t) => {
  const { client } = await clientWorld(t)
  const first = await client.submit('greeting', { id: 1 }, { key: 'cafe' })
  const second = await client.submit('greeting', { id: 2 })
  t.same(await client.find(first), [{ task_id: first, machine: 'greeting', key: 'cafe' }])
  t.same(
    (await client.find('cafe')).map((it) => it.task_id),
    [first],
  )
  t.same(
    (await client.find(second.slice(0, 30))).map((it) => it.task_id),
    [second],
  )
  t.same(
    (await client.find('0')).map((it) => it.task_id),
    [first, second].sort(),
  )
  t.same(await client.find('nobody'), [])
  await t.rejects(client.decide(first, 1, 'approve', { by: 'me' }), { code: 'PW302' })
  await t.rejects(client.trace('nobody'), { code: 'PW201' })
  await t.rejects(client.trace(first.replace(/.$/, (it) => (it === '0' ? '1' : '0'))), {
    code: 'PW201',
  })
})

t.test('each question is asked as the role that may ask it', async (t) => {
  const { client, query } = await clientWorld(t)
  const task_id = await client.submit('greeting', { id: 1 })
  await client.trace(task_id)
  await client.raiseBudget(task_id, { tokens: 1000 }, 'me')
  const { rows } = await query<{ name: string }>(
    `select distinct application_name as name from pg_stat_activity
     where datname = current_database() and application_name like 'pawl %' order by 1`,
  )
  t.same(
    rows.map((row) => row.name),
    ['pawl observer', 'pawl reviewer', 'pawl submitter'],
  )
})

t.test('where no database answers, or none that is migrated, a refusal says so', async (t) => {
  await t.rejects(connect(testUrl('nowhere_at_all')), { code: 'PW503', hint: /create database/ })
  const { url } = await emptyDatabase(t)
  const client = await connect(url)
  t.teardown(() => client.close())
  const task_id = '01a205a2-0ba0-7137-9149-109c54a86fa5'
  await t.rejects(client.task(task_id), { code: 'PW504', hint: /pawl migrate/ })
})

t.test('a worker of another process does the work just as well', async (t) => {
  const { client, url } = await clientWorld(t)
  await workerProcess(t, { url, app: GREETING })
  const task_id = await client.submit('greeting', { id: 7 })
  t.match(await client.result(task_id), { status: 'succeeded' })
})

t.test('who waits for a result waits through a restart of PostgreSQL', async (t) => {
  const cluster = await ownCluster(t)
  await registerApp(cluster.database, greeting)
  const client = await connect(cluster.database)
  t.teardown(() => client.close())
  const task_id = await client.submit('greeting', { id: 7 })
  const result = client.result(task_id)
  await cluster.kill()
  await cluster.start()
  await workerProcess(t, { url: cluster.database, app: GREETING })
  t.match(await result, { status: 'succeeded' })
})
