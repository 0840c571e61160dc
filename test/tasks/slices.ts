/**
 * A worker has only so many tasks in hand; the others get their turn.
 */
import t from 'tap'
import { freshDatabase, type TestDatabase } from '../fixtures/database.ts'
import { manySteps, oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)

for (const [by, figures] of [
  ['steps', { slice_steps_max: 50 }],
  ['milliseconds', { slice_steps_max: 100_000, slice_ms_max: 20 }],
] as const) {
  t.test(`a task with many steps lets others in between, by ${by}`, async (t) => {
    let ran = 0
    const world = await worldOf(
      t,
      manySteps(async () => ++ran),
      await freshDatabase(t),
    )
    const long = await world.submit('many', { steps: 400 })
    await world.work({ concurrency: 1, figures })
    await until('the long one is at work', () => ran > 0)
    const short = await world.submit('many', { steps: 1 })
    await world.becomes(short, 'succeeded')
    t.equal((await world.task(long)).status, 'ready', 'the long one is not done yet')
    await world.becomes(long, 'succeeded')
    t.equal(ran, 401, 'each step ran once')
    t.same(await world.verify(), [])
  })
}

/** Counts what is asked of the database: jobs, and steps claimed by a call of their own. */
async function countAsked(db: TestDatabase) {
  await db.query('create sequence public.jobs')
  await db.query('create sequence public.claims')
  await db.query('grant usage on all sequences in schema public to public')
  await db.query(
    `create function public.count_job() returns trigger language plpgsql security definer as $$
     begin perform nextval('public.jobs'); return new; end $$`,
  )
  await db.query(
    `create trigger count_job after insert on graphile_worker._private_jobs
     for each row execute function public.count_job()`,
  )
  const name = 'pawl.claim_step(uuid, integer, uuid, text, boolean)'
  const { rows } = await db.query<{ made: string }>(
    `select pg_get_functiondef('${name}'::regprocedure) as made`,
  )
  const made = rows[0]?.made.replace(/\nbegin\n/, "\nbegin\n  perform nextval('public.claims');\n")
  await db.query(made ?? '')
  return async () => {
    const counted = ['jobs', 'claims'].map(
      (it) => `(select last_value - (not is_called)::int from public.${it})::int as ${it}`,
    )
    return (await db.query(`select ${counted.join()}`)).rows[0]
  }
}

t.test('five steps in a row take one job, and no claim by itself', async (t) => {
  const db = await freshDatabase(t)
  let ran = 0
  const world = await worldOf(
    t,
    manySteps(async () => ++ran),
    db,
  )
  const asked = await countAsked(db)
  await world.work()
  await world.becomes(await world.submit('many', { steps: 5 }), 'succeeded')
  t.equal(ran, 5)
  t.strictSame(await asked(), { jobs: 1, claims: 0 })
})

t.test('a slice of one step takes a job for each, and each claims its own', async (t) => {
  const db = await freshDatabase(t)
  const world = await worldOf(
    t,
    manySteps(async () => null),
    db,
  )
  const asked = await countAsked(db)
  await world.work({ figures: { slice_steps_max: 1 } })
  await world.becomes(await world.submit('many', { steps: 5 }), 'succeeded')
  t.strictSame(await asked(), { jobs: 5, claims: 4 })
})

t.test('no more tasks are in hand than were asked for, and no fewer', async (t) => {
  let in_hand = 0
  let most = 0
  const world = await worldOf(
    t,
    oneStep(async () => {
      most = Math.max(most, ++in_hand)
      await new Promise((resolve) => setTimeout(resolve, 30))
      in_hand--
    }),
    db,
  )
  await world.work({ concurrency: 7 })
  const { rows } = await db.query<{ task_id: string }>(
    `insert into pawl.tasks (machine, input)
     select 'one', '{}' from generate_series(1, 60) returning task_id`,
  )
  for (const { task_id } of rows) await world.becomes(task_id, 'succeeded')
  t.equal(most, 7)
})

t.test('tasks inserted one by one are in hand together, too', async (t) => {
  let in_hand = 0
  const all = Promise.withResolvers<void>()
  const world = await worldOf(
    t,
    oneStep(async () => {
      if (++in_hand === 20) all.resolve()
      await all.promise
    }),
    db,
  )
  await world.work({ concurrency: 20 })
  const task_ids: string[] = []
  for (let n = 0; n < 20; n++) task_ids.push(await world.submit('one'))
  for (const task_id of task_ids) await world.becomes(task_id, 'succeeded')
  t.equal(in_hand, 20)
})
