/** Points at which a test may strike: named once, dead unless one is asked for. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CRASH_POINTS, crashpoint } from '../src/crashpoint.ts'

const SRC = join(import.meta.dirname, '..', 'src')
const FILE = join(SRC, 'crashpoint.ts')
/** Passes the point three times and ends. */
const SCRIPT = `
  const { crashpoint } = await import(${JSON.stringify(FILE)})
  for (let n = 1; n <= 3; n++) {
    process.send?.({ before: n })
    await crashpoint('commit.sent')
  }
  process.disconnect?.()`

function run(named: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    env: { ...process.env, PAWL_CRASHPOINT: named },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const told: unknown[] = []
  let said = ''
  child.on('message', (message) => told.push(message))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, said }))
  return { child, told, ended }
}

t.test('every point is named once in the code, and every name in the list', async (t) => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((it) =>
    it.endsWith('.ts'),
  )
  const names = files
    .filter((it) => it !== 'crashpoint.ts')
    .map((it) => readFileSync(join(SRC, it), 'utf8'))
    .flatMap((text) => [
      ...text.matchAll(/crashpoint\(\s*'([^']+)'/g),
      ...text.matchAll(/standing\(\w+, '([^']+)', '[^']+'\)/g),
      ...text.matchAll(/standing\(\w+, '[^']+', '([^']+)'\)/g),
    ])
    .map(([, name = '']) => name)
  t.same(names.sort(), [...CRASH_POINTS].sort())
  t.ok(CRASH_POINTS.length >= 30)
})

t.test('a point nobody asked for does nothing at all', async (t) => {
  t.equal(crashpoint('commit.sent'), undefined)
  const { told, ended } = run('')
  t.match(await ended, { code: 0 })
  t.equal(told.length, 3)
})

t.test('a point that is named kills its process, the first time or the nth', async (t) => {
  const first = run('commit.sent')
  t.match(await first.ended, { signal: 'SIGKILL' })
  t.same(first.told, [{ before: 1 }])
  const third = run('commit.sent:3')
  t.match(await third.ended, { signal: 'SIGKILL' })
  t.equal(third.told.length, 3)
  const never = run('commit.sent:4')
  t.match(await never.ended, { code: 0 })
  const other = run('commit.answered')
  t.match(await other.ended, { code: 0 })
})

t.test('a process that stands at a point says so and goes on when it is told', async (t) => {
  const { child, told, ended } = run('commit.sent:2:wait')
  while (told.length < 3) await once(child, 'message')
  t.same(told[2], { crashpoint: 'commit.sent' })
  child.send({ go_on: 'something else' })
  child.send({ go_on: 'commit.sent' })
  t.match(await ended, { code: 0 })
  t.same(told.slice(3), [{ before: 3 }])
})

t.test('a process can be asked to name every point it passes', async (t) => {
  const { told, ended } = run('*')
  t.match(await ended, { code: 0 })
  t.equal(told.length, 6)
})

t.test('a name that is none is refused before anything is done', async (t) => {
  for (const wrong of ['commit.sed', 'commit.sent:0', 'commit.sent:1:hang', '*:2']) {
    const { ended } = run(wrong)
    t.match(await ended, { code: 1, said: /names no crash point/ }, wrong)
  }
})
