/**
 * The six faults.  Each strikes while a process stands at its crash point, and says whether it
 * really did: a fault that never fired proves nothing.
 */
import type { CrashPoint } from '../../../src/crashpoint.ts'
import type { Proxy as Wire } from '../../fixtures/tcp_proxy.ts'
import { until } from '../../fixtures/until.ts'
import type { Child } from './child.ts'
import { OF_TASKS, POINTS } from './points.ts'
import type { World } from './world.ts'

export const FAULTS = [
  'kill', // kill -9 of the process
  'terminate', // pg_terminate_backend of all its connections
  'cut_before', // the next statement never reaches Postgres
  'cut_after', // the answer to it never comes back
  'stop_postgres', // an immediate stop, and a start
  'freeze', // SIGSTOP until the lease is over and somebody else has taken over, then SIGCONT
] as const

export type Fault = (typeof FAULTS)[number]

export type Struck = {
  world: World
  child: Child
  proxy: Wire
  point: CrashPoint
  /** Half of the dead are buried by their parent, the others by the sweep. */
  bury: boolean
  /** Somebody else to take over. */
  rescue(): Promise<void>
}

const CUT_MS_MAX = 1500
/** A client has no lease, and is merely late. */
const LATE_MS = 1000
const BURIED_MS_MAX = 20_000

export async function strike(fault: Fault, struck: Struck): Promise<boolean> {
  const { world, child, point } = struck
  switch (fault) {
    case 'kill': {
      const killed = await child.kill()
      if (struck.bury) await child.bury(world.url)
      return killed
    }
    case 'terminate': {
      const terminated = await terminate(world)
      child.goOn(point)
      return terminated > 0
    }
    case 'cut_before':
      return cut(struck, 'before')
    case 'cut_after':
      return cut(struck, 'after')
    case 'stop_postgres':
      await world.lane.cluster.stop('immediate')
      child.goOn(point)
      await world.lane.cluster.start()
      return true
    case 'freeze':
      return freeze(struck)
    default:
      return fault satisfies never
  }
}

async function terminate(world: World): Promise<number> {
  const [row] = await world.rows<{ terminated: number }>(
    `select count(*) filter (where pg_terminate_backend(pid))::integer as terminated
     from pg_stat_activity
     where datname = current_database() and application_name <> 'prove'
       and backend_type = 'client backend'`,
  )
  return row?.terminated ?? 0
}

/** Where no statement follows, the wires are cut as they are. */
async function cut({ child, proxy, point }: Struck, moment: 'before' | 'after'): Promise<boolean> {
  const before = proxy.cuts.length
  proxy.cutAt(POINTS[point].follows ?? OF_TASKS, (nth) => (nth === 0 ? moment : undefined))
  child.goOn(point)
  try {
    return await until('it was cut', () => proxy.cuts.length > before, CUT_MS_MAX)
  } catch {
    return proxy.sever() > 0
  }
}

async function freeze({ world, child, point, rescue }: Struck): Promise<boolean> {
  child.signal('SIGSTOP')
  if (POINTS[point].by === 'worker') {
    await rescue()
    await until('it is taken for dead', () => isBuried(world, child.pid), BURIED_MS_MAX)
  } else await new Promise((resolve) => setTimeout(resolve, LATE_MS))
  child.signal('SIGCONT')
  child.goOn(point)
  return true
}

async function isBuried(world: World, pid: number): Promise<boolean> {
  const rows = await world.rows(
    'select from pawl.workers where pid = $1 and buried_at is not null',
    [pid],
  )
  return rows.length > 0
}
