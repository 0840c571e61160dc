/**
 * What is read from Postgres by people and programs, row by row, named as the database names it.
 */
import { z } from 'zod'
import type { Json, JsonObject } from '../json.ts'

/** It came out of a jsonb column, so it is JSON; checking it again would cost more than it tells. */
const json = z.custom<Json>((value) => value !== undefined)

const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

export const TraceRow = z.object({
  at: z.date(),
  kind: z.enum([
    'transition',
    'attempt',
    'plan',
    'event',
    'tool_call',
    'model_call',
    'assessment',
    'review',
    'child',
  ]),
  step_no: z.int().nullable(),
  no: z.int(),
  title: z.string(),
  outcome: z.string().nullable(),
  latency_ms: z.int().nullable(),
  tokens: z.int().nullable(),
  cost_microusd: z.int().nullable(),
  plan_no: z.int().nullable(),
  detail: jsonObject,
})
export type TraceRow = z.infer<typeof TraceRow>

const count = z.int()
const cap = z.int().nullable()

export const TaskRow = z.object({
  task_id: z.guid(),
  machine: z.string(),
  version: z.int(),
  key: z.string().nullable(),
  state: z.string(),
  status: z.enum(['ready', 'waiting', 'review', 'paused', 'succeeded', 'failed', 'cancelled']),
  revision: z.int(),
  input: json,
  output: json,
  error: json,
  labels: json,
  priority: z.int(),
  created_at: z.date(),
  finished_at: z.date().nullable(),
  spent_microusd: count,
  overrun_microusd: count,
  cap_microusd: cap,
  spent_tokens: count,
  overrun_tokens: count,
  cap_tokens: cap,
  spent_tool_calls: count,
  cap_tool_calls: cap,
  spent_model_calls: count,
  cap_model_calls: cap,
  spent_replans: count,
  cap_replans: cap,
})
export type TaskRow = z.infer<typeof TaskRow>

/** A row of pawl.review_queue: a question, with what is needed to answer it. */
export const ReviewRow = z.object({
  task_id: z.guid(),
  review_no: z.int(),
  machine: z.string(),
  key: z.string().nullable(),
  kind: z.enum(['action', 'budget', 'escalation', 'unknown_call', 'poison']),
  question: z.string(),
  choices: z.array(z.string()),
  tool: z.string().nullable(),
  args: json,
  raw_confidence: z.number().nullable(),
  threshold: z.number().nullable(),
  context: json,
  input: json,
  spent_microusd: count,
  cap_microusd: cap,
  opened_at: z.date(),
})
export type ReviewRow = z.infer<typeof ReviewRow>

export const NamedTask = z.object({
  task_id: z.guid(),
  machine: z.string(),
  key: z.string().nullable(),
})
export type NamedTask = z.infer<typeof NamedTask>

export const Breach = z.object({ law: z.int(), task_id: z.guid().nullable(), what: z.string() })
export type Breach = z.infer<typeof Breach>

export const Checked = z.object({ tasks: z.int(), transitions: z.int() })
export type Checked = z.infer<typeof Checked>
