/**
 * What an agent's chart remembers and hears: numbers that point at rows, never texts.
 */
/** Where a task was when it needed a person, so that it can go on there. */
export const RESUMES = [
  'planning',
  'replanning',
  'preparing',
  'assessing',
  'acting',
  'judging',
  'concluding',
] as const
export type Resume = (typeof RESUMES)[number]

export type Trouble = { code: string; message: string; dimension: string | null }

export type AgentContext = {
  plan_no: number
  ordinal: number
  last_ordinal: number
  act_no: number
  envelope_no: number
  retries: number
  resume: Resume
  trouble: Trouble | null
}

export type Planned = { plan_no: number; ordinal: number; last_ordinal: number }
export type Prepared =
  | { ok: true; act_no: number; envelope_no: number; consequential: boolean }
  | { ok: false; reason: string; can_replan: boolean }
export type Assessed = { decision: 'auto' | 'review' }
export type Verdict = 'continue' | 'retry' | 'replan' | 'escalate'
export type Judged = { verdict: Verdict; reason: string; act_no: number; can_replan: boolean }

export const retries_max = 2

/** What happened, as these states may see it: an answer, an error or a person's word. */
export type Happened = {
  context: AgentContext
  event: { type: string; output?: unknown; error?: unknown }
}
