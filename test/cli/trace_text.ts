/** The timeline as text: `pawl trace`, and what snapshots of whole stories compare. */
import t from 'tap'
import { columnsOf } from '../../src/cli/columns.ts'
import { traceText } from '../../src/cli/trace_text.ts'
import type { TaskRow, TraceRow } from '../../src/database/read_rows.ts'

const task: TaskRow = {
  task_id: '01a205a2-0ba0-7137-9149-109c54a86fa5',
  machine: 'licence_audit',
  version: 3,
  key: 'left-pad@1.3.0',
  state: 'succeeded',
  status: 'succeeded',
  revision: 4,
  input: { package: 'left-pad', version: '1.3.0' },
  output: { licence: 'WTFPL' },
  error: null,
  labels: {},
  priority: 0,
  created_at: new Date('2026-11-22T12:00:00.000Z'),
  finished_at: new Date('2026-11-22T12:01:03.500Z'),
  spent_microusd: 12_345,
  overrun_microusd: 0,
  cap_microusd: 200_000,
  spent_tokens: 8_312,
  overrun_tokens: 0,
  cap_tokens: 60_000,
  spent_tool_calls: 3,
  cap_tool_calls: 25,
  spent_model_calls: 2,
  cap_model_calls: null,
  spent_replans: 1,
  cap_replans: 3,
}

let ms = 0

function row(kind: TraceRow['kind'], title: string, more: Partial<TraceRow> = {}): TraceRow {
  ms += 250
  const at = new Date(task.created_at.getTime() + ms - 250)
  const none = { step_no: null, outcome: null, latency_ms: null, tokens: null, plan_no: null }
  return { at, kind, no: 1, title, cost_microusd: null, ...none, detail: {}, ...more }
}

function move(no: number, title: string, event: string, step_no: number | null = null): TraceRow {
  const cause = step_no === null ? 'start' : 'step'
  return row('transition', title, { no, step_no, detail: { event, cause } })
}

function attempt(step_no: number, src: string, outcome: string, error?: string): TraceRow {
  const detail = error === undefined ? {} : { error: { message: error } }
  return row('attempt', src, { step_no, outcome, latency_ms: 40 + step_no, detail })
}

const plan_step = { ordinal: 1, act_no: 1, tool: 'find_licence_files', carried: true }
const rows: TraceRow[] = [
  move(0, '(new) → (new)', 'pawl.created'),
  move(1, '(new) → planning', 'pawl.started'),
  row('model_call', 'plan (claude-opus-5-5, stand-in)', {
    step_no: 1,
    outcome: 'failed',
    latency_ms: 812,
    tokens: 0,
    cost_microusd: 0,
    detail: { try_no: 1, error: { message: 'overloaded\u001b[31m for now' } },
  }),
  row('model_call', 'plan (claude-opus-5-5, stand-in)', {
    step_no: 1,
    outcome: 'found',
    latency_ms: 1_204,
    tokens: 1_834,
    cost_microusd: 6_203,
    detail: { try_no: 2, answer: { content: [{ type: 'text', text: '{"steps": []}' }] } },
  }),
  attempt(1, 'plan', 'succeeded'),
  row('plan', 'first plan', {
    step_no: 1,
    plan_no: 1,
    detail: {
      thought: 'Look for the licence, then match it.',
      parent_plan_no: null,
      steps: [
        {
          ordinal: 1,
          act_no: 1,
          tool: 'find_licence_files',
          args: { package: { value: 'left-pad' } },
        },
        {
          ordinal: 2,
          act_no: 2,
          tool: 'read_licence',
          args: { file: { from_step: 1, path: 'files[0]' } },
        },
      ],
    },
  }),
  move(2, 'planning → acting', 'xstate.done.actor.plan', 1),
  row('tool_call', 'find_licence_files', {
    step_no: 2,
    no: 3,
    outcome: 'empty',
    latency_ms: 3,
    plan_no: 1,
    detail: { request: { package: 'left-pad' }, error: { message: 'no such file' } },
  }),
  attempt(2, 'act', 'lost'),
  row('plan', 'no licence file: look in the README', {
    no: 2,
    step_no: 3,
    plan_no: 2,
    detail: {
      parent_plan_no: 1,
      steps: [{ ...plan_step, args: { package: { value: 'left-pad' } } }],
    },
  }),
  row('assessment', 'confidence 0.62, threshold 0.80', {
    step_no: 4,
    outcome: 'review',
    detail: { reason: 'two texts are alike', correct: true, label_source: 'declared licence' },
  }),
  row('review', 'May it be recorded as WTFPL?', {
    step_no: 4,
    outcome: 'opened',
    detail: { choices: ['approve', 'reject'] },
  }),
  row('review', 'read it myself', {
    step_no: 4,
    outcome: 'approve',
    detail: { by: 'reviewer 7' },
  }),
  row('event', 'review.approve', { detail: { payload: {}, cause: 'review' } }),
  row('tool_call', 'record_finding', {
    step_no: 5,
    no: 5,
    outcome: 'found',
    latency_ms: 62_000,
    plan_no: 2,
    detail: {
      consequential: true,
      approval: { by: 'person', review_no: 1 },
      request: { task: '01a205a2-0ba0-7137-9149-109c54a86fa5', text: 'a '.repeat(200) },
      answer: { receipt: 'f'.repeat(64) },
    },
  }),
  attempt(5, 'act', 'succeeded'),
  row('event', 'GO', { outcome: 'waiting', detail: { payload: { type: 'GO', by: '日本' } } }),
  move(4, 'acting → succeeded', 'xstate.done.actor.act', 5),
]

t.test('a whole story, without times and ids, is the same text every time', (t) => {
  const lines = traceText(task, rows, { stable: true })
  t.matchSnapshot(lines.join('\n'))
  t.notMatch(lines.join('\n'), /01a205a2|f{64}|62\.0s|\+0\./)
  t.end()
})

t.test('with times and ids it fits in 120 columns, and in 80', (t) => {
  t.matchSnapshot(traceText(task, rows).join('\n'))
  for (const columns of [80, 120, 500]) {
    const lines = traceText(task, rows, { columns })
    const widest = Math.max(...lines.map(columnsOf))
    t.ok(widest <= Math.min(columns, 120), `${widest} of ${columns}`)
  }
  t.end()
})

t.test('no text of a model or a tool reaches the terminal as a command', (t) => {
  const text = traceText(task, rows).join('\n')
  t.notMatch(text, '\u001b')
  t.match(text, 'overloaded for now')
  t.end()
})

t.test('after a re-plan everything stands a level deeper', (t) => {
  const lines = traceText(task, rows, { stable: true })
  const from = lines.findIndex((line) => line.includes('plan 2 instead of plan 1'))
  t.match(lines[from], /^ {2}≡/)
  t.match(lines[from + 1], /because: no licence file: look in the README/)
  t.ok(lines.slice(from).every((line) => line.startsWith('  ')))
  t.ok(lines.slice(lines.indexOf('') + 1, from).every((line) => /^(\S| {7})/.test(line)))
  t.end()
})
