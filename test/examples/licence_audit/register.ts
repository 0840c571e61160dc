import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { countRegister, lostFindings } from '../../../examples/licence_audit/count_register.ts'
import { BODY_BYTES_MAX, startRegister } from '../../../examples/licence_audit/register.ts'

const REGISTER = join(import.meta.dirname, '../../../examples/licence_audit/register.ts')

type Finding = { package: string; licence: string; verdict: string; evidence?: unknown }
type Reply = { status: number; body: unknown; replayed: boolean }

const kettle: Finding = { package: 'kettle@1.0.0', licence: 'MIT', verdict: 'allowed' }

async function post(url: string, key: string | undefined, body: unknown): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = key === undefined ? {} : { 'idempotency-key': key }
  const response = await fetch(`${url}/findings`, { method: 'POST', headers, body: text })
  const replayed = response.headers.get('idempotency-replayed') === 'true'
  return { status: response.status, body: await response.json(), replayed }
}

async function ask(url: string, key: string): Promise<unknown> {
  return (await fetch(`${url}/findings?key=${encodeURIComponent(key)}`)).json()
}

const results = (log_file: string) =>
  readFileSync(log_file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).result)

/** A register of our own, its log in the test's folder. */
async function open(t: Test, { dedupe = true } = {}) {
  const log_file = join(t.testdir({}), 'register.log')
  const register = await startRegister({ port: 0, log_file, dedupe })
  t.teardown(() => register.close())
  return { url: register.url, log_file }
}

t.test('a key is applied once, and asked again it gives the first answer', async (t) => {
  const { url, log_file } = await open(t)
  const first = await post(url, 'key 1', kettle)
  t.match(first, { status: 200, body: { finding_no: 1, package: 'kettle@1.0.0' }, replayed: false })
  const again = await post(url, 'key 1', kettle)
  t.same(again, { ...first, replayed: true })
  t.same(results(log_file), ['applied', 'replayed'])
})

t.test('a key that comes with another body is refused', async (t) => {
  const { url, log_file } = await open(t)
  await post(url, 'key 1', kettle)
  t.equal((await post(url, 'key 1', { ...kettle, licence: 'ISC' })).status, 422)
  t.same(results(log_file), ['applied', 'refused'])
  t.same(countRegister(log_file).doubled, ['key 1'])
})

t.test('what is no finding is refused, and every refusal is in the log', async (t) => {
  const { url, log_file } = await open(t)
  t.equal((await post(url, undefined, kettle)).status, 400)
  t.equal((await post(url, 'key 1', 'not json')).status, 400)
  t.equal((await post(url, 'key 2', { ...kettle, verdict: 'perhaps' })).status, 400)
  t.equal((await post(url, 'key 3', 'x'.repeat(BODY_BYTES_MAX + 1))).status, 413)
  t.same(results(log_file), ['refused', 'refused', 'refused', 'refused'])
  t.match(countRegister(log_file), { refused: 4, replayed: 0, doubled: [] })
  t.equal((await fetch(`${url}/elsewhere`)).status, 404)
  t.equal((await fetch(`${url}/findings`)).status, 400)
  t.equal((await fetch(`${url}/findings`, { method: 'DELETE' })).status, 405)
})

t.test('the register can be asked whether a key was applied', async (t) => {
  const { url } = await open(t)
  t.same(await ask(url, 'key/1 ü'), { applied: false })
  const { body } = await post(url, 'key/1', kettle)
  t.same(await ask(url, 'key/1'), { applied: true, finding: body })
})

t.test('twenty at once with one key are applied once', async (t) => {
  const { url, log_file } = await open(t)
  await Promise.all(Array.from({ length: 20 }, () => post(url, 'key 1', kettle)))
  t.match(countRegister(log_file), { replayed: 19, refused: 0, doubled: [] })
  t.same([...countRegister(log_file).applied], [['kettle@1.0.0', 1]])
})

t.test('without dedupe a repeated finding is counted as doubled', async (t) => {
  const { url, log_file } = await open(t, { dedupe: false })
  await post(url, 'key 1', kettle)
  await post(url, 'key 2', { ...kettle, package: 'kettle@2.0.0' })
  t.same(countRegister(log_file).doubled, [], 'two versions are two packages')
  await post(url, 'key 1', kettle)
  t.same(countRegister(log_file).doubled, ['kettle@1.0.0'])
})

t.test(
  'one package applied under two keys is doubled, and one never applied is lost',
  async (t) => {
    const { url, log_file } = await open(t)
    await post(url, 'key 1', kettle)
    await post(url, 'key 2', kettle)
    const count = countRegister(log_file)
    t.same(count.doubled, ['kettle@1.0.0'])
    t.same(lostFindings(['kettle@1.0.0', 'pot@1.0.0'], count), ['pot@1.0.0'])
  },
)

async function start(log_file: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [REGISTER, '--port', '0', '--log', log_file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const { url, dedupe }: { url: string; dedupe: boolean } = JSON.parse(String(line))
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    return (await exited)[1] ?? (await exited)[0]
  }
  return { url, dedupe, end }
}

t.test('a register killed with -9 knows afterwards what it answered before', async (t) => {
  const log_file = join(t.testdir({}), 'register.log')
  const before = await start(log_file)
  const first = await post(before.url, 'key 1', kettle)
  t.equal(await before.end('SIGKILL'), 'SIGKILL')
  appendFileSync(log_file, '{"at":"2026-11-22T10:00:00.000Z","key":"key 2","resu')
  const after = await start(log_file)
  t.same(await post(after.url, 'key 1', kettle), { ...first, replayed: true })
  t.equal((await post(after.url, 'key 1', { ...kettle, licence: 'ISC' })).status, 422)
  t.same(await ask(after.url, 'key 2'), { applied: false }, 'a torn line was never answered')
  t.match(await post(after.url, 'key 2', { ...kettle, package: 'pot@1.0.0' }), {
    body: { finding_no: 2 },
  })
  t.equal(await after.end('SIGTERM'), 0)
  t.same(results(log_file), ['applied', 'replayed', 'refused', 'applied'])
})

t.test('killed at any moment of a run it has applied each finding once', async (t) => {
  const log_file = join(t.testdir({}), 'register.log')
  const answered = new Set<string>()
  const names = Array.from({ length: 60 }, (_, index) => `kettle@${index}.0.0`)
  for (const killAfter of [7, 23, Number.POSITIVE_INFINITY]) {
    const { url, end } = await start(log_file)
    const sent = names.map(async (name, index) => {
      if (index === killAfter) await end('SIGKILL')
      await post(url, `key of ${name}`, { ...kettle, package: name })
      answered.add(name)
    })
    await Promise.allSettled(sent)
    await end('SIGTERM')
  }
  const count = countRegister(log_file)
  t.same([answered.size, count.applied.size, count.doubled.length], [60, 60, 0])
  t.same(lostFindings(answered, count), [])
})

t.test('REGISTER_DEDUPE=off makes it believe everything', async (t) => {
  const log_file = join(t.testdir({}), 'register.log')
  const register = await start(log_file, { REGISTER_DEDUPE: 'off' })
  t.equal(register.dedupe, false)
  await post(register.url, 'key 1', kettle)
  await post(register.url, 'key 1', kettle)
  await register.end('SIGTERM')
  t.same(countRegister(log_file).doubled, ['kettle@1.0.0'])
})
