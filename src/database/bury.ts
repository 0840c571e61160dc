/**
 * What a parent does for a worker it saw die: bury it at once, so that its tasks go on without
 * waiting for the lease to end.  Where this fails, the sweep of another worker comes to it.
 */
import { Pool } from './pool.ts'

/** How many attempts were in its hands. */
export async function buryProcess(url: string, host: string, pid: number): Promise<number> {
  const pool = new Pool(url, 'pawl_worker', 1)
  try {
    const rows = await pool.query<{ lost: number }>(
      `select pawl.bury_worker(worker_id => w.worker_id) as lost
       from pawl.workers as w
       where w.host = $1
         and w.pid = $2
         and w.stopped_at is null
         and w.buried_at is null`,
      [host, pid],
    )
    return rows.reduce((sum, row) => sum + row.lost, 0)
  } finally {
    await pool.close()
  }
}
