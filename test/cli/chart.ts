/** pawl check and pawl chart as somebody types them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { registerApp } from '../../src/app/register.ts'
import { pawl } from '../fixtures/cli.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { deliveryApp } from '../fixtures/deliveries.ts'

t.setTimeout(120_000)

const ROOT = join(import.meta.dirname, '..', '..')
const AGENT = join(ROOT, 'examples', 'small', 'agent.ts')
const FIXTURES = join(ROOT, 'test', 'fixtures', 'apps')

t.test('the README shows the chart that the command prints', async (t) => {
  const { out, code } = await pawl(['chart', 'support', '--app', AGENT])
  t.equal(code, 0)
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
  t.ok(readme.includes(`\`\`\`mermaid\n${out}\`\`\``), 'paste what `pawl chart` prints')
})

t.test('a chart is drawn alike from code and from the database, with its tasks', async (t) => {
  const db = await freshDatabase(t)
  await registerApp(db.url, deliveryApp(1))
  await db.query(`insert into pawl.tasks (machine, input) values ('delivery', '{"to": "ada"}')`)
  const app = ['--app', join(FIXTURES, 'delivery_1.ts')]
  const fromCode = await pawl(['chart', 'delivery', ...app])
  t.match(fromCode.out, '  waiting --> done : REPLIED, after 1 d\n')
  const stored = await pawl(['chart', 'delivery'], { url: db.url })
  t.equal(stored.out, fromCode.out)
  const live = await pawl(['chart', 'delivery', '--live', ...app], { url: db.url })
  t.equal(live.out, fromCode.out.replace(/\n$/, '\n  %% not begun: 1 task\n'))
  const unknown = await pawl(['chart', 'delivry'], { url: db.url })
  t.equal(unknown.code, 1)
  t.match(unknown.err, /^pawl: there is no machine 'delivry'\nhint: there is delivery\n/)
})

t.test('check tells what a chart does not prove, and is no error', async (t) => {
  const doubtful = await pawl(['check', '--app', join(FIXTURES, 'parcels.ts')])
  t.equal(doubtful.code, 0)
  t.match(doubtful.out, /^parcel \(\d+ states, \d+ moves\)\n {2}warning: state 'weighing' invokes/)
  const sound = await pawl(['check', '--app', AGENT])
  t.same([sound.code, sound.err], [0, ''])
  t.match(sound.out, /^support \(\d+ states, \d+ moves\)\n {2}all five proofs hold\n$/)
})

t.test('check refuses what pawl cannot run, with the exit code 1', async (t) => {
  const { code, err } = await pawl(['check', '--app', join(FIXTURES, 'spawns.ts')])
  t.equal(code, 1)
  t.match(err, /spawns\.ts: .*spawn/)
  t.match(err, /^hint: /m)
})
