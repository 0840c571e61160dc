/**
 * Does the work of a few tasks touch more rows when a million others lie in the tables, or when
 * the tasks themselves have a long past?  PostgreSQL counts what every scan reads, by table and by
 * index, so no plan can hide: a function that forgets to say which rows it means reads them all.
 */
import t, { type Test } from 'tap'
import errands, { ROUND } from '../fixtures/apps/errands.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { copyTask, lengthen } from '../fixtures/many_tasks.ts'
import { readsOf } from '../fixtures/reads.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const TASKS = 20
const MONTHS_AHEAD = 23
/**
 * Loops tick, and we look, as time passes.  One scan of a full table at each step reads far more.
 */
const STRAY_READS_MAX = 10_000
const STRAY_READS_PER_S_MAX = 2500

t.setTimeout(120_000)
const db = await freshDatabase(t)
const world = await worldOf(t, errands, db)
await db.query('select pawl.make_months(ahead => $1)', [MONTHS_AHEAD])
// It reads a page of a thousand live tasks a tick, and ticks with time: here it is tried by itself.
await db.query(`update pawl.loops set ticked_at = 'infinity' where loop = 'wake_forgotten'`)
const [model = ''] = await waiting(1)
// Our own looks, a hundred a second, are to read the tasks they ask for and no others.
await db.query('set enable_seqscan = off')
await goRound([model])
const empty = await readsOf(db, async () => goRound(await waiting(TASKS)))

t.test('a thousand rows and a million cost the same', async (t) => {
  const few = await copyTask(db.sql, await finished(model), 50)
  t.ok(few > 500 && few < 2000, `${few} rows`)
  await costsTheSame(t, 'with a thousand rows')
  const many = await copyTask(db.sql, model, 60_000)
  t.ok(many > 1_000_000, `${many} rows`)
  await costsTheSame(t, 'with a million rows')
})

t.test('tasks that wait cost nothing', async (t) => {
  const [sleeper = ''] = await waiting(1)
  await copyTask(db.sql, sleeper, 20_000)
  await costsTheSame(t, 'with 20,000 tasks that wait for an event')
  await costsTheSame(t, 'by a look for those that were forgotten', sweep)
})

t.test('what statistics say makes no difference', async (t) => {
  await db.query('analyze')
  await costsTheSame(t, 'with statistics')
})

t.test('a long past costs nothing', async (t) => {
  const old = await waiting(TASKS)
  await goRound(old)
  for (const task_id of old.slice(0, 2)) {
    await lengthen(db.sql, { task_id, rounds: 6000, round: ROUND })
  }
  await costsTheSame(t, 'with 24,000 transitions behind some', () => goRound(old))
  await db.query('analyze')
  await costsTheSame(t, 'with statistics of them', () => goRound(old))
  await costsTheSame(t, 'by a look for those that were forgotten', async () => {
    await db.query(`select pawl.forgotten_among($1, '0 seconds')`, [old])
  })
})

async function costsTheSame(
  t: Test,
  where: string,
  work = async () => goRound(await waiting(TASKS)),
): Promise<void> {
  // After a pause of all workers the deadlines of every live task are moved: not so here.
  await waiting(1)
  const begun = performance.now()
  const seen = await readsOf(db, work)
  const seconds = (performance.now() - begun) / 1000
  const more = [...seen].map(([scan, rows]) => ({ scan, more: rows - (empty.get(scan) ?? 0) }))
  t.same(
    more.filter((it) => it.more > STRAY_READS_MAX + STRAY_READS_PER_S_MAX * seconds),
    [],
    `no table and no index is read more ${where}`,
  )
}

/** New tasks that wait for an event. */
async function waiting(count: number): Promise<string[]> {
  const worker = await world.work()
  const task_ids: string[] = []
  for (let id = 0; id < count; id++) task_ids.push(await world.submit('errand', { id }))
  await reach(task_ids, count)
  await worker.stop()
  return task_ids
}

/** Each of them is woken by an event, does its steps and waits again. */
async function goRound(task_ids: string[]): Promise<void> {
  const before = await revisions(task_ids)
  const worker = await world.work()
  for (const task_id of task_ids) {
    await db.query(`select pawl.send_event($1, '{"type": "GO"}')`, [task_id])
  }
  await reach(task_ids, before + task_ids.length * ROUND.transitions)
  await worker.stop()
}

async function sweep(): Promise<void> {
  await db.query(`update pawl.loops set ticked_at = '-infinity' where loop = 'wake_forgotten'`)
  await db.query(`select pawl.wake_forgotten('30 seconds')`)
  await db.query(`update pawl.loops set ticked_at = 'infinity' where loop = 'wake_forgotten'`)
}

async function finished(task_id: string): Promise<string> {
  const worker = await world.work()
  await db.query(`select pawl.send_event($1, '{"type": "END"}')`, [task_id])
  await world.becomes(task_id, 'succeeded')
  await worker.stop()
  return task_id
}

/** All of them together. */
async function reach(task_ids: string[], revision: number): Promise<void> {
  await until(`revision ${revision}`, async () => (await revisions(task_ids)) === revision)
}

async function revisions(task_ids: string[]): Promise<number> {
  const { rows } = await db.query<{ sum: number }>(
    'select sum(revision)::float8 as sum from pawl.tasks where task_id = any ($1)',
    [task_ids],
  )
  return rows[0]?.sum ?? 0
}
