/**
 * Ground truth for calibration: each finding the agent assessed is labelled right or wrong, also
 * one that still waits for a person.  Said again it changes nothing.
 */
import { z } from 'zod'
import { agreement } from '../score.ts'
import type { Corpus } from './corpora.ts'
import type { Postgres } from './postgres.ts'

const ASSESSED = `
  select
    a.task_id,
    a.step_no,
    t.key,
    e.args ->> 'licence' as licence
  from pawl.tasks as t
  join pawl.assessments as a using (task_id)
  join pawl.envelopes as e using (task_id, act_no, envelope_no)
  where t.machine = $1
    and t.key = any ($2::text[])
    and e.args ->> 'licence' is not null`

const LABEL = `
  select pawl.label_outcome(a.task_id, a.step_no, l.correct, l.source)
  from jsonb_to_recordset($1::jsonb)
    as l (task_id uuid, step_no integer, correct boolean, source text)
  join pawl.assessments as a using (task_id, step_no)
  where (a.correct, a.label_source) is distinct from (l.correct, l.source)`

const Assessed = z.object({
  task_id: z.guid(),
  step_no: z.int(),
  key: z.string(),
  licence: z.string(),
})

/** How many were new or another than before. */
export async function labelOutcomes(postgres: Postgres, corpus: Corpus): Promise<number> {
  const { machine, documents } = corpus
  const byKey = new Map(documents.map((document) => [document.key, document]))
  const rows = await postgres.ask('pawl_observer', ASSESSED, [machine, [...byKey.keys()]])
  const labels = z
    .array(Assessed)
    .parse(rows)
    .flatMap(({ task_id, step_no, key, licence }) => {
      const document = byKey.get(key)
      const verdict = agreement(licence, document?.settled)
      if (document === undefined || verdict === 'unlabelled') return []
      return { task_id, step_no, correct: verdict === 'agree', source: document.settled_by }
    })
  return (await postgres.ask('pawl_reviewer', LABEL, [JSON.stringify(labels)])).length
}

const Band = z.object({ tenth: z.int(), labelled: z.int(), right: z.int() })
export type Band = z.infer<typeof Band>

const BANDS = `
  select
    least(floor(a.raw_confidence * 10), 9)::int as tenth,
    count(*)::int as labelled,
    (count(*) filter (where a.correct))::int as right
  from pawl.tasks as t
  join pawl.assessments as a using (task_id)
  where t.machine = $1
    and t.key = any ($2::text[])
    and a.correct is not null
  group by tenth
  order by tenth desc`

/** How often it was right, by how sure it said it was. */
export async function readBands(postgres: Postgres, corpus: Corpus): Promise<Band[]> {
  const values = [corpus.machine, corpus.documents.map(({ key }) => key)]
  return z.array(Band).parse(await postgres.ask('pawl_observer', BANDS, values))
}
