/**
 * The stand-in as critic: what follows from an outcome.  Nothing to find in the files is a reason
 * to read the README, once; nothing there either is a person's business.
 */
import { readmeTried } from './planner.ts'
import type { Question } from './question.ts'

export type Verdict = {
  reason: string
  verdict: 'continue' | 'retry' | 'replan' | 'escalate'
}

const ABOUT_TEXTS = ['find_licence_files', 'read_licence', 'match_licence_text']

export function verdictOn(question: Question): Verdict {
  const { step } = question
  switch (step?.outcome) {
    case 'FOUND':
      return { reason: `${step.tool} brought an answer to go on with`, verdict: 'continue' }
    case 'EMPTY':
      return onNothing(question, step.tool)
    case 'FAILED':
      return step.told.startsWith(', and may work')
        ? { reason: `${step.tool} may work if tried again`, verdict: 'retry' }
        : { reason: `${step.tool} fails with these arguments`, verdict: 'replan' }
    default:
      return { reason: 'what happened is not clear from what is shown', verdict: 'escalate' }
  }
}

function onNothing(question: Question, tool: string): Verdict {
  const { step, remembered, tools } = question
  const told = step ? [...remembered, step] : remembered
  if (!ABOUT_TEXTS.includes(tool) || question.input['excerpt'] !== undefined) {
    return { reason: `${tool} found nothing and nothing else can tell`, verdict: 'escalate' }
  }
  if (readmeTried(told) || !tools.includes('read_licence')) {
    const reason =
      'neither licence files nor the README say anything: somebody must name the licence'
    return { reason, verdict: 'escalate' }
  }
  const reason = `${tool} found nothing, and the README has not been read yet`
  return { reason, verdict: 'replan' }
}
