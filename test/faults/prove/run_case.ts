/**
 * One case: a fresh database, some tasks, a process that comes to its crash point and is struck
 * there; then the work must end, every law hold, and the world outside have seen each effect once.
 */

import type { CrashPoint } from '../../../src/crashpoint.ts'
import { startWorker, type Worker } from '../../../src/worker.ts'
import { tcpProxy } from '../../fixtures/tcp_proxy.ts'
import { until } from '../../fixtures/until.ts'
import app, { next } from './app.ts'
import { Child, FIGURES } from './child.ts'
import { countEffects, type Effects } from './outside.ts'
import { POINTS, type Workflow } from './points.ts'
import { type Fault, strike } from './strike.ts'
import type { Lane, Outside, World } from './world.ts'

export type Case = { point: CrashPoint; fault: Fault; workflow: Workflow; number: number }

export type CaseEnd = Effects & {
  /** How many faults struck. */
  fired: number
  tasks: number
  ended: number
  verify_rows: number
  /** What is wrong with it, in words. */
  faults: string[]
}

const TASKS = 3
const STAND_MS_MAX = 30_000
const END_MS_MAX = 60_000
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }

export async function runCase(lane: Lane, outside: Outside, it: Case): Promise<CaseEnd> {
  const { by } = POINTS[it.point]
  await using world = await lane.world(by === 'deployer' ? 'bare' : 'ready', outside)
  await using tools = new AsyncDisposableStack()
  const ids = Array.from({ length: TASKS }, (_, n) => it.number * 100 + n)
  const proxy = await tcpProxy(
    { teardown: (work) => void tools.defer(async () => void work()) },
    world.url,
  )
  let rescuer: Worker | undefined
  const rescue = async () => {
    rescuer ??= await startWorker({
      url: world.url,
      app: by === 'mover' ? next : app,
      concurrency: 10,
      figures: FIGURES,
      log: SILENT,
    })
  }
  tools.defer(async () => rescuer?.stop())
  // Who moves tasks finds them at work.
  const beside = by === 'mover' ? new Child('worker', { url: world.url }) : undefined
  tools.defer(async () => void (await beside?.kill()))
  const child = await send({ world, url: proxy.through(world.url), it, ids })
  tools.defer(async () => void (await child.kill()))
  if (beside) await until('who is beside works', () => beside.worker_id !== undefined)
  if (POINTS[it.point].when === 'commit_lost') {
    proxy.cutAt('pawl.commit', (nth) => (nth === 1 ? 'after' : undefined))
  }
  const faults: string[] = []
  const fired = await stands(world, child, it).then(
    () =>
      strike(it.fault, { world, child, proxy, point: it.point, rescue, bury: it.number % 2 === 0 }),
    (error) => void faults.push(`${error}; it said ${child.said}`),
  )
  if (!fired) faults.push('the fault never fired')
  await goOn({ world, child, it, ids, rescue }).catch(async (error) => {
    faults.push(String(error), await world.stuck(), child.said)
  })
  faults.push(...(await endOf(world, child, it)))
  const left = await beside?.stop()
  if (left !== undefined) faults.push(left)
  await rescuer?.stop()
  return await judge(world, ids, fired ? 1 : 0, faults)
}

type Sent = { world: World; url: string; it: Case; ids: readonly number[] }

async function send({ world, url, it, ids }: Sent): Promise<Child> {
  const { by, nth, when } = POINTS[it.point]
  const at = { url, point: it.point, nth }
  if (by === 'deployer') return new Child('deployer', { ...at, args: ['deployer'] })
  if (by === 'client') return new Child('client', { ...at, args: ['client', ...ids.map(String)] })
  if (when === 'answer_lost') {
    for (const id of ids) world.outside.effects.losing.add(`/plain ${JSON.stringify({ id })}`)
  }
  await world.submit(it.workflow, ids, by === 'worker')
  if (by === 'mover') return new Child('mover', { ...at, args: ['mover'] })
  return new Child('worker', at)
}

async function stands(world: World, child: Child, { point }: Case): Promise<void> {
  if (POINTS[point].when === 'stopping') {
    await until('it has something in hand', async () => {
      return (await world.rows('select from pawl.attempts')).length > 0
    })
    child.signal('SIGTERM')
  }
  await until(`it stands at ${point}`, () => child.stood.length > 0 || child.gone, STAND_MS_MAX)
  if (child.stood.length === 0) throw new Error(`it never came to ${point}`)
}

type Going = {
  world: World
  child: Child
  it: Case
  ids: readonly number[]
  rescue(): Promise<void>
}

/** Whoever was struck goes on by himself if he can; where he is gone others do his work. */
async function goOn({ world, child, it, ids, rescue }: Going): Promise<void> {
  const { by } = POINTS[it.point]
  if (by !== 'worker' && it.fault !== 'kill') await until('it is done', () => child.gone)
  if ((by === 'deployer' || by === 'mover') && it.fault === 'kill') {
    await new Child(by, { url: world.url, args: [by] }).ended
  }
  // A client that died asks again, under the same keys.
  if (by !== 'worker') await world.submit(it.workflow, ids)
  await until(
    'every task ends',
    async () => {
      if (child.gone) await rescue()
      return (await world.ended()).ended === ids.length
    },
    END_MS_MAX,
  )
}

/** What is wrong with how it left, if anything; a client's tasks are all there. */
async function endOf(world: World, child: Child, { fault }: Case): Promise<string[]> {
  const faults = []
  if (fault !== 'kill') faults.push(await child.stop())
  const there = await world.rows('select from pawl.tasks where task_id = any ($1)', [
    child.acknowledged,
  ])
  if (there.length < child.acknowledged.length) faults.push('an acknowledged insert is gone')
  return faults.filter((it) => it !== undefined)
}

async function judge(
  world: World,
  ids: readonly number[],
  fired: number,
  faults: string[],
): Promise<CaseEnd> {
  const { tasks, ended, succeeded, current } = await world.ended()
  const verify = await world.verify()
  if (current !== tasks) faults.push(`only ${current} of ${tasks} are of the current version`)
  if (tasks !== ids.length) faults.push(`${tasks} tasks instead of ${ids.length}`)
  if (succeeded !== ended) faults.push(`only ${succeeded} of ${ended} succeeded`)
  if (verify.length > 0) faults.push(`verify: ${JSON.stringify(verify.slice(0, 5))}`)
  const effects = countEffects(world.outside.effects, ids)
  if (effects.lost + effects.doubled > 0) faults.push(JSON.stringify(effects))
  return { ...effects, fired, tasks: ids.length, ended, verify_rows: verify.length, faults }
}
