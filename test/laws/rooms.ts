/** The arrows between the rooms of src/ point one way. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { specifiersOf, trespasses } from '../fixtures/rooms.ts'

const SRC = join(import.meta.dirname, '..', '..', 'src')
const files = globSync('**/*.ts', { cwd: SRC })

t.test('no room of src imports what it may not know', async (t) => {
  t.ok(files.length > 100)
  const found = files.flatMap((file) => {
    const specifiers = specifiersOf(readFileSync(join(SRC, file), 'utf8'))
    return trespasses({ file, specifiers })
  })
  t.same(found, [])
})

t.test('each forbidden import is caught', async (t) => {
  const forbidden = [
    ['machines/agent.ts', '../database/database.ts'],
    ['machines/agent.ts', 'node:fs'],
    ['tools/run_tool.ts', '../steps/context.ts'],
    ['models/anthropic.ts', '../database/pool.ts'],
    ['database/pool.ts', '../tasks/advance.ts'],
    ['steps/plan.ts', '../tasks/world.ts'],
    ['steps/plan.ts', '../cli/main.ts'],
    ['loops/ticker.ts', '../tasks/world.ts'],
    ['tasks/advance.ts', '../cli/main.ts'],
    ['steps/plan.ts', 'pg'],
    ['cli/main.ts', 'slonik'],
    ['steps/plan.ts', 'graphile-worker'],
    ['steps/plan.ts', '@anthropic-ai/sdk'],
    ['steps/plan.ts', '../worker.ts'],
  ]
  for (const [file = '', specifier = ''] of forbidden) {
    t.equal(trespasses({ file, specifiers: [specifier] }).length, 1, `${file} → ${specifier}`)
  }
})

t.test('imports of every form are seen', async (t) => {
  const source = [
    `import a from 'one'`,
    `import { b } from "two"`,
    `import {\n  type C,\n  d,\n} from './three.ts'`,
    `export { e } from './four.ts'`,
    `import type { F } from './five.ts'`,
    `const g = await import('./six.ts')`,
    `import 'seven'`,
  ].join('\n')
  const seen = ['one', 'two', './three.ts', './four.ts', './five.ts', './six.ts', 'seven']
  t.same(specifiersOf(source).sort(), seen.sort())
})

/** Compares with a file's own time, before there is a database to ask. */
const BEFORE_THE_CLOCK = ['database/lock_file.ts']

t.test('nothing in src decides by a clock of its own', async (t) => {
  const clocks = files.filter((file) => {
    if (BEFORE_THE_CLOCK.includes(file)) return false
    return /\bDate\.now\(\)|\bnew Date\(\)/.test(readFileSync(join(SRC, file), 'utf8'))
  })
  t.same(clocks, [])
})
