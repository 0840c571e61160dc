/** Worker processes under a parent: one that dies is buried and replaced, none outlives it. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { registerApp } from '../../src/app/register.ts'
import { superviseWorkers } from '../../src/cli/supervise.ts'
import { isAlive } from '../../src/database/processes.ts'
import greeting from '../fixtures/apps/greeting.ts'
import { endsWith, GREETING } from '../fixtures/cli.ts'
import { freshDatabase, type TestDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'

t.setTimeout(60_000)

const PARENT = join(import.meta.dirname, '..', 'fixtures', 'supervising_parent.ts')
const quiet = { info: () => undefined, warn: () => undefined }

async function living(db: TestDatabase): Promise<number[]> {
  const { rows } = await db.query<{ pid: number }>(
    'select pid from pawl.workers where stopped_at is null and buried_at is null order by pid',
  )
  return rows.map((row) => row.pid)
}

t.test('a child killed with -9 is buried at once and another takes its place', async (t) => {
  const db = await freshDatabase(t)
  await registerApp(db.url, greeting)
  const died: object[] = []
  const supervisor = superviseWorkers({
    url: db.url,
    app_file: GREETING,
    count: 2,
    concurrency: 2,
    args: ['--log-file', '/dev/null'],
    log: { ...quiet, warn: (fields) => died.push(fields) },
  })
  t.teardown(() => supervisor.kill())
  const before = await until('both work', async () => {
    const pids = await living(db)
    return pids.length === 2 && pids
  })
  t.same(supervisor.pids().sort(), before.toSorted())
  const [victim = 0, other] = before
  process.kill(victim, 'SIGKILL')
  const { rows } = await until('it is buried', async () => {
    const found = await db.query<{ at_once: boolean }>(
      `select buried_at - heartbeat_at < interval '4.5 seconds' as at_once
       from pawl.workers where pid = $1 and buried_at is not null`,
      [victim],
    )
    return found.rows.length > 0 && found
  })
  t.same(rows, [{ at_once: true }], 'before its lease was over')
  const after = await until('another works', async () => {
    const pids = await living(db)
    return pids.length === 2 && pids
  })
  t.ok(after.includes(other ?? 0))
  t.match(died, [{ pid: victim, signal: 'SIGKILL' }])
  await supervisor.stop()
  t.same(supervisor.pids(), [])
  t.same(await living(db), [])
})

t.test('children that find nothing to do end, and so does the work', async (t) => {
  const db = await freshDatabase(t)
  await registerApp(db.url, greeting)
  await db.query(`insert into pawl.tasks (machine, input) values ('greeting', '{"id": 1}')`)
  const supervisor = superviseWorkers({
    url: db.url,
    app_file: GREETING,
    count: 1,
    concurrency: 2,
    args: ['--until-idle', '--log-file', '/dev/null'],
    log: quiet,
  })
  await supervisor.done
  const { rows } = await db.query('select status from pawl.tasks')
  t.same(rows, [{ status: 'succeeded' }])
})

t.test('a parent killed with -9 leaves no orphans', async (t) => {
  const db = await freshDatabase(t)
  await registerApp(db.url, greeting)
  const parent = endsWith(t, fork(PARENT, [db.url, GREETING], { stdio: 'inherit' }))
  const pids = await until('its children work', async () => {
    const found = await living(db)
    return found.length === 2 && found
  })
  parent.kill('SIGKILL')
  await exited(parent)
  await until('they have ended', () => pids.every((pid) => !isAlive(pid)))
  t.same(await living(db), [], 'and said so')
})

async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
