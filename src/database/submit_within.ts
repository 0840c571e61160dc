/**
 * Submitting on a connection of the caller's own: the task is there when, and only when, their
 * transaction commits.
 */
import type { NewTask } from './reads.ts'
import { asRefusal } from './refused.ts'

/** As much of a `pg` client as this needs; other drivers need a line or two to look like it. */
export type Queryable = {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>
}

export async function submitWithin(client: Queryable, task: NewTask): Promise<string> {
  const { machine, input, key, priority, run_at, labels, budget } = task
  try {
    const { rows } = await client.query(
      `select pawl.submit_task(
        machine => $1, input => $2::jsonb, key => $3, priority => $4::integer,
        run_at => $5::timestamptz, labels => $6::jsonb, budget => $7::jsonb) as task_id`,
      [
        machine,
        JSON.stringify(input),
        key,
        priority,
        run_at,
        JSON.stringify(labels),
        budget === null ? null : JSON.stringify(budget),
      ],
    )
    return taskIdOf(rows[0])
  } catch (error) {
    throw asRefusal(error)
  }
}

function taskIdOf(row: unknown): string {
  if (typeof row === 'object' && row !== null && 'task_id' in row) return String(row.task_id)
  throw new TypeError('the client given did not return the row that pawl.submit_task made')
}
