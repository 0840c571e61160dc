/**
 * Calls as they cross the door to Postgres: what is intended, what is answered, what came of it.
 */
import type { Json } from '../json.ts'

/** Which attempt makes the call, and where in it. */
export type CallSite = {
  task_id: string
  step_no: number
  attempt: number
  worker_id: string
  position: number
}

export type ToolCallIntent = CallSite & {
  purpose: 'act' | 'reconcile'
  tool: string
  tool_version: string
  class: 'read' | 'A' | 'B' | 'C'
  consequential: boolean
  request: Json
  act_no?: number
  plan_no?: number
  ordinal?: number
  envelope_no?: number
}

export type ModelCallIntent = CallSite & {
  purpose: string
  tier: string
  model: string
  voice: string
  request: Json
  input_tokens_max: number
  output_tokens_max: number
  act_no?: number
}

export type Begun =
  | { answer: 'answered'; call_no: number; outcome: string; value: Json; error: Json }
  | {
      answer: 'send'
      call_no: number
      try_no: number
      call_key: string
      request: Json
    }
  | { answer: 'reconcile'; call_key: string; request: Json }
  | { answer: 'refused'; reason: string; call_no: number | null }

export type Settlement = {
  task_id: string
  call_no: number
  outcome: string
  value?: Json
  error?: Json
  latency_ms?: number
  usage?: Json
  stop_reason?: string | null
  request_id?: string | null
}
