/** The figures of a run: who settled what, and what is still open. */
import t from 'tap'
import type { Corpus, Document } from '../../../examples/licence_audit/start/corpora.ts'
import { figuresOf } from '../../../examples/licence_audit/start/figures.ts'
import type { TaskRow } from '../../../examples/licence_audit/start/read_run.ts'
import { scoreRun } from '../../../examples/licence_audit/start/score_run.ts'
import { summaryLines } from '../../../examples/licence_audit/start/summary.ts'
import { no_colors } from '../../../src/cli/colors.ts'

const work = {
  model_calls: 9,
  tool_calls: 9,
  tokens: 900,
  microusd: 90,
  replans: 0,
  poisoned: 0,
  voices: [],
}
const reached = { lost: [], doubled: [] }

function documentOf(key: string): Document {
  const settled = { settled: 'MIT', settled_by: 'package.json declaration', why: undefined }
  return { key, subject: key, input: {}, declared: 'MIT', ...settled }
}

type Told = Pick<TaskRow, 'status'> & { decided?: boolean }

/** One task for each of what is told. */
function summaryOf(told: readonly Told[]) {
  const documents = told.map((_, index) => documentOf(`kettle@${index}.0.0`))
  const corpus: Corpus = { name: 'packages', machine: 'licence_audit', noun: 'package', documents }
  const tasks = told.map(({ status, decided = false }, index): TaskRow => {
    const key = `kettle@${index}.0.0`
    const finding = status === 'succeeded' ? { licence: 'MIT', verdict: 'allowed' } : null
    const plain = { reason: null, confidence: 0.9, replans: 0, current: true }
    return { task_id: crypto.randomUUID(), key, status, decided, finding, ...plain }
  })
  const counts = { corpus, audited: scoreRun(corpus, tasks), work, reached }
  const figures = figuresOf(counts)
  const more = { figures, bands: [], log_file: 'register.jsonl', colors: no_colors }
  return { figures, text: summaryLines({ ...counts, ...more }).join('\n') }
}

t.test('what a person decided is not counted as done without one, nor as failed', async (t) => {
  const { figures, text } = summaryOf([
    { status: 'succeeded' },
    { status: 'succeeded' },
    { status: 'succeeded', decided: true },
    { status: 'cancelled', decided: true },
    { status: 'cancelled', decided: true },
    { status: 'review' },
    { status: 'failed' },
  ])
  t.match(figures, { packages: 7, done: 3, review: 1, rejected: 2, failed: 1 })
  const people = "3 by a person's decision (2 rejected)"
  t.match(text, `ended       2 without a person, ${people}, 1 waits for one, 1 failed\n`)
  t.match(text, 'kettle@3.0.0  rejected by a person')
})

t.test('where nobody had to decide, nothing is said of decisions', async (t) => {
  const { figures, text } = summaryOf([{ status: 'succeeded' }, { status: 'review' }])
  t.match(figures, { packages: 2, done: 1, review: 1, rejected: 0, failed: 0 })
  t.match(text, 'ended       1 without a person, 1 waits for one, 0 failed\n')
})
