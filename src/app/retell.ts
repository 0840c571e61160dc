/**
 * Law 18: telling a task's causes to its machine again leads through the states of its diary, and to
 * its snapshot.  Asked of the tasks whose machine version this code is; of the others another
 * release must be asked.
 */
import { isDeepStrictEqual } from 'node:util'
import { Database } from '../database/database.ts'
import type { PastMove, PastTask } from '../database/past_rows.ts'
import type { Breach } from '../database/read_rows.ts'
import { storable } from '../database/storable.ts'
import type { Host } from '../machines/host.ts'
import { NEW } from '../machines/nodes.ts'
import { replay, type Stand } from '../machines/replay.ts'
import type { App } from './define_app.ts'
import { findServed } from './find_served.ts'

export type Retold = {
  told: number
  /** They came to another version on their way, or their past is gone with its month. */
  skipped: number
  breaches: Breach[]
}

const LAW = 18
const NOBODY = '00000000-0000-0000-0000-000000000000'

export async function retellTasks(url: string, app: App): Promise<Retold> {
  const database = new Database(url, 'pawl_worker', 2)
  const retold: Retold = { told: 0, skipped: 0, breaches: [] }
  try {
    const hosts = new Map((await findServed(database, app)).map((it) => [it.machine_id, it.host]))
    for (let after = NOBODY; ; ) {
      const tasks = await database.pastTasks([...hosts.keys()], after)
      for (const task of tasks) await retell(database, hosts.get(task.machine_id), task, retold)
      const last = tasks.at(-1)
      if (!last) return retold
      after = last.task_id
    }
  } finally {
    await database.close()
  }
}

async function retell(
  database: Database,
  host: Host | undefined,
  task: PastTask,
  retold: Retold,
): Promise<void> {
  const past = await database.history(task.task_id, task.revision)
  if (!host || !isWhole(task, past)) {
    retold.skipped++
    return
  }
  retold.told++
  const what = differenceOf(host, task, past)
  if (what !== undefined) retold.breaches.push({ law: LAW, task_id: task.task_id, what })
}

function isWhole(task: PastTask, past: readonly PastMove[]): boolean {
  const begins = past[0] === undefined ? task.revision === 0 : past[0].from_state === NEW
  return begins && past.every((it) => it.machine_id === task.machine_id || it.to_state === NEW)
}

/** Undefined where it comes out as it did. */
function differenceOf(host: Host, task: PastTask, past: readonly PastMove[]): string | undefined {
  let stand: Stand | undefined
  try {
    for (stand of replay(host, task.input, past));
  } catch (error) {
    return `told again: ${error instanceof Error ? error.message : String(error)}`
  }
  const snapshot: unknown = JSON.parse(storable(stand?.snapshot ?? null))
  if (isDeepStrictEqual(snapshot, task.snapshot)) return undefined
  return `told again, revision ${task.revision} has another snapshot`
}
