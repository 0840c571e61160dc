/**
 * An agent is forked in the middle of its work: it remembers what was found, pays for nothing twice,
 * and asks a person before it does anything again.
 */
import { join } from 'node:path'
import t from 'tap'
import { auditApp } from '../../examples/licence_audit/app.ts'
import { findPackages } from '../../examples/licence_audit/corpus.ts'
import { startRegister } from '../../examples/licence_audit/register.ts'
import { readRegisterLog } from '../../examples/licence_audit/register_log.ts'
import { startStandIn } from '../../examples/licence_audit/stand_in/server.ts'
import { retellTasks } from '../../src/app/retell.ts'
import { connect } from '../../src/client.ts'
import { worldOf } from '../fixtures/workers.ts'

const voice = await startStandIn({ port: 0, seed: 1, bad: 0 })
t.teardown(() => voice.close())
const log_file = join(t.testdir(), 'register.jsonl')
const register = await startRegister({ port: 0, log_file, dedupe: true })
t.teardown(() => register.close())
process.env['REGISTER_URL'] = register.url

const app = auditApp({ PAWL_STAND_IN_URL: voice.url })
const world = await worldOf(t, app)
const client = await connect(world.url)
t.teardown(() => client.close())
await world.work()

const it = findPackages().find(({ package: name }) => name === 'xstate')
if (!it) throw new Error('xstate is not installed')
const source = await client.submit('licence_audit', {
  package: it.package,
  version: it.version,
  path: it.path,
})
const ended = await world.becomes(source)

/** The last time that the agent came from there to there. */
async function revisionOf(from: string, to: string): Promise<number> {
  const { rows } = await world.query<{ revision: number }>(
    `select max(revision)::integer as revision from pawl.transitions
     where task_id = $1 and from_state = $2 and to_state = $3`,
    [source, from, to],
  )
  return rows[0]?.revision ?? -1
}

async function asked(task_id: string) {
  await world.becomes(task_id, 'review')
  const [review] = (await client.reviews()).filter((row) => row.task_id === task_id)
  if (!review) throw new Error('nobody is asked')
  return review
}

async function recorded(): Promise<number> {
  const lines = await readRegisterLog(log_file)
  return lines.length
}

t.test('what a threshold let through once, a person is asked about in the fork', async (t) => {
  t.match(ended, { status: 'succeeded' })
  const before = await recorded()
  const fork = await client.fork(source, await revisionOf('preparing', 'assessing'))
  const review = await asked(fork)
  t.match(review, { kind: 'action', tool: 'record_finding' })
  t.equal(await recorded(), before, 'and nothing is sent before')
  await client.decide(fork, review.review_no, 'reject', { by: 'reviewer 7' })
  t.match(await world.becomes(fork), { status: 'cancelled' })
  t.same(await world.verify(), [])
})

t.test('approved, it goes on to the same end, and nothing before is paid for again', async (t) => {
  const fork = await client.fork(source, await revisionOf('preparing', 'assessing'))
  const review = await asked(fork)
  await client.decide(fork, review.review_no, 'approve', { by: 'reviewer 7' })
  t.match(await world.becomes(fork), { status: 'succeeded', output: ended.output })
  const { rows } = await world.query(
    `select count(*) filter (where carried) > 2 as carried,
       sum(cost_microusd) filter (where carried) = 0 as free,
       sum(saved_microusd) filter (where carried) > 0 as saved
     from pawl.model_calls where task_id = $1`,
    [fork],
  )
  t.match(rows, [{ free: true, saved: true }])
  t.same(await world.verify(), [])
})

t.test('an act that was done by the moment of the fork is not done again', async (t) => {
  const before = await recorded()
  for (const [from, to] of [
    ['assessing', 'acting'],
    ['acting', 'judging'],
  ] as const) {
    const fork = await client.fork(source, await revisionOf(from, to))
    t.match(await world.becomes(fork), { status: 'succeeded', output: ended.output })
    t.equal(await recorded(), before)
  }
  t.same(await world.verify(), [])
})

t.test('a plan that was being made is the same plan, and paid for once', async (t) => {
  const fork = await client.fork(source, await revisionOf('(new)', 'planning'))
  await asked(fork)
  const planned = (task_id: string) =>
    world.query(
      `select p.steps_hash, sum(c.cost_microusd) > 0 as paid
       from pawl.plans as p join pawl.model_calls as c using (task_id, step_no)
       where p.task_id = $1 and p.plan_no = 1 group by p.steps_hash`,
      [task_id],
    )
  const [old, its] = [await planned(source), await planned(fork)]
  t.match(old.rows, [{ paid: true }])
  t.same(its.rows, [{ ...old.rows[0], paid: false }])
  await client.cancel(fork)
  await world.becomes(fork)
  t.same(await world.verify(), [])
})

t.test('an agent that is cancelled says what stands', async (t) => {
  const fork = await client.fork(source, await revisionOf('preparing', 'assessing'))
  await asked(fork)
  t.equal(await client.cancel(fork, { reason: 'enough' }), 'cancelling')
  t.match(await world.becomes(fork), { status: 'cancelled', state: 'cancelled' })
  const { rows } = await world.query(
    `select output from pawl.steps where task_id = $1 and src = 'clean_up'`,
    [fork],
  )
  t.same(rows, [{ output: { stands: [] } }])
  t.notOk((await client.reviews()).some((row) => row.task_id === fork))
  t.same(await world.verify(), [])
})

t.test('and the past of all of them can be told again', async (t) => {
  const { breaches, skipped } = await retellTasks(world.url, app)
  t.same({ breaches, skipped }, { breaches: [], skipped: 0 })
})
