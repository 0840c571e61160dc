/** A result that cannot be written yet is in hand, and no stray: its step is done once. */
import t from 'tap'
import type { StepContext } from '../../src/steps/context.ts'
import { freshDatabase, type TestDatabase } from '../fixtures/database.ts'
import { gated, oneStep } from '../fixtures/small_machines.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

t.setTimeout(120_000)

/** A worker that has two steps in hand, one of them for so long that it could be a stray. */
async function twoInHand(t: Parameters<typeof worldOf>[0], concurrency: number) {
  const db = await freshDatabase(t)
  const [old, other] = [gated(), gated()]
  const isOld = (ctx: StepContext) => JSON.stringify(ctx.input).includes('old')
  const app = oneStep((ctx) => (isOld(ctx) ? old : other).work(ctx))
  const world = await worldOf(t, app, db)
  await world.work({ concurrency })
  const task_id = await world.submit('one', { is: 'old' })
  await until('it is in hand', () => old.begun() === 1)
  await db.query(`update pawl.attempts set started_at = started_at - interval '10 seconds'`)
  return { db, world, task_id, old, other }
}

/** Twice, so that the second has begun after now. */
async function looksForStrays(db: TestDatabase): Promise<void> {
  const seen = new Set<string>()
  await until('the worker has looked for strays, twice', async () => {
    const { rows } = await db.query<{ at: string }>(
      `select query_start::text as at from pg_stat_activity where query like '%hand_back_strays(%'
       and pid <> pg_backend_pid()`,
    )
    for (const { at } of rows) seen.add(at)
    return seen.size > 2
  })
}

t.test('while a person holds its row, and another has its slot', async (t) => {
  const { db, world, task_id, old, other } = await twoInHand(t, 1)
  const user = await db.as()
  await user.query('begin')
  await user.query('select pawl.pause_task($1)', [task_id])
  await world.submit('one', { is: 'other' })
  old.open()
  await until('the other is in hand', () => other.begun() === 1)
  await user.query('rollback')
  await looksForStrays(db)
  other.open()
  t.match(await world.becomes(task_id), { status: 'succeeded' })
  t.equal(old.begun(), 1)
  t.same(await world.verify(), [])
})

t.test('while a commit before it takes its time', async (t) => {
  const { db, world, task_id, old, other } = await twoInHand(t, 10)
  await world.submit('one', { is: 'other' })
  await until('the other is in hand', () => other.begun() === 1)
  const user = await db.as()
  await user.query('begin')
  await user.query('lock table pawl.transitions in share mode')
  const waiting = async () => {
    const { rows } = await db.query(`select from pg_locks where not granted`)
    return rows.length > 0
  }
  other.open()
  await until('its commit waits', waiting)
  old.open()
  await looksForStrays(db)
  await user.query('rollback')
  t.match(await world.becomes(task_id), { status: 'succeeded' })
  t.equal(old.begun(), 1)
  t.same(await world.verify(), [])
})
