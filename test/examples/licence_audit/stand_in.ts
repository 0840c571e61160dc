import t from 'tap'
import { startStandIn } from '../../../examples/licence_audit/stand_in/server.ts'
import type { Json } from '../../../src/json.ts'
import { Asker, done, EXCERPT, TOOLS } from '../../fixtures/audit_questions.ts'

const voice = await startStandIn({ port: 0, seed: 1, bad: 0 })
t.teardown(() => voice.close())
const ask = new Asker(voice.url)

const path = 'node_modules/kettle'
const manifest = done(1, 'read_manifest', { path }, { name: 'kettle', version: '1.2.3' })
const noFiles = done(2, 'find_licence_files', { path }, null)
const readme = done(2, 'read_licence', { path, source: 'readme' }, null)
const noFilesFact = `fact: find_licence_files({"path":"${path}"}) → EMPTY. There is nothing.`
const noReadmeFact = `fact: read_licence({"path":"${path}","source":"readme"}) → EMPTY. Nothing.`
const answered = 'decision: reviewer 7 decided: answer. Answer: {"licence": "MIT OR ISC"}.'

type Planned = Awaited<ReturnType<typeof ask.plan>>
const toolsOf = ({ steps }: Planned) => steps.map((step) => step.tool)
const argOf = ({ steps }: Planned, tool: string, name: string) =>
  steps.find((step) => step.tool === tool)?.args.find((arg) => arg.name === name)

t.test('the first plan goes by the licence files, each slot from the step before', async (t) => {
  const plan = await ask.plan()
  t.same(
    toolsOf(plan),
    TOOLS.map(({ name }) => name),
  )
  t.match(argOf(plan, 'read_licence', 'files'), { from_step: 2, path: 'files' })
  t.match(argOf(plan, 'match_licence_text', 'text'), { from_step: 3, path: 'text' })
  t.match(argOf(plan, 'record_finding', 'licence'), { from_step: 4, path: 'best' })
  t.match(argOf(plan, 'record_finding', 'package'), { json: '"kettle@1.2.3"' })
})

t.test('without licence files the plan goes on with the README', async (t) => {
  const trouble = { code: 'replan', message: 'no licence file', dimension: null }
  const plan = await ask.plan({ finished: [manifest], memory: [noFilesFact], trouble })
  t.same(toolsOf(plan), ['read_licence', 'match_licence_text', 'record_finding'])
  t.match(argOf(plan, 'read_licence', 'source'), { json: '"readme"' })
  t.match(argOf(plan, 'match_licence_text', 'text'), { from_step: 2 }, 'numbers go on')
})

t.test('a text that matches nothing is not read again, the README is', async (t) => {
  const files = done(2, 'find_licence_files', { path }, { files: ['LICENSE'] })
  const text = done(3, 'read_licence', { path, files: ['LICENSE'] }, { text: 'mine, all mine' })
  const memory = ['fact: match_licence_text({"text":"mine, all mine"}) → EMPTY. Nothing.']
  const plan = await ask.plan({ finished: [manifest, files, text], memory })
  t.same(toolsOf(plan), ['read_licence', 'match_licence_text', 'record_finding'])
  t.match(argOf(plan, 'match_licence_text', 'text'), { from_step: 4 })
})

t.test('a licence that a person has named is recorded as they named it', async (t) => {
  const memory = [noFilesFact, noReadmeFact, answered]
  const plan = await ask.plan({ finished: [manifest], memory })
  t.same(toolsOf(plan), ['record_finding'])
  t.match(argOf(plan, 'record_finding', 'licence'), { json: '"MIT OR ISC"' })
  t.equal(argOf(plan, 'record_finding', 'verdict'), undefined)
  const noted = 'decision: me decided: answer. Answer: "Apache-2.0". Note: {see 2.0}.'
  const other = await ask.plan({ finished: [manifest], memory: [answered, noted] })
  t.match(argOf(other, 'record_finding', 'licence'), { json: '"Apache-2.0"' }, 'the last word')
})

t.test('only tools that are listed are planned', async (t) => {
  const tools = TOOLS.filter(({ name }) => name !== 'read_manifest')
  t.same(toolsOf(await ask.plan({ tools }))[0], 'find_licence_files')
})

t.test('an excerpt is compared as an excerpt, without being copied', async (t) => {
  const plan = await ask.plan({ input: EXCERPT })
  t.same(toolsOf(plan), ['match_licence_text', 'record_finding'])
  t.match(argOf(plan, 'match_licence_text', 'text'), { from_step: 0, path: 'excerpt' })
  t.match(argOf(plan, 'match_licence_text', 'excerpt'), { json: 'true' })
  t.match(argOf(plan, 'record_finding', 'package'), { json: '"excerpt-0a1b2c"' })
})

t.test('what follows from an outcome depends on the outcome and on what was tried', async (t) => {
  const empty = { outcome: 'empty' } as const
  t.equal(await ask.verdict(noFiles, { outcome: 'found', value: { files: ['x'] } }), 'continue')
  t.equal(await ask.verdict(noFiles, empty), 'replan')
  t.equal(await ask.verdict(noFiles, empty, { memory: [noReadmeFact] }), 'escalate')
  t.equal(await ask.verdict(readme, empty, { memory: [noFilesFact] }), 'escalate')
  t.equal(await ask.verdict(manifest, empty), 'escalate')
  const error = { message: 'the disk is busy' }
  t.equal(await ask.verdict(noFiles, { outcome: 'failed', retryable: true, error }), 'retry')
  t.equal(await ask.verdict(noFiles, { outcome: 'failed', retryable: false, error }), 'replan')
  t.equal(await ask.verdict(noFiles, { outcome: 'unknown', error }), 'escalate')
})

type Match = { score: number; margin: number; contains?: string[]; by?: string; tied?: number }

/** Keys in the order jsonb gives them. */
function matched({ score, margin, contains = ['MIT'], by = 'text', tied = 1 }: Match): Json {
  const other = { by: 'text', score: score - 0.1, licence: 'JSON' }
  return {
    best: 'MIT',
    score,
    margin,
    verdict: 'allowed',
    contains: contains.map((licence) => ({ share: 1, licence })),
    candidates: [...Array(tied).fill({ by, score, licence: 'MIT' }), other],
  }
}

const evidenceOf = (match: Match) => [manifest, done(4, 'match_licence_text', {}, matched(match))]
const action = { package: 'kettle@1.2.3', licence: 'MIT', verdict: 'allowed' }

t.test('confidence follows the evidence shown', async (t) => {
  for (const [match, confidence] of [
    [{ score: 0.98, margin: 0.029 }, 0.97],
    [{ score: 0.98, margin: 0.01 }, 0.6],
    [{ score: 0.98, margin: 0.029, contains: ['MIT', 'ISC'] }, 0.6],
    [{ score: 0.5, margin: 0.2 }, 0.4],
    [{ score: 0.9, margin: 0.9, by: 'mention' }, 0.85],
    [{ score: 0.5, margin: 0, by: 'mention' }, 0.4],
  ] as const) {
    const shown = evidenceOf({ ...match, contains: [...(match.contains ?? [])] })
    t.equal(await ask.confidence(shown, action), confidence, JSON.stringify(match))
  }
})

t.test('confidence in an excerpt falls with the number of texts that tie', async (t) => {
  for (const [margin, tied, confidence] of [
    [0.06, 1, 0.99],
    [0.03, 1, 0.97],
    [0, 2, 0.55],
    [0, 3, 0.3],
    [0, 4, 0.4],
    [0, 5, 0.2],
  ] as const) {
    const evidence = evidenceOf({ score: 1, margin, tied })
    t.equal(await ask.confidence(evidence, action, { input: EXCERPT }), confidence)
  }
})

t.test('an action that the evidence does not show is not believed', async (t) => {
  const evidence = evidenceOf({ score: 0.98, margin: 0.029 })
  t.ok((await ask.confidence(evidence, { ...action, licence: 'GPL-3.0-only' })) < 0.1)
  t.ok((await ask.confidence([manifest], action)) < 0.2)
  const named = { memory: [answered] }
  t.equal(await ask.confidence([], { ...action, licence: 'MIT OR ISC' }, named), 0.95)
  t.ok((await ask.confidence([], action, named)) < 0.1, 'a person named something else')
})

t.test('the longest match there can be is read to its end', async (t) => {
  const contains = Array.from({ length: 6 }, () => 'Community-Spec-1.0-with-a-long-name')
  const evidence = evidenceOf({ score: 0.98, margin: 0.029, contains, tied: 4 })
  t.equal(await ask.confidence(evidence, action), 0.6)
})
