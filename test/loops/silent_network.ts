/**
 * The network between a worker and Postgres falls silent: nothing is refused, nothing is reset,
 * packets vanish.  A worker that hears nothing must not take that for being alive.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Actor } from '../../src/app/define_machine.ts'
import { startHeartbeat } from '../../src/loops/heartbeat.ts'
import { freshDatabase, type Teardown } from '../fixtures/database.ts'
import { gated, oneStep } from '../fixtures/small_machines.ts'
import { tcpProxy } from '../fixtures/tcp_proxy.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const LEASE_MS = 1500
const figures = { lease_ms: LEASE_MS }

t.setTimeout(120_000)

const db = await freshDatabase(t)

/** A task in the hands of a worker behind a proxy; whoever runs it again is done at once. */
async function inHand(t: Teardown) {
  const step = gated()
  const told = { reason: undefined as unknown, at: 0 }
  let runs = 0
  const work: Actor = async (ctx) => {
    if (++runs > 1) return 'done elsewhere'
    ctx.signal.addEventListener('abort', () => {
      told.reason = ctx.signal.reason
      told.at = performance.now()
    })
    await step.work(ctx)
    return 'done'
  }
  const world = await worldOf(t, oneStep(work), db)
  const proxy = await tcpProxy(t, db.url)
  const worker = await world.work({ url: proxy.through(db.url), figures })
  const { worker_id } = worker
  const task_id = await world.submit('one')
  await until('the step is in hand', () => step.begun() === 1)
  await until('its heart beats', () => beatSince(worker_id, LEASE_MS / 4))
  return { step, told, world, proxy, worker, worker_id, task_id }
}

/** The worker has shown a sign of life so long after it began. */
async function beatSince(worker_id: string, ms: number) {
  const { rows } = await db.query(
    `select from pawl.workers
     where worker_id = $1 and heartbeat_at > started_at + $2 * interval '1 millisecond'`,
    [worker_id, ms],
  )
  return rows.length > 0
}

t.test('a worker that Postgres does not answer any more drops what others do', async (t) => {
  const { told, world, proxy, worker, worker_id, task_id } = await inHand(t)
  const other = await world.work({ figures })
  proxy.swallow('all')
  const begun = performance.now()
  await until('its signal fires', () => told.reason, 10_000)
  t.match(told.reason, { code: 'PW401' })
  const took = told.at - begun
  t.ok(took < LEASE_MS + 500, `${Math.round(took)} ms after the last answer`)
  t.match(await world.becomes(task_id), { status: 'succeeded', output: 'done elsewhere' })
  t.equal(worker.worker_id, worker_id, 'it cannot come back yet')
  await other.stop()
  proxy.swallow('nothing')
  await until('it comes back', () => worker.worker_id !== worker_id)
  const next = await world.submit('one')
  t.match(await world.becomes(next), { status: 'succeeded' }, 'and works again')
  t.same(await world.verify(), [])
  await worker.stop()
})

t.test('one that is alone hands back what it dropped, and nobody is blamed', async (t) => {
  const { told, world, proxy, worker, worker_id, task_id } = await inHand(t)
  proxy.swallow('all')
  await until('its signal fires', () => told.reason, 10_000)
  proxy.swallow('nothing')
  t.match(await world.becomes(task_id), { status: 'succeeded', output: 'done elsewhere' })
  t.not(worker.worker_id, worker_id)
  const { rows } = await db.query(
    'select outcome from pawl.attempts where task_id = $1 order by attempt',
    [task_id],
  )
  t.same(rows, [{ outcome: 'handed_back' }, { outcome: 'succeeded' }])
  t.same(await world.verify(), [])
  await worker.stop()
})

t.test('where only the old connections are dead, the next beat takes a new one', async (t) => {
  const { step, told, world, proxy, worker, worker_id, task_id } = await inHand(t)
  const other = await world.work({ figures })
  proxy.swallow('old')
  const silent_at = performance.now()
  const lived = await until('it lives on', async () => {
    if (told.reason !== undefined) return 'buried'
    return performance.now() - silent_at > 3 * LEASE_MS && 'alive'
  })
  t.equal(lived, 'alive')
  t.equal(worker.worker_id, worker_id)
  const { rows } = await db.query('select buried_at from pawl.workers where worker_id = $1', [
    worker_id,
  ])
  t.same(rows, [{ buried_at: null }])
  t.match(await world.task(task_id), { status: 'ready' })
  step.open()
  await other.stop()
})

/** When the heart of a worker that has no row says that it is dead; undefined where it does not. */
async function deadAfter(url: string, deadline_ms: number): Promise<number | undefined> {
  const begun = performance.now()
  const dead = Promise.withResolvers<number>()
  const heartbeat = startHeartbeat({
    url,
    worker_id: randomUUID(),
    beat_ms: 200,
    lease_ms: 1000,
    silent_ms: 20_000,
    onBuried: () => dead.reject(new Error('nobody can have said so')),
    onSilent: () => dead.resolve(performance.now() - begun),
  })
  const late = pause(deadline_ms, undefined)
  try {
    return await Promise.race([dead.promise, late])
  } finally {
    await heartbeat.stop()
  }
}

t.test('a heart that never was answered knows it within its lease', async (t) => {
  const proxy = await tcpProxy(t, db.url)
  proxy.swallow('all')
  const ms = await deadAfter(proxy.through(db.url), 6000)
  t.ok(ms !== undefined && ms > 1000, `it waits for a lease: ${ms} ms`)
})

t.test('while there is no Postgres nobody takes himself for dead', async (t) => {
  const nowhere = new URL(db.url)
  nowhere.port = '1'
  t.equal(await deadAfter(nowhere.href, 4000), undefined)
})
