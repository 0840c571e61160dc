/**
 * What an agent's steps leave behind and find again, named as the database names it.
 */
import type { Json } from '../json.ts'

/** What a step leaves behind besides its result. */
export type Attachments = {
  plan?: NewPlan
  envelope?: {
    act_no: number
    plan_no: number
    tool: string
    tool_version: string
    args: Json
    preconditions: Json
  }
  assessment?: {
    act_no: number
    envelope_no: number
    raw_confidence: number
    threshold: number
    decision: 'auto' | 'review'
    reason: string
  }
  review?: {
    kind: 'action' | 'budget' | 'escalation' | 'unknown_call'
    question: string
    context: Json
    choices: string[]
    act_no?: number
    envelope_no?: number
  }
  memories?: { kind: 'fact' | 'decision' | 'question'; body: string; act_no?: number }[]
}

export type PlanStep = {
  ordinal: number
  act_no: number
  tool: string
  args: Json
  expected: Json
  carried: boolean
}

export type NewPlan = {
  plan_no: number
  parent_plan_no: number | null
  reason: string
  thought: string
  steps: PlanStep[]
}

export type ActResult = {
  act_no: number
  call_no: number
  tool: string
  outcome: 'found' | 'empty' | 'failed' | 'refused' | 'unknown'
  answer: Json
  error: Json
  answer_hash: string | null
}

export type Envelope = {
  act_no: number
  envelope_no: number
  plan_no: number
  tool: string
  tool_version: string
  args: Json
  hash: string
}

export type LoadedAgent = {
  input: Json
  plan_no: number
  plan_steps: (PlanStep & { plan_no: number })[]
  results: ActResult[]
  envelopes: Envelope[]
  memories: { memory_no: number; kind: string; body: string; act_no: number | null }[]
  replans_left: number
  /** Then a person is asked about every consequential action. */
  forked: boolean
}
