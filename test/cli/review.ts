/** Answering the questions that wait for a person: by command, and one by one at a terminal. */

import { createInterface } from 'node:readline/promises'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { registerApp } from '../../src/app/register.ts'
import { no_colors } from '../../src/cli/colors.ts'
import { goThrough } from '../../src/cli/review_ask.ts'
import { reviewText } from '../../src/cli/review_text.ts'
import { connect } from '../../src/client.ts'
import greeting from '../fixtures/apps/greeting.ts'
import parcels from '../fixtures/apps/parcels.ts'
import { pawl } from '../fixtures/cli.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'

t.setTimeout(60_000)

const action = {
  kind: 'action',
  question: 'May left-pad@1.3.0 be recorded as WTFPL?',
  act_no: 5,
  envelope_no: 1,
  choices: ['approve', 'edit', 'reject'],
  context: { why: 'two texts are alike', steps: [{ tool: 'read_licence', outcome: 'found' }] },
}
const budget = {
  kind: 'budget',
  question: 'The budget is used up: tokens. May it go on?',
  choices: ['approve', 'reject'],
  context: { trouble: { code: 'over_budget', dimension: 'tokens' } },
}
const escalation = {
  kind: 'escalation',
  question: 'Which licence does the text grant?\u001b[2J',
  choices: ['answer', 'reject'],
  context: { text: 'DO WHAT YOU WANT\nTO PUBLIC LICENSE' },
}

/** Tasks whose questions wait; what they ask for is nobody's business here. */
async function queueOf(t: Test, ...reviews: object[]) {
  const db = await freshDatabase(t)
  await registerApp(db.url, greeting)
  const client = await connect(db.url)
  t.teardown(() => client.close())
  const task_ids: string[] = []
  for (const [index, review] of reviews.entries()) {
    const options = { key: `task ${index}`, budget: { tokens: 500 } }
    const task_id = await client.submit('greeting', { id: index, waits: true }, options)
    const envelope = { act_no: 5, plan_no: 1, tool: 'record', tool_version: '1', args: { as: 'A' } }
    await db.query('select pawl.attach_envelope($1, $2, $3)', [task_id, envelope, 'agent'])
    await db.query('select pawl.attach_review($1, 9, $2)', [task_id, review])
    task_ids.push(task_id)
  }
  const decided = async () =>
    (
      await db.query(
        `select decision, note, decided_by, edit, answer from pawl.reviews
         where status = 'decided' order by task_id`,
      )
    ).rows
  return { ...db, client, task_ids, decided }
}

t.test('the queue is listed with what to type, and a decision is typed', async (t) => {
  const { url, task_ids, decided } = await queueOf(t, action, escalation)
  const list = await pawl(['review'], { url })
  t.match(list.out, /^2 questions wait for a person\n/)
  t.match(list.out, `pawl review 'task 0' 1 approve|edit|reject`)
  t.notMatch(list.out, '\u001b')
  const given = ['--note', 'read it', '--by', 'reviewer 7']
  const said = await pawl(['review', 'task 0', '1', 'approve', ...given], { url })
  t.same([said.code, said.out], [0, `approve: task ${task_ids[0]} goes on\n`])
  const answer = ['review', 'task 1', '1', 'answer', '--answer', '"WTFPL"', '--by', 'reviewer 7']
  t.equal((await pawl(answer, { url })).code, 0)
  t.match(await decided(), [
    { decision: 'approve', note: 'read it', decided_by: 'reviewer 7' },
    { decision: 'answer', answer: 'WTFPL' },
  ])
  const again = await pawl(['review', 'task 0', '1', 'reject'], { url })
  t.match(again.err, /^pawl: this review is decided already: approve\nhint: /)
  t.match((await pawl(['review', 'list'], { url })).out, /^0 questions wait for a person\n$/)
})

t.test('new caps answer the question of the budget and no other', async (t) => {
  const { url, client, query, decided } = await queueOf(t, action, budget)
  const given = ['1', 'approve', '--budget', '{"tokens": 900}', '--by', 'me']
  const other = await pawl(['review', 'task 0', ...given], { url })
  t.equal(other.code, 1)
  t.match(other.err, /^pawl: this question is not about the budget\nhint: /)
  const none = await pawl(['review', 'task 0', '2', ...given.slice(1)], { url })
  t.match(none.err, /^pawl: no question 2 of task \S+ waits\nhint: /)
  t.equal((await client.reviews()).length, 2, 'both wait')
  t.equal((await pawl(['review', 'task 1', ...given], { url })).code, 0)
  t.match(await decided(), [{ decision: 'approve', decided_by: 'me' }])
  const { rows } = await query('select cap_tokens::integer from pawl.budgets order by task_id')
  t.same(rows, [{ cap_tokens: 500 }, { cap_tokens: 900 }])
})

t.test('a task is listed by its key, unless that could mean another', async (t) => {
  const { url, client, task_ids } = await queueOf(t, action, escalation)
  await registerApp(url, parcels)
  await client.submit('parcel', { id: 1 }, { key: 'task 0' })
  const { out } = await pawl(['review', 'list'], { url })
  t.match(out, `pawl review ${task_ids[0]} 1 approve|edit|reject`)
  t.match(out, `pawl review 'task 1' 1 answer|reject`)
})

t.test('a question shows everything needed to answer it', async (t) => {
  const { client } = await queueOf(t, action)
  const [review] = await client.reviews()
  if (review === undefined) throw new Error('nobody asks')
  const text = reviewText(review, no_colors).join('\n')
  t.match(text, 'May left-pad@1.3.0 be recorded as WTFPL?')
  t.match(text, /would send {2}record\n +as A\n/)
  t.match(text, /why +two texts are alike/)
  t.match(text, /steps\n +- tool +read_licence\n +outcome found/)
  t.match(text, 'approve, edit, reject')
})

/** A terminal without one: lines typed when the prompt has come. */
function terminal() {
  const input = new PassThrough()
  const lines = createInterface({ input, output: new PassThrough() })
  const said: string[] = []
  let prompts = 0
  const question = lines.question.bind(lines)
  lines.question = (text: string) => {
    prompts++
    return question(text)
  }
  let typed = 0
  const type = async (line: string) => {
    await until('it asks', () => prompts > typed)
    typed++
    input.write(`${line}\n`)
  }
  return { lines, said, type, end: () => input.end() }
}

t.test('at a terminal the questions come one by one, until all are decided', async (t) => {
  const { client, decided, query } = await queueOf(t, action, budget, escalation)
  const { lines, said, type } = terminal()
  const asking = { client, by: 'me', lines, say: (line: string) => said.push(line) }
  const ended = goThrough({ ...asking, colors: no_colors }, await client.reviews())
  await type('what')
  await type('app')
  await type('looks right')
  // The proposal stands in the line already, and is taken as it is.
  await type('approve')
  await type('')
  await type('answer')
  await type('WTFPL')
  await type('')
  t.equal(await ended, 3)
  lines.close()
  t.ok(said.includes('one of these words, or its beginning'))
  t.match(await decided(), [
    { decision: 'approve', note: 'looks right', decided_by: 'me' },
    { decision: 'approve', decided_by: 'me' },
    { decision: 'answer', answer: 'WTFPL' },
  ])
  const { rows } = await query<{ cap_tokens: string }>(
    'select cap_tokens from pawl.budgets order by task_id',
  )
  t.same(
    rows.map((row) => Number(row.cap_tokens)),
    [500, 1000, 500],
  )
})

t.test('what the database refuses is said, and the question stands', async (t) => {
  const { client, decided } = await queueOf(t, action, escalation)
  const { lines, said, type, end } = terminal()
  const asking = { client, by: 'me', lines, say: (line: string) => said.push(line) }
  const reviews = await client.reviews()
  const [first] = reviews
  if (first === undefined) throw new Error('nobody asks')
  await client.decide(first.task_id, first.review_no, 'reject', { by: 'somebody else' })
  const ended = goThrough({ ...asking, colors: no_colors }, reviews)
  await type('approve')
  await type('')
  await until('it is refused', () => said.some((line) => line.includes('decided already: reject')))
  await type('skip')
  end()
  t.equal(await ended, 0, 'the end of the input is a wish to leave')
  t.same((await decided()).length, 1)
})
