/** The commands on a database, from registering an app to checking the laws. */
import t, { type Test } from 'tap'
import { endsWith, GREETING, pawl, startPawl } from '../fixtures/cli.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'

t.setTimeout(120_000)

/** With the greeting registered. */
async function greetingWorld(t: Test) {
  const db = await freshDatabase(t)
  const said = (args: readonly string[]) => pawl(args, { url: db.url })
  const registered = await said(['register', '--app', GREETING])
  return { ...db, said, registered }
}

t.test('help and version answer without a database', async (t) => {
  const help = await pawl(['--help'])
  t.equal(help.code, 0)
  for (const command of ['dev', 'db', 'migrate', 'register', 'work', 'submit', 'trace', 'review']) {
    t.match(help.out, new RegExp(`^  ${command}\\b`, 'm'))
  }
  t.match(help.out, /^Examples$/m)
  const lines = help.out.split('\n')
  t.same(
    lines.filter((line) => line.length > 100),
    [],
  )
  t.match((await pawl(['version'])).out, /^pawl \d+\.\d+\.\d+ \(Node v24\./)
  t.match((await pawl(['--version'])).out, /^\d+\.\d+\.\d+\n$/)
  for (const command of ['trace', 'db', 'db start']) {
    const { out } = await pawl([...command.split(' '), '--help'])
    t.match(out, new RegExp(`^Usage: pawl ${command} [\\s\\S]*-h, --help +this help\\n`))
  }
})

t.test('an app is registered once, and says what it is the second time', async (t) => {
  const { registered, said } = await greetingWorld(t)
  t.same([registered.code, registered.out], [0, 'greeting version 1 (new)\n'])
  t.equal((await said(['register', '--app', GREETING])).out, 'greeting version 1 (as it was)\n')
})

t.test('a task goes from submit to its trace, and all laws hold', async (t) => {
  const { said, query } = await greetingWorld(t)
  const options = ['--key', 'seven', '--label', 'a=1', 'b=2', '--priority', '-3']
  const submitted = await said(['submit', 'greeting', '{"id": 7}', ...options])
  t.match(submitted.out, /^[0-9a-f-]{36}\n$/)
  const task_id = submitted.out.trim()
  const again = await said(['submit', 'greeting', '{"id": 7}', '--key', 'seven'])
  t.equal(again.out, submitted.out)
  const { rows } = await query('select labels, priority, key from pawl.tasks')
  t.same(rows, [{ labels: { a: '1', b: '2' }, priority: -3, key: 'seven' }])

  const worked = await said(['work', '--app', GREETING, '--until-idle', '--concurrency', '2'])
  t.equal(worked.code, 0)
  const logged = worked.err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(logged[0], { msg: 'worker started', level: 30 })

  const trace = await said(['trace', 'seven'])
  t.match(trace.out, `task     ${task_id}`)
  t.match(trace.out, /▸ #1 {3}look_up\(id: 7\) +found/)
  t.match(trace.out, /= \{name: "person 7"\}/)
  t.match(trace.out, /■ #1 {3}looking → greeted/)
  t.notMatch(trace.out, '\u001b')
  t.equal((await said(['trace', task_id.slice(0, 20)])).out, trace.out)

  const json = await said(['trace', task_id, '--json'])
  const events = json.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(events[0], { kind: 'transition', no: 0, detail: { event: 'pawl.created' } })
  t.match(
    events.find((it) => it.kind === 'tool_call'),
    { detail: { request: { id: 7 } } },
  )

  const verified = await said(['verify'])
  t.same([verified.code, verified.out], [0, 'all laws hold (1 task, 3 transitions)\n'])
})

t.test('what the database refuses is said with its hint, and nothing is left', async (t) => {
  const { said, query } = await greetingWorld(t)
  const cases: [string[], RegExp][] = [
    [['greetin', '{"id": 7}'], /^pawl: there is no machine 'greetin'\nhint: .*greeting/],
    [['greeting', '{"id": 7, "x": "\\u0000"}'], /^pawl: .*cannot store\nhint: /],
  ]
  for (const [args, refused] of cases) {
    const ended = await said(['submit', ...args])
    t.equal(ended.code, 1)
    t.match(ended.err, refused)
    t.equal(ended.out, '')
  }
  await query(
    `insert into pawl.tasks (machine, input, key) values ('greeting', '{"id": 1}', 'one')`,
  )
  const reused = await said(['submit', 'greeting', '{"id": 2}', '--key', 'one'])
  t.match(reused.err, /^pawl: this key was used before, with another input\nhint: /)
  t.same((await query('select count(*)::integer as tasks from pawl.tasks')).rows, [{ tasks: 1 }])
})

t.test('a task nobody knows, or that could be several, is refused', async (t) => {
  const { said, query } = await greetingWorld(t)
  const none = await said(['trace', 'nothing-like-it'])
  t.equal(none.code, 1)
  t.match(none.err, /^pawl: there is no task 'nothing-like-it'\nhint: /)
  t.match((await said(['trace', ''])).err, /^pawl: there is no task ''\nhint: /)
  await query(`insert into pawl.tasks (machine, input, key)
    select 'greeting', jsonb_build_object('id', n), 'no. ' || n from generate_series(1, 2) as n`)
  t.match(
    (await said(['trace', '0'])).err,
    /^pawl: '0' means more than one task\nhint: [0-9a-f-]{36} \(greeting no\. \d\), /,
  )
})

t.test('a breach of a law is printed, and the exit code is 1', async (t) => {
  const { said, query } = await greetingWorld(t)
  await query(`
    insert into pawl.tasks (machine, input) values ('greeting', '{"id": 1}');
    alter table pawl.budgets disable trigger all;
    update pawl.budgets set spent_tokens = 7`)
  const ended = await said(['verify'])
  t.equal(ended.code, 1)
  t.match(ended.out, /^law 13 {2}[0-9a-f-]{36} {2}.+\n/)
  t.match(ended.out, /^\d+ breach(es)? \(1 task, 1 transition\)\n$/m)
})

t.test('a worker told to stop stops, and its row says so', async (t) => {
  const { url, query } = await greetingWorld(t)
  const child = endsWith(t, startPawl(['work', '--app', GREETING], { url }))
  await until('it works', async () => {
    return (await query('select from pawl.workers')).rows.length === 1
  })
  child.kill('SIGTERM')
  const code = await new Promise((resolve) => child.on('exit', resolve))
  t.equal(code, 0)
  const { rows } = await query('select stopped_at is not null as stopped from pawl.workers')
  t.same(rows, [{ stopped: true }])
})

t.test('a task is paused, resumed, cancelled and retried by its key', async (t) => {
  const { said } = await greetingWorld(t)
  await said(['submit', 'greeting', '{"id": 700}', '--key', 'k'])
  const out = async (...args: string[]) => {
    const { code, out, err } = await said(args)
    return code === 0 ? out.trim() : err
  }
  t.equal(await out('pause', 'k', '--reason', 'lunch'), 'paused')
  t.equal(await out('pause', 'k'), 'it was paused already')
  t.equal(await out('resume', 'k'), 'it goes on')
  t.equal(await out('resume', 'k'), 'it was not paused')
  t.match(await out('retry', 'k'), /has not failed: it is ready/)
  t.equal(await out('cancel', 'k', '--at-once'), 'cancelled')
  t.equal(await out('cancel', 'k'), 'cancelled')
  t.match(await out('pause', 'k'), /the task is over: it was cancelled\n.*hint/)
  const { out: trace } = await said(['trace', 'k'])
  for (const line of [/⇠ +paused .*lunch/, /⇠ +resumed/, /■ +cancelled/]) t.match(trace, line)
})
