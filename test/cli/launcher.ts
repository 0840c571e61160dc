/** The launcher, on the Node that runs it and on one that pretends to be old. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'

const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'pawl.js')
const OLD = `data:text/javascript,Object.defineProperty(process, 'versions', {
  value: { ...process.versions, node: '20.1.0' } })`
const MAIN = `export async function main(argv: string[]) { console.log('from', argv); return 3 }`
const NEWER = `#!/bin/sh
if [ "$1" = -p ]; then echo 24.99.0; exit; fi
case "$*" in *die*) kill -TERM $$;; esac
echo "again: $*"; exit 7
`

function launch(root: string, args: string[], nodeArgs: string[] = []) {
  const all = [...nodeArgs, join(root, 'bin/pawl.js'), ...args]
  return spawnSync(process.execPath, all, { cwd: root, encoding: 'utf8' })
}

function layout(t: Test, files: Record<string, object>) {
  const root = t.testdir({ 'package.json': '{"type": "module"}', bin: {}, ...files })
  cpSync(LAUNCHER, join(root, 'bin/pawl.js'))
  return root
}

t.test('a checkout runs its source, and the exit code is main’s', async (t) => {
  const root = layout(t, {
    src: { cli: { 'main.ts': MAIN } },
    dist: { cli: { 'main.js': 'throw new Error("stale")' } },
  })
  t.match(launch(root, ['trace', '1']), { status: 3, stdout: "from [ 'trace', '1' ]\n" })
})

t.test('an installed package runs what was built', async (t) => {
  const root = layout(t, { dist: { cli: { 'main.js': MAIN.replace(': string[]', '') } } })
  t.match(launch(root, []), { status: 3, stdout: 'from []\n' })
})

t.test('an old Node is told in one line what is needed', async (t) => {
  const root = layout(t, {})
  const { status, stderr } = launch(root, [], ['--import', OLD])
  t.equal(status, 1)
  t.match(stderr, /^pawl needs Node 24 or newer and this is 20\.1\.0: .*\n$/)
})

t.test('an old Node hands over to a newer one in node_modules', async (t) => {
  const root = layout(t, {})
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true })
  writeFileSync(join(root, 'node_modules/.bin/node'), NEWER, { mode: 0o755 })
  const { status, stdout } = launch(root, ['work', '--app', 'x'], ['--import', OLD])
  t.equal(status, 7)
  t.match(stdout, /^again: .*bin\/pawl\.js work --app x\n$/s)
  t.equal(launch(root, ['die'], ['--import', OLD]).signal, 'SIGTERM')
})
