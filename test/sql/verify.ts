/**
 * The laws of diaries, steps and people, each broken on purpose and caught under its number.
 */
import t, { type Test } from 'tap'
import { breaks } from '../fixtures/broken_law.ts'
import { sqlLife } from '../fixtures/sql_life.ts'

const world = await sqlLife(t)
const { live, ended } = world
const of = (site: { task_id: string }) => `task_id = '${site.task_id}'`

const broken = (t: Test, law: number, statement: string, what: RegExp, without?: string[]) =>
  breaks(t, world, { law, statement, what, ...(without && { without }) })

t.test('a database that nobody has tampered with breaks no law', async (t) => {
  t.same(await world.verify(), [])
})

t.test('law 2: revisions without a gap, states end to end', async (t) => {
  await broken(t, 2, `delete from pawl.transitions where ${of(ended)} and revision = 1`, /follows/)
  await broken(t, 2, `delete from pawl.transitions where ${of(ended)} and revision = 0`, /follows/)
  await broken(
    t,
    2,
    `update pawl.transitions set from_state = 'waiting' where ${of(ended)} and revision = 2`,
    /begins at waiting/,
  )
})

t.test('law 3: every transition is an edge of its version', async (t) => {
  const change = (set: string) =>
    `update pawl.transitions set ${set} where ${of(live)} and revision = 1`
  await broken(t, 3, change('edge_no = 4'), /no edge/)
  await broken(t, 3, change('edge_no = 999'), /no edge/)
  await broken(t, 3, change(`to_state = 'nowhere'`), /no edge/)
  // The same chart under another name: every number is right, and nobody moved the task there.
  const twin = `
    insert into pawl.machines (machine, version, definition_hash, definition, registered_at)
    select machine, 99, 'twin', definition, registered_at
    from pawl.machines
    where machine_id = (select machine_id from pawl.tasks where ${of(live)});
    insert into pawl.machine_states
    select (select machine_id from pawl.machines where definition_hash = 'twin'), s.state, s.final,
      s.outcome, s.tags, s.invokes, s.former
    from pawl.machine_states as s
    where s.machine_id = (select machine_id from pawl.tasks where ${of(live)});
    insert into pawl.machine_edges
    select (select machine_id from pawl.machines where definition_hash = 'twin'), e.edge_no,
      e.from_state, e.event, e.to_state, e.kind
    from pawl.machine_edges as e
    where e.machine_id = (select machine_id from pawl.tasks where ${of(live)});`
  const strayed = `machine_id = (select machine_id from pawl.machines where definition_hash = 'twin')`
  await broken(t, 3, twin + change(strayed), /no edge/)
})

t.test('law 4: a task is where its newest transition says', async (t) => {
  const change = (set: string) => `update pawl.tasks set ${set} where ${of(live)}`
  await broken(t, 4, change(`state = 'waiting'`), /diary is not/)
  await broken(t, 4, change('revision = 2'), /diary is not/)
  await broken(t, 4, `delete from pawl.transitions where ${of(live)}`, /diary is not/)
})

t.test('law 5: nothing moves after the end, and the end is the chart’s', async (t) => {
  await broken(
    t,
    5,
    `insert into pawl.transitions
     select task_id, revision + 1, cause, cause_no, event, machine_id, edge_no, 'done', 'done',
       commit_id, worker_id, created_at
     from pawl.transitions where ${of(ended)} and revision = 3`,
    /leaves the final state done/,
  )
  await broken(
    t,
    5,
    `update pawl.tasks set status = 'ready', finished_at = null where ${of(ended)}`,
    /ready at done/,
  )
  await broken(
    t,
    5,
    `update pawl.tasks set status = 'succeeded', finished_at = pawl.clock() where ${of(live)}`,
    /succeeded at calling/,
  )
})

t.test('law 6: a step that succeeded has exactly one winner', async (t) => {
  const change = (set: string) =>
    `update pawl.attempts set ${set} where ${of(ended)} and step_no = 1`
  await broken(t, 6, change(`outcome = 'failed'`), /0 winning/)
  await broken(
    t,
    6,
    `insert into pawl.attempts
     select task_id, step_no, 2, worker_id, release, started_at, finished_at, outcome
     from pawl.attempts where ${of(ended)} and step_no = 1`,
    /2 winning/,
  )
})

t.test('law 7: every attempt has ended or is in living hands', async (t) => {
  const change = (set: string) =>
    `update pawl.workers set ${set} where worker_id = '${live.worker_id}'`
  await broken(t, 7, change('buried_at = pawl.clock()'), /not alive/)
  await broken(t, 7, change('stopped_at = pawl.clock()'), /not alive/)
  await broken(t, 7, `delete from pawl.workers where worker_id = '${live.worker_id}'`, /not alive/)
})

t.test('law 8: attempts count from one, each once, none above the limit', async (t) => {
  const where = `where ${of(ended)} and step_no = 1`
  await broken(t, 8, `update pawl.attempts set attempt = 2 ${where}`, /counts 1 attempts/)
  await broken(t, 8, `delete from pawl.attempts ${where}`, /and has 0/)
  await broken(t, 8, `update pawl.steps set attempts = 2 ${where}`, /counts 2/)
  await broken(t, 8, `delete from pawl.steps ${where}`, /belongs to no step/)
  await broken(
    t,
    8,
    `with more as (update pawl.steps set attempts = 4 ${where})
     insert into pawl.attempts
     select task_id, step_no, n, worker_id, release, started_at, finished_at, 'failed'
     from pawl.attempts, generate_series(2, 4) as n ${where}`,
    /has used 4 attempts of 3/,
    ['alter table pawl.steps drop constraint attempts_stay_under_the_limit'],
  )
})

t.test('law 16: a review is decided once', async (t) => {
  await broken(t, 16, `delete from pawl.events where ${of(live)} and cause = 'review'`, /0 events/)
  await broken(
    t,
    16,
    `insert into pawl.events (task_id, cause, type, payload, sent_by, created_at)
     select task_id, cause, type, payload, sent_by, created_at from pawl.events where ${of(live)}`,
    /2 events/,
  )
  await broken(
    t,
    16,
    `update pawl.reviews set status = 'withdrawn', decision = null where ${of(live)}`,
    /1 events/,
  )
})
