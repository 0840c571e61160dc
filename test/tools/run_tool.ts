import { getEventListeners } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { neverSent } from '../../src/network.ts'
import type { ToolContext } from '../../src/tools/define_tool.ts'
import { found, nothing, ToolFailure } from '../../src/tools/outcomes.ts'
import { runTool } from '../../src/tools/run_tool.ts'
import { context, perClass, type Run, tool } from '../fixtures/scripted_tool.ts'

t.test('an answer is found and nothing is empty', async (t) => {
  const seen: unknown[] = []
  const run = tool((args, own) => {
    seen.push(args, own.call_key)
    own.log('a line')
    return found({ text: 'MIT', note: undefined })
  })
  t.strictSame(await runTool(run, { id: 7 }, context), {
    outcome: 'found',
    value: { text: 'MIT' },
  })
  t.strictSame(seen, [{ id: 7 }, 'key-1'])
  const none = tool(() => nothing('no such file'))
  t.strictSame(await runTool(none, { id: 7 }, context), { outcome: 'empty', note: 'no such file' })
  const blank = tool(() => found({ text: '' }), { isEmpty: (v: { text: string }) => v.text === '' })
  t.strictSame(await runTool(blank, { id: 7 }, context), { outcome: 'empty' })
})

t.test('arguments that do not fit never reach the tool', async (t) => {
  let ran = 0
  const outcomes = await Promise.all(
    [{ id: 'x' }, { id: 1, more: true }, null, []].map((args) =>
      runTool(
        tool(() => ran++, { class: 'C' }),
        args,
        context,
      ),
    ),
  )
  t.match(outcomes[0], {
    outcome: 'failed',
    retryable: false,
    error: { message: /^arguments do not fit: id: / },
  })
  t.ok(outcomes.every(({ outcome }) => outcome === 'failed'))
  t.equal(ran, 0)
})

t.test('a foreseen failure is what the tool says it is, whatever its class', async (t) => {
  const foreseen = (options: object) =>
    perClass(() => {
      throw new ToolFailure('the register is busy', options)
    })
  const message = 'the register is busy'
  for (const outcome of await foreseen({})) {
    t.strictSame(outcome, { outcome: 'failed', retryable: false, error: { message } })
  }
  for (const outcome of await foreseen({ retryable: true, retry_after_ms: 1_500.2 })) {
    const error = { message, retry_after_ms: 1_501 }
    t.strictSame(outcome, { outcome: 'failed', retryable: true, error })
  }
  for (const outcome of await foreseen({ unknown: true })) {
    t.strictSame(outcome, { outcome: 'unknown', error: { message } })
  }
})

t.test('a fault is final for a read and unknown for whatever has an effect', async (t) => {
  const [read, ...effects] = await perClass(() => {
    throw new TypeError('x is not a function')
  })
  t.match(read, { outcome: 'failed', retryable: false, error: { message: /not a function/ } })
  for (const effect of effects) t.match(effect, { outcome: 'unknown' })
})

t.test('a timeout is retryable for a read and unknown for whatever has an effect', async (t) => {
  let aborted = 0
  const hang: Run = (_args, own) => {
    own.signal.addEventListener('abort', () => aborted++)
    return new Promise(() => {})
  }
  const [read, ...effects] = await perClass(hang, { timeout_ms: 20 })
  const error = { message: 'no answer within 20 ms' }
  t.strictSame(read, { outcome: 'failed', retryable: true, error })
  for (const effect of effects) t.strictSame(effect, { outcome: 'unknown', error })
  t.equal(aborted, 4, 'the tool was told to stop')
})

t.test('what a tool throws after its time is up goes nowhere', async (t) => {
  const late = tool(
    (_args, own) =>
      new Promise((_resolve, reject) => {
        own.signal.addEventListener('abort', () => setImmediate(reject, new Error('late')))
      }),
    { timeout_ms: 10 },
  )
  t.match(await runTool(late, { id: 1 }, context), { retryable: true })
  await new Promise(setImmediate)
})

t.test(
  'a call cancelled on its way is unknown, and one cancelled before was never sent',
  async (t) => {
    const cancel = new AbortController()
    const own = { call_key: 'k', signal: cancel.signal }
    const post = tool(
      () => {
        cancel.abort()
        return new Promise(() => {})
      },
      { class: 'A' },
    )
    t.match(await runTool(post, { id: 1 }, own), {
      outcome: 'unknown',
      error: { message: /cancel/ },
    })
    t.match(await runTool(post, { id: 1 }, own), { outcome: 'failed', retryable: true })
  },
)

t.test('a cut connection may be tried again only by a read', async (t) => {
  const server = createServer((request) => request.socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const post = async (_args: unknown, { signal }: ToolContext) => {
    const answer = await fetch(`http://127.0.0.1:${port}`, { signal, method: 'POST' })
    return found({ text: await answer.text() })
  }
  const [read, ...effects] = await perClass(post)
  t.match(read, { outcome: 'failed', retryable: true, error: { message: /^fetch failed: / } })
  for (const effect of effects) t.match(effect, { outcome: 'unknown' })

  await new Promise((resolve) => server.close(resolve))
  const [, refused] = await perClass(post)
  t.match(refused, { outcome: 'unknown' }, 'a tool may have sent something before this')
  const knows: Run = async (args, own) => {
    try {
      return await post(args, own)
    } catch (error) {
      throw neverSent(error) ? new ToolFailure('it is down', { retryable: true }) : error
    }
  }
  for (const outcome of await perClass(knows)) t.match(outcome, { retryable: true })
})

t.test('many calls under one signal leave nothing behind on it', async (t) => {
  const warnings: Error[] = []
  const warned = (warning: Error) => warnings.push(warning)
  process.on('warning', warned)
  t.teardown(() => process.off('warning', warned))
  const waits = tool((_args, own) => new Promise((done) => setImmediate(done, found(own.call_key))))
  const calls = Array.from({ length: 50 }, () => runTool(waits, { id: 1 }, context))
  await Promise.all(calls)
  await new Promise(setImmediate)
  t.strictSame(warnings, [])
  t.equal(getEventListeners(context.signal, 'abort').length, 0)
})
