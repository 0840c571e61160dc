/** The laws of calls, plans, money and progress, each broken on purpose and caught under its number. */
import t, { type Test } from 'tap'
import { breaks } from '../fixtures/broken_law.ts'
import { sqlLife } from '../fixtures/sql_life.ts'

const world = await sqlLife(t)
const { live, ended } = world
const of = (site: { task_id: string }) => `task_id = '${site.task_id}'`
const broken = (t: Test, law: number, statement: string, what: RegExp, without?: string[]) =>
  breaks(t, world, { law, statement, what, ...(without && { without }) })
const call = `where ${of(live)} and purpose = 'act'`
const model = (set: string, position = 0) =>
  `update pawl.model_calls set ${set} where ${of(live)} and position = ${position}`

/** A second row of the act's call, with some columns as given. */
function again(columns: Record<string, string>): string {
  const all = ['call_no', 'try_no', 'call_key', 'request_hash', 'outcome'].map(
    (name) => columns[name] ?? { call_no: '99', try_no: '99' }[name] ?? name,
  )
  return `insert into pawl.tool_calls (task_id, step_no, attempt, position, act_no, plan_no, ordinal,
      envelope_no, purpose, tool, tool_version, class, consequential, planned, request, answer,
      approval, worker_id, intended_at, settled_at, call_no, try_no, call_key, request_hash, outcome)
    select task_id, step_no, attempt, position, act_no, plan_no, ordinal, envelope_no, purpose,
      tool, tool_version, class, consequential, planned, request, answer, approval, worker_id,
      intended_at, settled_at, ${all.join()}
    from pawl.tool_calls ${call}`
}

const TWICE = ['drop index pawl.an_act_succeeds_once']

t.test('law 10: one key, one request, one success', async (t) => {
  await broken(t, 10, again({ request_hash: `'other'`, outcome: `'unknown'` }), /with 2 requests/)
  await broken(t, 10, again({}), /found 2 times/, TWICE)
  await broken(t, 10, again({ call_key: `'other'` }), /act 1 succeeded 2 times/, TWICE)
})

t.test('law 11: no act without a plan step', async (t) => {
  const guard = ['alter table pawl.tool_calls drop constraint an_agents_call_has_a_plan_step']
  await broken(t, 11, `update pawl.tool_calls set plan_no = null ${call}`, /no plan step/, guard)
  await broken(t, 11, `update pawl.tool_calls set ordinal = 7 ${call}`, /no plan step/)
  await broken(t, 11, `update pawl.tool_calls set tool = 'pay' ${call}`, /no plan step/)
  const unplanned = 'planned = false, plan_no = null'
  await broken(t, 11, `update pawl.tool_calls set ${unplanned} ${call}`, /no plan step/)
})

t.test('law 12: plans never change', async (t) => {
  const where = `where ${of(live)} and ordinal = 2`
  const what = /plan 1 has other steps/
  await broken(t, 12, `update pawl.plan_steps set args = '{"amount": {"value": 6}}' ${where}`, what)
  await broken(t, 12, `update pawl.plan_steps set tool = 'pay' ${where}`, what)
  await broken(t, 12, `update pawl.plan_steps set carried = true ${where}`, what)
  await broken(t, 12, `delete from pawl.plan_steps ${where}`, what)
  await broken(t, 12, `delete from pawl.plan_steps where ${of(live)}`, what)
  await broken(
    t,
    12,
    `insert into pawl.plan_steps select task_id, plan_no, 3, 3, tool, args, expected, carried
     from pawl.plan_steps ${where}`,
    what,
  )
})

t.test('law 13: the ledger sums to the counters, and no promise exceeds its cap', async (t) => {
  const change = (set: string) => `update pawl.budgets set ${set} where ${of(live)}`
  for (const dimension of ['tokens', 'microusd', 'tool_calls', 'model_calls']) {
    const what = new RegExp(`^${dimension}: the ledger does not sum`)
    await broken(t, 13, change(`spent_${dimension} = spent_${dimension} + 1`), what)
    await broken(t, 13, change(`reserved_${dimension} = reserved_${dimension} + 1`), what)
  }
  await broken(t, 13, change('overrun_microusd = 1'), /^microusd: the ledger/)
  await broken(t, 13, change('spent_replans = 1'), /^replans: the ledger/)
  await broken(t, 13, `delete from pawl.ledger where ${of(live)}`, /^tokens: the ledger/)
  await broken(t, 13, change('cap_microusd = 1'), /^microusd: .* above the cap/, [
    'alter table pawl.budgets drop constraint promises_fit_the_cap',
  ])
  const pool = /pool shared: the ledger does not sum to the pool/
  await broken(t, 13, 'update pawl.budget_pools set spent_microusd = 0', pool)
  await broken(t, 13, `update pawl.ledger set pool = null where ${of(live)}`, pool)
})

t.test('law 14: every model call is priced with a price valid then', async (t) => {
  const what = /model call \d is not priced/
  await broken(t, 14, model('cost_microusd = cost_microusd - 1'), what)
  await broken(t, 14, model('output_tokens = 1000'), what)
  await broken(t, 14, model('cost_microusd = 0', 1), what)
  await broken(t, 14, model(`price_valid_from = '2001-01-01'`), what)
  await broken(t, 14, model(`model = 'haiku', price_band = 100000, cost_microusd = 250`), what)
  await broken(t, 14, model(`intended_at = '2025-01-01'`), what)
  await broken(t, 14, `delete from pawl.prices where model = 'opus'`, what)
})

t.test('law 15: what is consequential was approved exactly as it was sent', async (t) => {
  const what = /without an approval/
  const guard = ['alter table pawl.tool_calls drop constraint a_consequential_act_was_approved']
  const change = (set: string) => `update pawl.tool_calls set ${set} ${call}`
  await broken(t, 15, change('approval = null'), what, guard)
  await broken(t, 15, change(`request_hash = 'other'`), what)
  await broken(t, 15, change(`tool_version = '2'`), what)
  await broken(t, 15, change(`approval = approval || '{"hash": "other"}'`), what)
  await broken(t, 15, `update pawl.reviews set envelope_hash = 'other' where ${of(live)}`, what)
  await broken(t, 15, `update pawl.reviews set decision = 'reject' where ${of(live)}`, what)
  await broken(t, 15, `delete from pawl.envelopes where ${of(live)}`, what)
  await broken(t, 15, `update pawl.envelopes set args = '{"amount": 6}' where ${of(live)}`, what)
})

t.test('law 17: every live task has something that will wake it', async (t) => {
  const asleep = `with jobs as (delete from graphile_worker._private_jobs),
    held as (update pawl.attempts set finished_at = pawl.clock(), outcome = 'parked' where ${of(live)}),
    timers as (delete from pawl.timers where ${of(live)})
    update pawl.tasks set woken_at = woken_at - interval '1 minute'`
  const what = (status: string) => new RegExp(`^${status} at calling, and nothing will wake it`)
  await broken(t, 17, `${asleep} where ${of(live)}`, what('ready'))
  await broken(t, 17, `${asleep}, status = 'waiting' where ${of(live)}`, what('waiting'))
  await broken(t, 17, `${asleep}, status = 'review' where ${of(live)}`, what('review'))
})

t.test('law 17 is not deceived by jobs that wake nobody', async (t) => {
  const asleep = `with jobs as (
      update graphile_worker._private_jobs set attempts = max_attempts, locked_at = null
    ),
    held as (update pawl.attempts set finished_at = pawl.clock(), outcome = 'parked' where ${of(live)}),
    timers as (delete from pawl.timers where ${of(live)})
    update pawl.tasks set woken_at = woken_at - interval '1 minute' where ${of(live)}`
  const odd = `select graphile_worker.add_job('advance:errand:1', payload => '{"odd": 1}')`
  await broken(t, 17, asleep, /nothing will wake it/, [
    odd,
    `select graphile_worker.add_job('advance:errand:1', payload => '["no uuid", 7, null]')`,
  ])
})

t.test('law 19: no call for a plan step before the ones before it have been passed', async (t) => {
  const what = /came before step 1/
  const second = `update pawl.tool_calls set ordinal = 2, act_no = 2 ${call}`
  const early = `update pawl.steps set closed_at = closed_at + interval '1 second' where ${of(live)} and src = 'judge'`
  await broken(t, 19, second, what, [early])
  await broken(t, 19, second, what, [
    `update pawl.steps set output = '{"verdict": "replan", "act_no": 1}' where src = 'judge'`,
  ])
  await broken(t, 19, second, what, [
    `update pawl.steps set output = '{"verdict": "continue", "act_no": 9}' where src = 'judge'`,
  ])
})

t.test('undone again, every law holds', async (t) => {
  t.same(await world.verify(), [])
  t.ok(await world.value('select true from pawl.tasks where task_id = $1', [ended.task_id]))
})
