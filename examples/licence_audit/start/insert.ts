/**
 * How work gets into pawl: one plain INSERT as the role that may submit, through no pawl code.
 * Triggers check the input, write the diary's first row, open the budget and wake the workers, all
 * in this statement's own transaction.
 */
import type { Corpus } from './corpora.ts'
import type { Postgres } from './postgres.ts'

// A key seen before inserts nothing by itself, but only with the same input; and npm may have
// moved a package to another folder since.
const INSERT = `
  insert into pawl.tasks (machine, input, key, budget)
  select $1, d.input, d.key, $3::jsonb
  from jsonb_to_recordset($2::jsonb) as d (key text, input jsonb)
  where not exists (select from pawl.tasks as t where t.machine = $1 and t.key = d.key)
  returning task_id`

/** How many were not there before. */
export async function insertTasks(
  postgres: Postgres,
  { machine, documents }: Corpus,
  budget: { readonly pool: string } | undefined,
): Promise<number> {
  const records = documents.map(({ key, input }) => ({ key, input }))
  const values = [machine, JSON.stringify(records), budget ? JSON.stringify(budget) : null]
  return (await postgres.ask('pawl_submitter', INSERT, values)).length
}
