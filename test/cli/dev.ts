/** `pawl dev` and `pawl db`: everything from nothing, in a folder of its own. */
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { connect } from '../../src/client.ts'
import { endsWith, GREETING, pawl, startPawl } from '../fixtures/cli.ts'
import { checkout, postmaster } from '../fixtures/embedded.ts'
import { until } from '../fixtures/until.ts'

t.setTimeout(120_000)

t.test('dev starts a database, registers and works, and Ctrl-C stops all of it', async (t) => {
  const cwd = checkout(t)
  const args = ['dev', '--app', GREETING, '--workers', '2']
  const child = endsWith(t, startPawl(args, { cwd }))
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await until('it works', () => said.includes('working: 2 workers'), 60_000)
  t.match(said, /^PostgreSQL 18 on 127\.0\.0\.1:\d+ in .* data in /)
  t.match(said, /^greeting version 1 \(new\)$/m)

  const { out } = await pawl(['db', 'url'], { cwd })
  const client = await connect(out.trim())
  const task_id = await client.submit('greeting', { id: 1 }, { key: 'one' })
  t.match(await client.result(task_id), { status: 'succeeded' })
  await client.close()

  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  t.equal(code, 0)
  t.equal((await pawl(['db', 'url'], { cwd })).code, 1, 'PostgreSQL has stopped')

  const again = await pawl(['db', 'start'], { cwd })
  t.equal(again.code, 0)
  t.match((await pawl(['trace', 'one'], { cwd })).out, /greeted/, 'what was done is still there')
})

t.test('db start leaves PostgreSQL running for the project, db stop stops it', async (t) => {
  const root = checkout(t)
  const inner = join(root, 'src', 'deep')
  mkdirSync(inner, { recursive: true })
  writeFileSync(join(root, 'package.json'), '{}')
  const started = await pawl(['db', 'start'], { cwd: inner })
  t.match(started.out, /^postgres:\/\/postgres:\w+@127\.0\.0\.1:\d+\/pawl\n$/)
  t.equal((await pawl(['db', 'url'], { cwd: root })).out, started.out)
  t.match((await pawl(['verify'], { cwd: root })).err, /pawl migrate/)
  t.equal((await pawl(['db', 'stop'], { cwd: inner })).out, 'stopped\n')
  t.equal(postmaster(root), undefined)
  t.equal((await pawl(['db', 'stop'], { cwd: root })).out, 'it was not running\n')
  const url = await pawl(['db', 'url'], { cwd: root })
  t.match(url.err, /^pawl: no embedded PostgreSQL of .* runs\nhint: `pawl db start`/)
})
