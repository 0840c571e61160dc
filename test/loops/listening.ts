/** Notifications are a hint: without them work begins a little later, and a deaf ear is noticed. */
import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'
import { oneStep } from '../fixtures/small_machines.ts'
import { tcpProxy } from '../fixtures/tcp_proxy.ts'
import { until } from '../fixtures/until.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

t.setTimeout(90_000)

const db = await freshDatabase(t)
const app = oneStep(async () => 'done')

async function listeners(): Promise<number[]> {
  const { rows } = await db.query<{ pid: number }>(
    `select pid from pg_stat_activity
     where datname = current_database() and query like 'LISTEN%' order by pid`,
  )
  return rows.map(({ pid }) => pid)
}

/** From its insert to its first attempt. */
async function waitOf(world: World): Promise<number> {
  const task_id = await world.submit('one')
  await world.becomes(task_id, 'succeeded')
  const { rows } = await world.query<{ ms: number }>(
    `select extract(epoch from min(a.started_at) - t.created_at)::float8 * 1000 as ms
     from pawl.tasks as t join pawl.attempts as a using (task_id)
     where task_id = $1 group by t.created_at`,
    [task_id],
  )
  return rows[0]?.ms ?? Number.POSITIVE_INFINITY
}

t.test('a listener that hears nothing costs one poll, and is replaced', async (t) => {
  const world = await worldOf(t, app, db)
  const proxy = await tcpProxy(t, db.url)
  const worker = await world.work({ url: proxy.through(db.url) })
  const [deaf] = await until('it listens', async () => {
    const pids = await listeners()
    return pids.length === 1 && pids
  })
  await waitOf(world)
  proxy.mute('LISTEN')
  for (let n = 0; n < 3; n++) {
    const ms = await waitOf(world)
    t.ok(ms < 1500, `found by polling after ${Math.round(ms)} ms`)
  }
  await until(
    'it listens anew',
    async () => {
      const pids = await listeners()
      return pids.length > 0 && !pids.includes(deaf ?? 0)
    },
    40_000,
  )
  t.ok(
    world.logged.some(({ message }) => message.startsWith('nothing is heard')),
    'and says so',
  )
  const waits: number[] = []
  for (let n = 0; n < 5; n++) waits.push(await waitOf(world))
  t.ok(Math.min(...waits) < 400, `it hears again: ${waits.map(Math.round).join(', ')} ms`)
  await worker.stop()
})

t.test('a listener that has nothing to hear but itself is left alone', async (t) => {
  const world = await worldOf(t, app, db)
  const worker = await world.work()
  const [pid] = await until('it listens', async () => {
    const pids = await listeners()
    return pids.length === 1 && pids
  })
  await new Promise((resolve) => setTimeout(resolve, 17_000))
  t.same(await listeners(), [pid])
  t.same(
    world.logged.filter(({ level }) => level !== 'info'),
    [],
  )
  await worker.stop()
})

t.test('with every notification swallowed work begins within a poll', async (t) => {
  const world = await worldOf(t, app, db)
  // Whoever notifies shouts into another channel.
  await world.query(`
    do $$
    declare
      v_source text;
    begin
      for v_source in
        select pg_get_functiondef(p.oid)
        from pg_proc as p
        where p.pronamespace in ('graphile_worker'::regnamespace, 'pawl'::regnamespace)
          and p.prosrc like '%jobs:insert%'
      loop
        execute replace(v_source, 'jobs:insert', 'jobs:nobody');
      end loop;
    end
    $$`)
  const worker = await world.work()
  await until('it listens', async () => (await listeners()).length === 1)
  for (let n = 0; n < 3; n++) {
    const ms = await waitOf(world)
    t.ok(ms < 1500, `found by polling after ${Math.round(ms)} ms`)
  }
  await worker.stop()
})
