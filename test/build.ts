/** What is published is compiled, and works without the sources. */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freshDatabase } from './fixtures/database.ts'

t.setTimeout(120_000)

const ROOT = join(import.meta.dirname, '..')
// Beside src, since migrations/ and sql/ are found from there.
const DIST = join(ROOT, 'dist')

t.test('the compiled package registers an app and works until it is idle', async (t) => {
  const db = await freshDatabase(t)
  rmSync(DIST, { recursive: true, force: true })
  t.teardown(() => rmSync(DIST, { recursive: true, force: true }))
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const built = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT })
  t.equal(built.status, 0, String(built.stdout))
  const unwritten = globSync('**/*.js', { cwd: DIST }).filter((file) =>
    /(?:from|import\()\s*'\.[^']*\.ts'/.test(readFileSync(join(DIST, file), 'utf8')),
  )
  t.same(unwritten, [], 'no import still names a source')
  const app = join(DIST, 'app_of_a_user.ts')
  const source = readFileSync(join(import.meta.dirname, 'fixtures', 'apps', 'greeting.ts'), 'utf8')
  writeFileSync(app, onDist(source))
  const pawl = (...args: string[]) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', RUN, ...args], {
      cwd: ROOT,
      env: { ...process.env, DATABASE_URL: db.url },
      encoding: 'utf8',
    })
  t.match(pawl('register', '--app', app), { status: 0 })
  const worked = pawl('work', '--app', app, '--until-idle')
  t.equal(worked.status, 0, worked.stderr)
})

const RUN = `
  const { main } = await import('${join(DIST, 'cli', 'main.js')}')
  process.exitCode = await main(process.argv.slice(1))`

/** A user's app, importing what was compiled. */
function onDist(source: string): string {
  return source.replaceAll(/'[./]*src\/([^']*)\.ts'/g, `'${DIST}/$1.js'`)
}
