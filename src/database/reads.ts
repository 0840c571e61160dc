/**
 * The door to Postgres for people and programs that ask: one method per question, each as the
 * role that may ask it.  Workers have their own door, `Database`.
 */
import { z } from 'zod'
import type { Json } from '../json.ts'
import type { Role } from './connection.ts'
import { Breach, Checked, NamedTask, ReviewRow, TaskRow, TraceRow } from './read_rows.ts'
import { sql, TypedPool } from './typed_pool.ts'

export type NewTask = {
  machine: string
  input: Json
  key: string | null
  priority: number
  /** As Postgres reads a time; null: at once. */
  run_at: string | null
  labels: Json
  budget: Json
}

export type Decision = {
  task_id: string
  review_no: number
  decision: string
  by: string
  note: string | null
  edit: Json | undefined
  answer: Json | undefined
}

/** How many of several tasks that a text may mean are told. */
const MEANT_MAX = 4

const Named = NamedTask.extend({ rank: z.int() })
const Id = z.object({ value: z.guid() })
const Count = z.object({ value: z.int() })
const Nothing = z.unknown()

export class Reads {
  readonly #url: string
  readonly #pools = new Map<Role, TypedPool>()

  constructor(url: string) {
    this.#url = url
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
  }

  /** Everything that happened to a task, in order; nothing where there is no such task. */
  async trace(task_id: string): Promise<readonly TraceRow[]> {
    return this.as('pawl_observer').ask((pool) =>
      pool.any(sql.type(TraceRow)`
        select
          at, kind, step_no, no, title, outcome, latency_ms, tokens, cost_microusd, plan_no, detail
        from pawl.trace(task_id => ${task_id}::uuid)`),
    )
  }

  async task(task_id: string): Promise<TaskRow | null> {
    return this.as('pawl_observer').ask((pool) =>
      pool.maybeOne(sql.type(TaskRow)`
        select
          t.task_id, t.machine, m.version, t.key, t.state, t.status, t.revision, t.input, t.output,
          t.error, t.labels, t.priority, t.created_at, t.finished_at,
          b.spent_microusd, b.overrun_microusd, b.cap_microusd, b.spent_tokens, b.overrun_tokens,
          b.cap_tokens, b.spent_tool_calls, b.cap_tool_calls, b.spent_model_calls,
          b.cap_model_calls, b.spent_replans, b.cap_replans
        from pawl.tasks as t
        join pawl.machines as m using (machine_id)
        join pawl.budgets as b using (task_id)
        where t.task_id = ${task_id}::uuid`),
    )
  }

  /**
   * The tasks that a text may mean: the one with this id, else those with this key, else those
   * whose id lies in the range that a beginning of it spans.
   */
  async tasksMeant(text: string, from: string | null, to: string | null): Promise<NamedTask[]> {
    const rows = await this.as('pawl_observer').ask((pool) =>
      pool.any(sql.type(Named)`
        with meant as (
          select k.task_id, 1 as rank
          from (select distinct machine from pawl.machines) as m
          join pawl.task_keys as k
            on k.tenant = 'default'
            and k.machine = m.machine
            and k.key = ${text}
          union all
          (
            select t.task_id, case when ${from}::uuid = ${to}::uuid then 0 else 2 end
            from pawl.tasks as t
            where t.task_id between ${from}::uuid and ${to}::uuid
            order by t.task_id
            limit ${MEANT_MAX}
          )
        )
        select t.task_id, t.machine, t.key, n.rank
        from meant as n
        join pawl.tasks as t using (task_id)
        order by n.rank, t.task_id
        limit ${MEANT_MAX}`),
    )
    const best = rows.filter((row) => row.rank === rows[0]?.rank)
    return best.map(({ rank: _, ...task }) => task)
  }

  /** The questions that wait for a person, oldest first. */
  async reviews(): Promise<readonly ReviewRow[]> {
    return this.as('pawl_observer').ask((pool) =>
      pool.any(sql.type(ReviewRow)`
        select
          task_id, review_no, machine, key, kind, question, choices, tool, args, raw_confidence,
          threshold, context, input, spent_microusd, cap_microusd, opened_at
        from pawl.review_queue`),
    )
  }

  async breaches(): Promise<readonly Breach[]> {
    return this.as('pawl_observer').ask((pool) =>
      pool.any(sql.type(Breach)`select law, task_id, what from pawl.verify()`),
    )
  }

  async checked(): Promise<Checked> {
    return this.as('pawl_observer').ask((pool) =>
      pool.one(sql.type(Checked)`
        select
          (select count(*) from pawl.tasks) as tasks,
          (select count(*) from pawl.transitions) as transitions`),
    )
  }

  async submitTask(task: NewTask): Promise<string> {
    const { value } = await this.as('pawl_submitter').tell((pool) =>
      pool.one(sql.type(Id)`
        select pawl.submit_task(
          machine => ${task.machine}, input => ${JSON.stringify(task.input)}::jsonb,
          key => ${task.key}, priority => ${task.priority}, run_at => ${task.run_at}::timestamptz,
          labels => ${JSON.stringify(task.labels)}::jsonb,
          budget => ${task.budget === null ? null : JSON.stringify(task.budget)}::jsonb
        ) as value`),
    )
    return value
  }

  /** Its number in the inbox. */
  async sendEvent(task_id: string, event: Json, key: string | null): Promise<number> {
    const { value } = await this.as('pawl_submitter').tell((pool) =>
      pool.one(sql.type(Count)`
        select pawl.send_event(
          task_id => ${task_id}::uuid, event => ${JSON.stringify(event)}::jsonb,
          key => ${key}::text
        ) as value`),
    )
    return value
  }

  async decideReview({ edit, answer, ...it }: Decision): Promise<void> {
    await this.as('pawl_reviewer').tell((pool) =>
      pool.query(sql.type(Nothing)`
        select pawl.decide_review(
          task_id => ${it.task_id}::uuid, review_no => ${it.review_no},
          decision => ${it.decision}, by => ${it.by}, note => ${it.note},
          edit => ${edit === undefined ? null : JSON.stringify(edit)}::jsonb,
          answer => ${answer === undefined ? null : JSON.stringify(answer)}::jsonb
        )`),
    )
  }

  async raiseBudget(task_id: string, caps: Json, by: string): Promise<void> {
    await this.as('pawl_reviewer').tell((pool) =>
      pool.query(sql.type(Nothing)`
        select pawl.raise_budget(
          task_id => ${task_id}::uuid, caps => ${JSON.stringify(caps)}::jsonb, by => ${by}
        )`),
    )
  }

  as(role: Role): TypedPool {
    const known = this.#pools.get(role)
    if (known !== undefined) return known
    const pool = new TypedPool(this.#url, role)
    this.#pools.set(role, pool)
    return pool
  }
}
