import t from 'tap'
import { z } from 'zod'
import { found, nothing, ToolFailure } from '../../src/tools/outcomes.ts'
import { reconcileTool, runTool } from '../../src/tools/run_tool.ts'
import { context, perClass, tool } from '../fixtures/scripted_tool.ts'

t.test('an answer that cannot be used is no failure where its effect has happened', async (t) => {
  const deep: Record<string, unknown> = {}
  deep['self'] = deep
  const loose = { output: z.any() }
  const answers: [unknown, object, RegExp][] = [
    [found({ text: 1 }), {}, /its answer does not fit: text: /],
    [found({ at: new Date(0) }), loose, /not JSON: at is a Date/],
    [found({ list: [1, Number.NaN] }), loose, /not JSON: list\[1\] is NaN/],
    [found({ big: 1n }), loose, /not JSON: big is of type bigint/],
    [found(undefined), loose, /not JSON: \(root\) is of type undefined/],
    [found(deep), loose, /nested too deep/],
    [{ text: 'MIT' }, {}, /neither found\(…\) nor nothing\(\)/],
    [undefined, {}, /neither found\(…\) nor nothing\(\)/],
  ]
  for (const [answer, more, message] of answers) {
    const [read, ...effects] = await perClass(() => answer, more)
    t.match(read, { outcome: 'failed', retryable: false, error: { message } }, String(message))
    for (const effect of effects) {
      t.match(effect, { outcome: 'unknown', error: { message: /most likely been done$/ } })
    }
  }
})

t.test("text that Postgres cannot store is left for the database's door", async (t) => {
  const odd = tool(() => found({ text: 'a\u0000b\ud800' }))
  t.strictSame(await runTool(odd, { id: 1 }, context), {
    outcome: 'found',
    value: { text: 'a\u0000b\ud800' },
  })
})

t.test('class B is asked whether it happened', async (t) => {
  const asked: unknown[] = []
  const ask = (reconcile: (...given: unknown[]) => unknown, args = { id: 1 }) => {
    const asking = tool(() => nothing(), {
      class: 'B',
      timeout_ms: 20,
      isEmpty: () => true,
      reconcile: (...given: unknown[]) => {
        asked.push(given.slice(0, 2))
        return reconcile(...given)
      },
    })
    return reconcileTool(asking, 'key-1', args, { signal: context.signal })
  }
  const yes = await ask(() => found({ text: 'done' }))
  t.strictSame(yes, { outcome: 'found', value: { text: 'done' } }, 'even an empty answer happened')
  t.strictSame(asked, [['key-1', { id: 1 }]])
  t.strictSame(await ask(() => nothing('no such key')), { outcome: 'empty', note: 'no such key' })
  const fail = () => {
    throw new ToolFailure('it is down', { retryable: true })
  }
  for (const answer of [fail, () => found({}), () => 'yes', () => new Promise(() => {})]) {
    t.match(await ask(answer), { outcome: 'unknown', error: { message: /^asked, and / } })
  }
  await t.rejects(
    reconcileTool(
      tool(() => nothing()),
      'k',
      {},
      context,
    ),
    { code: 'PW604' },
  )
})
