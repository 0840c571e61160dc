/**
 * The stand-in as planner: which steps, from the tools there are and what is known.  A tool that
 * is not listed is not planned, nor what would need its result.
 */
import type { Question, ToldStep } from './question.ts'

type Argument = { name: string; json: string | null; from_step: number | null; path: string | null }
type Step = { tool: string; args: Argument[]; expected: string; judge: boolean }
export type Plan = { thought: string; steps: Step[] }

export function planFor(question: Question): Plan {
  const plan = new Draft(question)
  if (question.named !== undefined) {
    plan.add('record_finding', 'the licence a person named is on record', [
      literal('package', subjectOf(question)),
      literal('licence', question.named),
    ])
    return plan.because(`a person has named the licence: ${question.named}`)
  }
  if (question.input['excerpt'] !== undefined) {
    const excerpt = [slot('text', 0, 'excerpt'), literal('excerpt', true)]
    record(plan, question, plan.add('match_licence_text', 'the texts that hold it', excerpt, true))
    return plan.because('the excerpt is all there is: compare it and record what it resembles')
  }
  plan.add('read_manifest', 'the package is the one asked for', [slot('path', 0, 'path')])
  record(plan, question, match(plan, readText(plan, question)))
  return plan.because(
    licenceFilesFailed(question)
      ? 'the files brought nothing, so the README is what is left to read'
      : 'licence files are the best evidence: find, read, compare and record',
  )
}

/** Files first; the README once they are known to bring nothing. */
function readText(plan: Draft, question: Question): number | undefined {
  const path = slot('path', 0, 'path')
  if (licenceFilesFailed(question)) {
    const readme = [path, literal('source', 'readme')]
    return plan.add('read_licence', "the README's licence section", readme)
  }
  const found = plan.add('find_licence_files', 'the names of its licence files', [path])
  if (found === undefined) return undefined
  return plan.add('read_licence', 'their text', [path, slot('files', found, 'files')])
}

function match(plan: Draft, text: number | undefined): number | undefined {
  if (text === undefined) return undefined
  const args = [slot('text', text, 'text')]
  return plan.add('match_licence_text', 'a licence the text clearly resembles', args, true)
}

function record(plan: Draft, question: Question, matched: number | undefined): void {
  if (matched === undefined) return
  plan.add('record_finding', 'the finding is on record', [
    literal('package', subjectOf(question)),
    slot('licence', matched, 'best'),
    slot('verdict', matched, 'verdict'),
    slot('score', matched, 'score'),
  ])
}

const ABOUT_FILES = ['find_licence_files', 'read_licence', 'match_licence_text']

function licenceFilesFailed({ remembered, finished }: Question): boolean {
  return [...remembered, ...finished].some(
    ({ tool, outcome }) => ABOUT_FILES.includes(tool) && outcome === 'EMPTY',
  )
}

/** Was the README looked at, in this plan or an earlier one? */
export function readmeTried(steps: readonly ToldStep[]): boolean {
  return steps.some(({ tool, args }) => tool === 'read_licence' && args.includes('"readme"'))
}

function subjectOf({ input }: Question): string {
  if (input['subject'] !== undefined) return String(input['subject'])
  return `${String(input['package'])}@${String(input['version'])}`
}

/** Numbers go on from the finished steps, which are not planned again. */
class Draft {
  readonly #question: Question
  readonly #steps: Step[] = []

  constructor(question: Question) {
    this.#question = question
  }

  /** The step's number; nothing where there is no such tool. */
  add(tool: string, expected: string, args: Argument[], judge = false): number | undefined {
    const { tools, finished } = this.#question
    const before = finished.find((step) => step.tool === tool && isSame(step, args))
    if (before) return before.number
    if (!tools.includes(tool)) return undefined
    this.#steps.push({ tool, args, expected, judge })
    return finished.length + this.#steps.length
  }

  because(thought: string): Plan {
    return { thought, steps: this.#steps }
  }
}

/** The same as far as the plan alone can say: what comes from other steps is not known here. */
function isSame(step: ToldStep, args: readonly Argument[]): boolean {
  return step.outcome === 'FOUND' && args.every(({ json }) => step.args.includes(json ?? ''))
}

function literal(name: string, value: string | boolean): Argument {
  return { name, json: JSON.stringify(value), from_step: null, path: null }
}

function slot(name: string, from_step: number, path: string): Argument {
  return { name, json: null, from_step, path }
}
