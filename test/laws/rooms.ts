/** The rooms of src: arrows run one way. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { breachesOf } from '../fixtures/rooms.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const LINES_MAX = 200
const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({
    path: `src/${name.replaceAll('\\', '/')}`,
    text: readFileSync(join(ROOT, 'src', name), 'utf8'),
  }))

t.test('nobody in src steps over the fence', async (t) => {
  t.same(breachesOf(files), [])
  t.ok(files.length > 80)
})

const ALLOWED: [string, string][] = [
  ['src/machines/chart.ts', `import { assign } from 'xstate'\nimport { z } from 'zod'`],
  ['src/machines/chart.ts', `import { Refusal } from '../refusal.ts'`],
  ['src/machines/chart.ts', `import { isDeepStrictEqual } from 'node:util'`],
  ['src/machines/chart.ts', `import {\n  walk,\n} from './nodes.ts'`],
  ['src/tasks/turn.ts', `import { hostOf } from '../machines/host.ts'`],
  ['src/tasks/turn.ts', `import { run } from 'graphile-worker'`],
  ['src/loops/ticker.ts', `import { Pool } from '../database/pool.ts'`],
  ['src/steps/judge.ts', `import type { Verdict } from '../machines/agent_context.ts'`],
  ['src/steps/judge.ts', `import { found } from '../tools/outcomes.ts'`],
  ['src/app/define_agent.ts', `import { judge } from '../steps/judge.ts'`],
  ['src/database/pool.ts', `import pg from 'pg'`],
  ['src/cli/work.ts', `import { startWorker } from '../worker.ts'`],
  ['src/worker.ts', `import { run } from './tasks/runner.ts'`],
  ['src/index.ts', `export { run } from './tools/run_tool.ts'`],
  ['src/cli/arguments.ts', `const at = new Date(text)`],
  ['src/tools/run_tool.ts', `// import pg from 'pg': Date.now() is no clock`],
]

t.test('what the arrows allow is no breach', async (t) => {
  for (const [path, text] of ALLOWED) t.same(breachesOf([{ path, text }]), [], `${path}: ${text}`)
})

const BREACHES: [string, string][] = [
  ['src/machines/chart.ts', `import { Database } from '../database/database.ts'`],
  ['src/machines/chart.ts', `import type { Json } from '../steps/context.ts'`],
  ['src/machines/chart.ts', `import { request } from 'node:http'`],
  ['src/machines/chart.ts', `import pg from 'pg'`],
  ['src/machines/chart.ts', `import { pause } from '../pause.ts'`],
  ['src/machines/chart.ts', `const answer = await ask()`],
  ['src/machines/chart.ts', `setTimeout(again, 5)`],
  ['src/database/pool.ts', `import { act } from '../steps/execute.ts'`],
  ['src/database/pool.ts', `import type { Move } from '../machines/moves.ts'`],
  ['src/models/anthropic.ts', `import { callModel } from '../steps/call_model.ts'`],
  ['src/models/anthropic.ts', `import { found } from '../tools/outcomes.ts'`],
  ['src/tools/run_tool.ts', `export { send } from '../models/anthropic.ts'`],
  ['src/reviews/routing.ts', `const { act } = await import('../steps/execute.ts')`],
  ['src/steps/judge.ts', `import { agentMachine } from '../machines/agent.ts'`],
  ['src/steps/judge.ts', `import { turn } from '../tasks/turn.ts'`],
  ['src/steps/judge.ts', `import type { Agent } from '../app/define_agent.ts'`],
  ['src/loops/ticker.ts', `import { advance } from '../tasks/advance.ts'`],
  ['src/tasks/turn.ts', `import { ticker } from '../loops/ticker.ts'`],
  ['src/tasks/turn.ts', `import { defineApp } from '../app/define_app.ts'`],
  ['src/tasks/turn.ts', `import { main } from '../cli/main.ts'`],
  ['src/app/define_app.ts', `import { advance } from '../tasks/advance.ts'`],
  ['src/app/define_app.ts', `import { startWorker } from '../worker.ts'`],
  ['src/client/pace.ts', `import { advance } from '../tasks/advance.ts'`],
  ['src/cli/work.ts', `import { advance } from '../tasks/advance.ts'`],
  ['src/cli/work.ts', `import pg from 'pg'`],
  ['src/index.ts', `export { main } from './cli/main.ts'`],
  ['src/json.ts', `import { Pool } from './database/pool.ts'`],
  ['src/client.ts', `import { advance } from './tasks/advance.ts'`],
  ['src/steps/judge.ts', `import pg from 'pg'`],
  ['src/steps/judge.ts', `import { sql } from 'slonik'`],
  ['src/loops/ticker.ts', `import { run } from 'graphile-worker'`],
  ['src/tools/run_tool.ts', `import Anthropic from '@anthropic-ai/sdk'`],
  ['src/tools/run_tool.ts', `import { z } from 'zod-to-something'`],
  ['src/tools/run_tool.ts', `import 'pg/lib/native'`],
  ['src/tools/run_tool.ts', `import { world } from '../../test/fixtures/world.ts'`],
  ['src/tools/run_tool.ts', `import { found } from './outcomes'`],
  ['src/tools/run_tool.ts', `const at = Date.now()`],
  ['src/tools/run_tool.ts', `const at = new Date()`],
]

t.test('each rule broken on purpose is one breach', async (t) => {
  for (const [path, text] of BREACHES) {
    const found = breachesOf([{ path, text }])
    t.equal(found.length, 1, `${path}: ${text}`)
    t.match(found[0], path)
  }
})

t.test('no file outgrows two screens', async (t) => {
  for (const { path, text } of files) {
    const lines = text.trimEnd().split('\n')
    t.ok(lines.length <= LINES_MAX, `${path} has ${lines.length} lines`)
  }
})

t.test('a file opens with its story', async (t) => {
  const untold = files.filter(({ text }) => !/^(#!.*\n)?\/\*\*/.test(text))
  t.same(
    untold.map(({ path }) => path),
    [],
  )
})
