/**
 * The agent's stories from insert to the register's log, on packages that are really installed:
 * which of them tells which story is found by looking, so that another version of one breaks
 * nothing here.
 */
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { auditApp } from '../../examples/licence_audit/app.ts'
import {
  type CorpusPackage,
  findPackages,
  spdxExcerpts,
} from '../../examples/licence_audit/corpus.ts'
import { countRegister } from '../../examples/licence_audit/count_register.ts'
import { startRegister } from '../../examples/licence_audit/register.ts'
import { readRegisterLog } from '../../examples/licence_audit/register_log.ts'
import { startStandIn } from '../../examples/licence_audit/stand_in/server.ts'
import { findLicenceFiles } from '../../examples/licence_audit/tools/find_licence_files.ts'
import { matchLicenceText } from '../../examples/licence_audit/tools/match_licence_text.ts'
import { readLicence } from '../../examples/licence_audit/tools/read_licence.ts'
import { worldOf } from '../fixtures/workers.ts'

const voice = await startStandIn({ port: 0, seed: 1, bad: 0 })
t.teardown(() => voice.close())
const log_file = join(t.testdir(), 'register.jsonl')
const register = await startRegister({ port: 0, log_file, dedupe: true })
t.teardown(() => register.close())
process.env['REGISTER_URL'] = register.url

const world = await worldOf(t, auditApp({ PAWL_STAND_IN_URL: voice.url }))
const reviewer = await world.as('pawl_reviewer')
await world.work()

type Kind = 'plain' | 'readme only' | 'nothing' | 'unsure'
const packages: Record<Kind, CorpusPackage[]> = await sorted()

async function sorted() {
  const kinds: typeof packages = { plain: [], 'readme only': [], nothing: [], unsure: [] }
  for (const it of findPackages()) kinds[await kindOf(it)].push(it)
  return kinds
}

async function kindOf({ path }: CorpusPackage): Promise<Kind> {
  const files = await findLicenceFiles({ path })
  const source = files ? { files: files.files } : { source: 'readme' as const }
  const licence = await readLicence({ path, ...source })
  const match = licence && (await matchLicenceText({ text: licence.text }))
  if (!match) return 'nothing'
  if (match.contains.length > 1) return 'unsure'
  return files ? 'plain' : 'readme only'
}

function take(kind: Kind): CorpusPackage {
  const next = packages[kind].pop()
  if (!next) throw new Error(`no installed package is ${kind}`)
  return next
}

const submit = ({ package: name, version, path }: CorpusPackage) =>
  world.submit('licence_audit', { package: name, version, path })

type Review = { review_no: number; kind: string; choices: string[]; args: unknown; context: object }

async function reviewOf(task_id: string): Promise<Review> {
  await world.becomes(task_id, 'review')
  const { rows } = await reviewer.query<Review>(
    'select review_no, kind, choices, args, context from pawl.review_queue where task_id = $1',
    [task_id],
  )
  if (!rows[0]) throw new Error('no review waits')
  return rows[0]
}

const decide = (task_id: string, { review_no }: Review, decision: string, more: object = {}) =>
  reviewer.query(
    `select pawl.decide_review($1, $2, $3, by => 'reviewer 7',
       edit => $4::jsonb -> 'edit', answer => $4::jsonb -> 'answer')`,
    [task_id, review_no, decision, JSON.stringify(more)],
  )

async function titles(task_id: string, kind: string): Promise<string[]> {
  const { rows } = await world.query<{ title: string; outcome: string | null }>(
    'select title, outcome from pawl.trace($1) where kind = $2',
    [task_id, kind],
  )
  return rows.map(({ title, outcome }) => `${title} ${outcome ?? ''}`.trim())
}

function recorded({ key }: CorpusPackage): unknown[] {
  return readRegisterLog(log_file)
    .filter((line) => line.package === key && line.result === 'applied')
    .map(({ finding }) => finding)
}

const toolsOf = async (task_id: string) => {
  const { rows } = await world.query<{ tool: string; outcome: string }>(
    'select tool, outcome from pawl.tool_calls where task_id = $1 order by call_no',
    [task_id],
  )
  return rows.map(({ tool, outcome }) => `${tool} ${outcome}`)
}

t.test('a package with a licence file is read, matched and recorded', async (t) => {
  const it = take('plain')
  const task_id = await submit(it)
  const { status, output } = await world.becomes(task_id)
  t.equal(status, 'succeeded')
  t.match(output, { package: it.key, licence: String, verdict: String, score: Number })
  t.match(recorded(it), [output as object])
  t.same(await toolsOf(task_id), [
    'read_manifest found',
    'find_licence_files found',
    'read_licence found',
    'match_licence_text found',
    'record_finding found',
  ])
})

t.test('without a licence file the README is read, by a second plan', async (t) => {
  const it = take('readme only')
  const task_id = await submit(it)
  const { status, output } = await world.becomes(task_id)
  t.equal(status, 'succeeded')
  t.match(recorded(it), [output as object])
  t.same(await toolsOf(task_id), [
    'read_manifest found',
    'find_licence_files empty',
    'read_licence found',
    'match_licence_text found',
    'record_finding found',
  ])
  t.equal((await titles(task_id, 'plan')).length, 2)
})

t.test('where no text says anything a person names the licence', async (t) => {
  const it = take('nothing')
  const task_id = await submit(it)
  const review = await reviewOf(task_id)
  t.match(review, { kind: 'escalation', choices: ['approve', 'answer', 'reject'] })
  t.match(review.context, { input: { path: it.path } })
  t.same(recorded(it), [], 'nothing is recorded before')
  await decide(task_id, review, 'answer', { answer: { licence: 'GPL-3.0-only' } })
  const { status, output } = await world.becomes(task_id)
  t.equal(status, 'succeeded')
  const finding = { licence: 'GPL-3.0-only', verdict: 'forbidden', score: null }
  t.match(output, { package: it.key, ...finding })
  t.match(recorded(it), [finding])
})

t.test('two licences in one text wait for a person, who may approve', async (t) => {
  const it = take('unsure')
  const task_id = await submit(it)
  const review = await reviewOf(task_id)
  t.match(review, { kind: 'action', choices: ['approve', 'edit', 'reject'] })
  t.match(review.args, { package: it.key, licence: String })
  t.same(recorded(it), [])
  await decide(task_id, review, 'approve')
  t.equal((await world.becomes(task_id)).status, 'succeeded')
  t.match(recorded(it), [review.args as object], 'exactly what was approved')
})

t.test('a person who knows better edits the finding, and that is recorded', async (t) => {
  const it = take('unsure')
  const task_id = await submit(it)
  const review = await reviewOf(task_id)
  await t.rejects(decide(task_id, review, 'edit', { edit: { licence: 7 } }), { code: 'PW303' })
  const edit = { package: it.key, licence: 'MIT AND ISC' }
  await decide(task_id, review, 'edit', { edit })
  const { status, output } = await world.becomes(task_id)
  t.equal(status, 'succeeded')
  t.match(output, { ...edit, verdict: 'allowed' })
  t.match(recorded(it), [edit])
})

t.test('a rejected finding is not recorded and the task is cancelled', async (t) => {
  const it = take('unsure')
  const task_id = await submit(it)
  await decide(task_id, await reviewOf(task_id), 'reject')
  t.match(await world.becomes(task_id), { status: 'cancelled', state: 'rejected' })
  t.same(recorded(it), [])
})

t.test('an excerpt is named where one text alone holds it, else a person is asked', async (t) => {
  const isTied = await Promise.all(
    spdxExcerpts()
      .slice(0, 20)
      .map(async (it) => ({
        ...it,
        margin: (await matchLicenceText({ text: it.excerpt, excerpt: true }))?.margin ?? 0,
      })),
  )
  const clear = isTied.find(({ margin }) => margin > 0)
  const tied = isTied.find(({ margin }) => margin === 0)
  if (!clear || !tied) throw new Error('the excerpts are all alike')
  const ask = ({ subject, excerpt }: typeof clear) =>
    world.submit('spdx_excerpt', { subject, excerpt })
  const { output } = await world.becomes(await ask(clear))
  t.match(output, { package: clear.subject, licence: clear.licence })
  t.match(await reviewOf(await ask(tied)), { kind: 'action' })
})

t.test('bad answers cost a little and spoil nothing', async (t: Test) => {
  const unwell = await startStandIn({ port: 0, seed: 1, bad: 0.2 })
  t.teardown(() => unwell.close())
  const other = await worldOf(t, auditApp({ PAWL_STAND_IN_URL: unwell.url }))
  await other.work()
  const tasks = Array.from({ length: 8 }, () => take('plain'))
  const ids: string[] = []
  for (const { package: name, version, path } of tasks) {
    ids.push(await other.submit('licence_audit', { package: name, version, path }))
  }
  for (const id of ids) t.equal((await other.becomes(id, 'succeeded')).status, 'succeeded')
  t.ok(
    Object.values(unwell.counts().bad).some((count) => count > 0),
    'some answers were bad',
  )
  for (const it of tasks) t.equal(recorded(it).length, 1, it.key)
  t.same(await other.verify(), [])
})

t.test('all laws hold, and the register heard of nothing twice', async (t) => {
  t.same(await world.verify(), [])
  t.match(countRegister(log_file), { replayed: 0, refused: 0, doubled: [] })
})
