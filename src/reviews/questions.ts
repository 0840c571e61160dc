/**
 * The questions put to people, with everything needed to answer: what was asked for, what was
 * planned, what came of it, what is known.
 */
import type { Attachments } from '../database/agent_rows.ts'
import type { Json } from '../json.ts'

export type Question = NonNullable<Attachments['review']>

type Action = { tool: string; act_no: number; envelope_no: number; why: string; reason: string }

export function actionQuestion(action: Action, context: Json): Question {
  const { tool, act_no, envelope_no, why, reason } = action
  return {
    kind: 'action',
    question: `May ${tool} be carried out? ${why}: ${reason}`,
    context,
    choices: ['approve', 'edit', 'reject'],
    act_no,
    envelope_no,
  }
}

export function budgetQuestion(dimension: string, told: string, context: Json): Question {
  return {
    kind: 'budget',
    question: `The budget stands in the way (${dimension}): may the task spend more? ${told}`,
    context,
    choices: ['approve', 'reject'],
  }
}

/** approve: try the same again; answer: tell it what it needs to know, and it plans anew. */
export function escalationQuestion(told: string, context: Json): Question {
  return {
    kind: 'escalation',
    question: `How should this go on? ${told}`,
    context,
    choices: ['approve', 'answer', 'reject'],
  }
}
