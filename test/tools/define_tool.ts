import t from 'tap'
import { z } from 'zod'
import { defineTool, retry_default, timeout_ms_default } from '../../src/tools/define_tool.ts'
import { found, nothing } from '../../src/tools/outcomes.ts'
import { describeTools, toolRegistry } from '../../src/tools/registry.ts'

const spec = {
  name: 'read_manifest',
  description: 'Reads the manifest of a package.',
  input: z.object({ path: z.string().describe('a folder'), depth: z.int().default(1) }),
  output: z.object({ files: z.array(z.string()) }),
  class: 'read',
  run: () => found({ files: [] }),
} as const

t.test('a definition is frozen and its defaults are filled in', async (t) => {
  const tool = defineTool(spec)
  t.match(tool, { consequential: false, version: '1', timeout_ms: timeout_ms_default })
  t.strictSame(tool.retry, retry_default)
  t.ok(Object.isFrozen(tool) && Object.isFrozen(tool.retry))
  t.equal(defineTool({ ...spec, class: 'A' }).consequential, true, 'an effect is consequential')
  t.equal(defineTool({ ...spec, class: 'A', consequential: false }).consequential, false)
  t.strictSame(defineTool({ ...spec, retry: { tries_max: 1 } }).retry, {
    ...retry_default,
    tries_max: 1,
  })
})

t.test('types flow from the schemas to what the tool does', async (t) => {
  const tool = defineTool({
    ...spec,
    name: 'count_files',
    output: z.object({ count: z.number() }),
    class: 'B',
    isEmpty: (value) => value.count === 0,
    reconcile: (call_key, args) => (args.depth > 0 ? found({ count: call_key.length }) : nothing()),
    undo: (args, result) => found(`${args.path}: ${result.count}`),
    run: (args) => {
      const depth: number = args.depth
      // @ts-expect-error the input has no such property
      args.missing
      return found({ count: depth })
    },
  })
  const name: 'count_files' = tool.name
  t.equal(name, 'count_files')
  // @ts-expect-error the output wants a number
  t.ok(defineTool({ ...spec, output: z.object({ count: z.number() }), run: () => found('1') }))
})

t.test('a definition that cannot be right is refused with a hint', async (t) => {
  const over = (change: object) => () => defineTool({ ...spec, ...change } as typeof spec)
  const wrong: [object, RegExp][] = [
    [{ name: 'readManifest' }, /cannot be named "readManifest"/],
    [{ name: '' }, /cannot be named/],
    [{ name: `a${'b'.repeat(64)}` }, /cannot be named/],
    [{ description: ' ' }, /has no description/],
    [{ class: 'D' }, /has no class of effect/],
    [{ class: 'B' }, /is of class B and has no reconcile/],
    [{ class: 'C', reconcile: () => nothing() }, /has a reconcile and is of class C/],
    [{ class: 'read', consequential: true }, /is consequential and of class read/],
    [{ input: z.string() }, /input .* is not an object/],
    [{ input: z.object({}).meta({ id: 'Root' }) }, /input .* is not an object/],
    [{ input: z.object({ at: z.date() }) }, /cannot be said in JSON Schema/],
    [{ input: { path: 'string' } }, /input .* is not a zod schema/],
    [{ output: undefined }, /output .* is not a zod schema/],
    [{ run: undefined }, /has no run/],
    [{ version: 'a b' }, /version .* is not a short word/],
    [{ timeout_ms: 0 }, /timeout_ms .* is 0/],
    [{ timeout_ms: Number.POSITIVE_INFINITY }, /timeout_ms .* is Infinity/],
    [{ retry: { tries_max: 0 } }, /retry.tries_max .* is 0/],
    [{ retry: { base_ms: 9_000, cap_ms: 100 } }, /waits longer at first/],
  ]
  for (const [change, message] of wrong) {
    t.throws(over(change), { name: 'Refusal', code: 'PW604', message, hint: /./ }, String(message))
  }
})

t.test('a registry holds each tool once and nothing else', async (t) => {
  const tool = defineTool(spec)
  const other = defineTool({ ...spec, name: 'other' })
  t.strictSame([...toolRegistry([tool, other]).keys()], ['read_manifest', 'other'])
  t.throws(() => toolRegistry([tool, defineTool(spec)]), {
    code: 'PW604',
    message: /read_manifest is defined twice/,
  })
  t.throws(() => toolRegistry([{ ...tool }]), { code: 'PW604', message: /not made by defineTool/ })
})

t.test('the planner reads what a tool does, takes and answers', async (t) => {
  const post = defineTool({ ...spec, name: 'post', class: 'A' })
  t.strictSame(describeTools([defineTool(spec), post]), [
    {
      name: 'read_manifest',
      description: 'Reads the manifest of a package.',
      effect: 'reads only: nothing changes, it may be repeated freely',
      input: {
        type: 'object',
        properties: {
          path: { type: 'string', description: 'a folder' },
          depth: { type: 'integer', default: 1 },
        },
        required: ['path'],
      },
      output: {
        type: 'object',
        properties: { files: { type: 'array', items: { type: 'string' } } },
        required: ['files'],
        additionalProperties: false,
      },
    },
    {
      ...describeTools([defineTool(spec)])[0],
      name: 'post',
      effect:
        'has an effect; sent again with the same key it still happens only once; ' +
        'consequential, so it may wait for approval',
    },
  ])
})
