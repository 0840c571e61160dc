/** What a command refuses: by name, with a hint, leaving nothing behind. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { appTrouble } from '../../src/cli/app_trouble.ts'
import { GREETING, pawl } from '../fixtures/cli.ts'
import { emptyDatabase, freshDatabase, testUrl } from '../fixtures/database.ts'

t.setTimeout(120_000)

const APPS = join(import.meta.dirname, '..', 'fixtures', 'apps')

function folder(t: { teardown(work: () => unknown): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'pawl-cli-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

t.test('an app module that is not there is refused with the path that was tried', async (t) => {
  const cwd = folder(t)
  const ended = await pawl(['work', '--app', 'apps/none.ts'], { url: testUrl('postgres'), cwd })
  t.equal(ended.code, 1)
  t.match(ended.err, `pawl: there is no app module at ${join(cwd, 'apps/none.ts')}\n`)
  t.match(ended.err, /^hint: .*export default defineApp/m)
  const isFolder = await pawl(['dev', '--app', APPS], { cwd })
  t.match(isFolder.err, `pawl: there is no app module at ${APPS}\n`)
})

t.test('a module without a default export of defineApp is refused', async (t) => {
  const url = testUrl('postgres')
  for (const command of ['work', 'dev']) {
    const none = await pawl([command, '--app', join(APPS, 'no_default.ts')], { url })
    t.equal(none.code, 1)
    t.match(none.err, /^pawl: \S+no_default\.ts has no default export\nhint: export default/)
  }
  const wrong = await pawl(['register', '--app', join(APPS, 'not_an_app.ts')], { url })
  t.equal(wrong.code, 1)
  t.match(
    wrong.err,
    /^pawl: the default export of \S+not_an_app\.ts was not made by defineApp\nhint:/,
  )
})

t.test('two machines of one name are refused, with the file that has them', async (t) => {
  const ended = await pawl(['register', '--app', join(APPS, 'twins.ts')])
  t.equal(ended.code, 1)
  t.match(ended.err, /^pawl: \S+twins\.ts: two machines are named twin\nhint: /)
})

t.test('an app that throws while it loads is named, and the reason is shown', async (t) => {
  const ended = await pawl(['register', '--app', join(APPS, 'throws.ts')])
  t.equal(ended.code, 1)
  t.match(ended.err, /^pawl: \S+throws\.ts could not be loaded: there is no licence server\n/)
  t.match(ended.err, /because: connect ECONNREFUSED/)
  t.match(ended.err, /at \S+throws\.ts:\d+/)
  t.notMatch(ended.err, /load_app/)
})

/** An app that cannot be loaded, and what is said about it. */
async function refusedApp(t: Test, name: string, text: string, type = 'module') {
  const cwd = folder(t)
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ type }))
  writeFileSync(join(cwd, 'empty.ts'), '')
  writeFileSync(join(cwd, name), text)
  const { code, err } = await pawl(['register', '--app', name], { cwd })
  t.equal(code, 1, name)
  t.match(err, new RegExp(`^pawl: ${join(cwd, name)} could not be loaded: `, 'm'))
  t.notMatch(err, /pawl: fault|node:internal|src\/cli/, 'nothing that is not theirs')
  return err
}

t.test('what is wrong with an app is shown in its own files, with what to do', async (t) => {
  const wrong: [string, string, RegExp][] = [
    ['a.ts', 'const = 5', /a\.ts:1\n +const = 5\n +\^\n$/],
    ['a.js', 'const = 5', /hint: `node --check \S+a\.js` shows where/],
    ['a.ts', 'enum A { B }', /hint: Node takes types away and does no more/],
    ['a.ts', "import './tools'", /tools' imported from.*\nhint: .* '\.\/tools\.ts'/],
    ['a.ts', "import 'left-padd'", /package 'left-padd'.*\nhint: `npm install`/],
    ['a.ts', "import { Kind } from './empty.ts'", /named 'Kind'[\s\S]*hint: .*`import type`/],
    ['a.ts', '\nnull.oops\n', /TypeError: .*\n +at file:\S+a\.ts:2:6\n$/],
    ['a.json', '{}', /hint: a \.ts or \.js file is meant/],
  ]
  for (const [name, text, said] of wrong) t.match(await refusedApp(t, name, text), said, text)
})

t.test('an app in a package of CommonJS learns what makes it a module', async (t) => {
  const text = "import { z } from 'zod'\n"
  const err = await refusedApp(t, 'a.ts', text, 'commonjs')
  t.match(err, /outside a module\n.*a\.ts:1\n[\s\S]*hint: name it \.mts, or set "type": "module"/)
})

t.test('a checkout that was never built says how', async (t) => {
  const missing = new URL('../../dist/index.js', import.meta.url).href
  const code = 'ERR_MODULE_NOT_FOUND'
  const error = Object.assign(new Error('Cannot find module'), { code, url: missing })
  t.match(appTrouble('/somewhere/app.ts', error), { code: 'PW602', hint: /`npm run build`/ })
})

t.test('no database there: every command says so and what to do', async (t) => {
  const cwd = folder(t)
  const url = 'postgres://somebody:secret@127.0.0.1:1/nowhere'
  for (const command of [['migrate'], ['trace', 'x'], ['work', '--app', GREETING]]) {
    const ended = await pawl(command, { url, cwd })
    t.equal(ended.code, 1)
    t.match(ended.err, /^pawl: no database at 127\.0\.0\.1:1\/nowhere: .*ECONNREFUSED/)
    t.match(ended.err, /^hint: .*pawl db start/m)
    t.notMatch(ended.err, /secret/)
  }
  const unnamed = await pawl(['verify'], { cwd })
  t.equal(unnamed.code, 1)
  t.match(unnamed.err, /^pawl: no database is named.*\nhint: `pawl db start` starts it/)
})

t.test('a database that was never migrated is refused until it is', async (t) => {
  const { url } = await emptyDatabase(t)
  const before = await pawl(['verify'], { url })
  t.equal(before.code, 1)
  t.match(before.err, /^pawl: the database lacks .*\nhint: `pawl migrate` brings it/)
  t.equal((await pawl(['migrate'], { url })).code, 0)
  const again = await pawl(['migrate'], { url })
  t.same([again.code, again.out], [0, 'nothing to do\n'])
  t.match((await pawl(['verify'], { url })).out, 'all laws hold (0 tasks, 0 transitions)')
})

t.test('a database newer than this code is refused by every command', async (t) => {
  const { url, query } = await freshDatabase(t)
  await query(
    `insert into pawl.migrations (name, checksum) values ('migrations/9999_later.sql', 'x')`,
  )
  for (const command of [
    ['migrate'],
    ['verify'],
    ['review', 'list'],
    ['work', '--app', GREETING],
  ]) {
    const ended = await pawl(command, { url })
    t.equal(ended.code, 1)
    t.match(
      ended.err,
      /^pawl: the database is newer than this code: it has \S*9999_later\.sql\nhint/,
    )
  }
})

t.test('a machine this database does not know as the code has it is refused', async (t) => {
  const { url } = await freshDatabase(t)
  const ended = await pawl(['work', '--app', GREETING], { url })
  t.equal(ended.code, 1)
  t.match(ended.err, /greeting is not registered as this code has it\nhint: `pawl register/)
})

t.test('what is mistyped ends with 2 and says what was meant', async (t) => {
  const cases: [string[], RegExp][] = [
    [['trcae'], /unknown command 'trcae'.*\n?.*trace/],
    [['work'], /required option '--app <file>'/],
    [['work', '--app', 'x', '--concurrency', 'many'], /A whole number above zero is meant/],
    [['submit', 'm', '{package: pg}'], /JSON is meant, in quotes for the shell/],
    [['submit', 'm', '{}', '--budget', '5'], /A JSON object is meant/],
    [['review', 'x', '1'], /a decision takes three words/],
    [['review', 'x', '1', 'reject', '--budget', '{}'], /--budget goes with approve, and not with/],
    [['review', '--budget', '{}'], /--budget goes with a decision/],
    [['review', 'list', '--note', 'read'], /--note goes with a decision/],
    [['review', 'x', '1', 'approve', '--budget', '{}', '--note', 'y'], /cannot be used with/],
  ]
  for (const [args, said] of cases) {
    const ended = await pawl(args, { url: 'postgres://127.0.0.1:1/never_asked' })
    t.equal(ended.code, 2, args.join(' '))
    t.match(ended.err, said)
    t.equal(ended.out, '')
  }
})
