/**
 * Where the tasks of this run stand, read from the tables as an observer.  Nothing is remembered
 * between runs but what is there.
 */
import { z } from 'zod'
import type { Corpus } from './corpora.ts'
import type { Postgres } from './postgres.ts'

const Progress = z.object({
  done: z.int(),
  review: z.int(),
  /** A person said no. */
  rejected: z.int(),
  failed: z.int(),
  stranded: z.int(),
  microusd: z.coerce.number(),
})
/** stranded: begun under an older version of the agent, which this code does not run. */
export type Progress = z.infer<typeof Progress>

const TABLES = `
  from pawl.tasks as t
  join pawl.machines as m using (machine_id)
  join pawl.budgets as b using (task_id)`

const OF_THIS_RUN = `
  where t.machine = $1
    and t.key = any ($2::text[])`

const PROGRESS = `
  select
    count(*) filter (where t.status = 'succeeded')::int as done,
    count(*) filter (where t.status in ('review', 'paused'))::int as review,
    count(*) filter (where t.status = 'cancelled')::int as rejected,
    count(*) filter (where t.status = 'failed')::int as failed,
    count(*) filter (where t.status in ('ready', 'waiting') and not m.current)::int as stranded,
    coalesce(sum(b.spent_microusd + b.overrun_microusd), 0)::text as microusd
  ${TABLES}
  ${OF_THIS_RUN}`

export async function readProgress(postgres: Postgres, corpus: Corpus): Promise<Progress> {
  const [row] = await postgres.ask('pawl_observer', PROGRESS, keysOf(corpus))
  return Progress.parse(row)
}

const status = z.enum(['ready', 'waiting', 'review', 'paused', 'succeeded', 'failed', 'cancelled'])
const Finding = z.object({ licence: z.string(), verdict: z.string() }).nullable().catch(null)

const TaskRow = z.object({
  task_id: z.guid(),
  key: z.string(),
  status,
  current: z.boolean(),
  /** A person has answered at least one of its questions. */
  decided: z.boolean(),
  finding: Finding,
  /** Why it is where it is: the question put to a person, or what it ended with. */
  reason: z.string().nullable(),
  confidence: z.number().nullable(),
  replans: z.int(),
})
export type TaskRow = z.infer<typeof TaskRow>

const ROWS = `
  select
    t.task_id,
    t.key,
    t.status,
    m.current,
    exists (
      select from pawl.reviews as r
      where r.task_id = t.task_id
        and r.status = 'decided'
    ) as decided,
    t.output as finding,
    coalesce(t.error ->> 'message', r.note, r.question) as reason,
    a.raw_confidence as confidence,
    b.spent_replans::int as replans
  ${TABLES}
  left join lateral (
    select r.note, r.question
    from pawl.reviews as r
    where r.task_id = t.task_id
      and t.status <> 'succeeded'
    order by r.review_no desc
    limit 1
  ) as r on true
  left join lateral (
    select a.raw_confidence
    from pawl.assessments as a
    where a.task_id = t.task_id
    order by a.step_no desc
    limit 1
  ) as a on true
  ${OF_THIS_RUN}
  order by t.key collate "C"`

export async function readTasks(postgres: Postgres, corpus: Corpus): Promise<TaskRow[]> {
  return z.array(TaskRow).parse(await postgres.ask('pawl_observer', ROWS, keysOf(corpus)))
}

const Work = z.object({
  model_calls: z.int(),
  tool_calls: z.int(),
  tokens: z.coerce.number(),
  microusd: z.coerce.number(),
  replans: z.int(),
  /** Steps that were taken for what kills workers. */
  poisoned: z.int(),
  voices: z.array(z.string()),
})
export type Work = z.infer<typeof Work>

const WORK = `
  with run as (select t.task_id ${TABLES} ${OF_THIS_RUN}),
  asked as (
    select
      count(*)::int as model_calls,
      coalesce(sum(c.input_tokens + c.output_tokens + c.cache_read_tokens
        + c.cache_write_5m_tokens + c.cache_write_1h_tokens), 0)::text as tokens,
      coalesce(sum(c.cost_microusd), 0)::text as microusd,
      coalesce(array_agg(distinct c.voice), '{}') as voices
    from pawl.model_calls as c
    join run using (task_id)
  )
  select
    asked.*,
    (select count(*) from pawl.tool_calls join run using (task_id))::int as tool_calls,
    (select count(*) from pawl.plans as p join run using (task_id) where p.plan_no > 1)::int as replans,
    (select count(*) from pawl.reviews as r join run using (task_id) where r.kind = 'poison')::int as poisoned
  from asked`

/** Everything these tasks have cost so far, in whichever runs. */
export async function readWork(postgres: Postgres, corpus: Corpus): Promise<Work> {
  const [row] = await postgres.ask('pawl_observer', WORK, keysOf(corpus))
  return Work.parse(row)
}

function keysOf({ machine, documents }: Corpus): unknown[] {
  return [machine, documents.map(({ key }) => key)]
}
