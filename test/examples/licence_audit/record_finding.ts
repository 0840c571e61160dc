import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { countRegister } from '../../../examples/licence_audit/count_register.ts'
import { offered } from '../../../examples/licence_audit/matcher/offered.ts'
import { startRegister } from '../../../examples/licence_audit/register.ts'
import {
  findLicenceFilesTool,
  matchLicenceTextTool,
  recordFindingTool,
} from '../../../examples/licence_audit/tools/index.ts'
import type { Json } from '../../../src/json.ts'
import type { AnyTool } from '../../../src/tools/define_tool.ts'
import { runTool } from '../../../src/tools/run_tool.ts'

const finding = { package: 'kettle@1.2.3', licence: 'MIT', verdict: 'allowed', score: 0.98 }

const run = (tool: AnyTool, args: Json, call_key = 'key-1') =>
  runTool(tool, args, { call_key, signal: new AbortController().signal })
const record = (args: Json, call_key?: string) => run(recordFindingTool, args, call_key)

/** A register that is not there. */
async function absent(): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env['REGISTER_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.close()
  await once(server, 'close')
}

/** A register that answers everything alike. */
async function answering(t: Test, status: number): Promise<void> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(status).end('{"error": "so it is"}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  process.env['REGISTER_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('a finding is applied once under the key of its call', async (t) => {
  const log_file = join(t.testdir(), 'register.jsonl')
  const register = await startRegister({ port: 0, log_file, dedupe: true })
  t.teardown(() => register.close())
  process.env['REGISTER_URL'] = register.url
  const first = await record(finding)
  t.match(first, { outcome: 'found', value: { ...finding, finding_no: 1 } })
  t.same(await record(finding), first, 'the same key again is the same answer')
  t.match(countRegister(log_file), { replayed: 1, doubled: [] })
  const other = await record({ ...finding, licence: 'ISC' })
  t.match(other, { outcome: 'failed', retryable: false }, 'the same key with another body')
})

t.test('the verdict is the policy’s, whoever names the licence', async (t) => {
  const log_file = join(t.testdir(), 'register.jsonl')
  const register = await startRegister({ port: 0, log_file, dedupe: true })
  t.teardown(() => register.close())
  process.env['REGISTER_URL'] = register.url
  const named = await record({ package: 'kettle@1.2.3', licence: 'GPL-3.0-only' })
  t.match(named, { outcome: 'found', value: { verdict: 'forbidden', score: null } })
  const wrong = await record({ ...finding, licence: 'GPL-3.0-only' }, 'key-2')
  t.match(wrong, { outcome: 'failed', retryable: false })
  t.equal(countRegister(log_file).applied.size, 1, 'and nothing was sent')
})

t.test('what was never sent may be sent again; what broke later is unknown', async (t) => {
  await absent()
  t.match(await record(finding), { outcome: 'failed', retryable: true })
  await answering(t, 503)
  t.match(await record(finding), { outcome: 'failed', retryable: true })
  await answering(t, 500)
  t.match(await record(finding), { outcome: 'unknown' })
  await answering(t, 422)
  t.match(await record(finding), { outcome: 'failed', retryable: false })
  await answering(t, 200)
  t.match(await record(finding), { outcome: 'unknown' }, 'a success that says nothing')
})

t.test('a package without its version is not a package', async (t) => {
  await absent()
  for (const name of ['kettle', '@tea/kettle', 'kettle@', 'a kettle@1']) {
    const outcome = await record({ ...finding, package: name })
    t.match(outcome, { outcome: 'failed', retryable: false }, name)
  }
  const scoped = await record({ ...finding, package: '@tea/kettle@1.0.0' })
  t.match(scoped, { retryable: true })
})

t.test('a tool that finds nothing says EMPTY', async (t) => {
  const nowhere = { path: 'node_modules/there-is-no-such-package' }
  t.same(await run(findLicenceFilesTool, nowhere), { outcome: 'empty' })
  t.same(await run(matchLicenceTextTool, { text: 'see elsewhere' }), { outcome: 'empty' })
})

t.test('several licences are a choice only where somebody says so', async (t) => {
  const both = ['ISC', 'MIT']
  t.equal(offered('MIT', ['MIT'], 'dual-licensed'), 'MIT')
  t.equal(offered('ISC', both, 'This is dual-licensed.\n\nISC …'), 'ISC OR MIT')
  t.equal(offered('MIT', both, 'MIT …\n\nBundled:\n\nISC …'), 'MIT')
  const files = (...names: string[]) => names.map((it) => `===== ${it} =====\n\n…`).join('\n\n')
  t.equal(offered('MIT', both, files('LICENSE-MIT', 'LICENSE-ISC')), 'MIT OR ISC')
  t.equal(offered('MIT', both, files('LICENSE', 'LICENSE-ISC')), 'MIT')
  t.equal(offered('MIT', both, files('LICENSE.md', 'LICENSE.txt')), 'MIT')
})
