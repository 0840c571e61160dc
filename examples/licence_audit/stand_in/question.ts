/**
 * What a request asks, read from its bytes and nothing else: the schema says what kind of answer
 * is wanted, the sections of the prompt say what is known.
 */
import { z } from 'zod'

export const MessagesRequest = z.object({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  stream: z.boolean().optional(),
  system: z.string().optional(),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.string() })).min(1),
  output_config: z.object({
    format: z.object({
      type: z.literal('json_schema'),
      schema: z.looseObject({ properties: z.record(z.string(), z.unknown()) }),
    }),
  }),
})
export type MessagesRequest = z.infer<typeof MessagesRequest>

export type Kind = 'plan' | 'verdict' | 'confidence'

/** One act as the prompt tells of it. */
export type ToldStep = {
  /** 0 where memory tells of it: its plan's numbers mean nothing any more. */
  readonly number: number
  readonly tool: string
  readonly args: string
  readonly outcome: string
  /** What follows the outcome's word: the answer, or the reason. */
  readonly told: string
}

export type Question = {
  readonly kind: Kind | undefined
  readonly input: Readonly<Record<string, unknown>>
  readonly tools: readonly string[]
  readonly finished: readonly ToldStep[]
  readonly evidence: readonly ToldStep[]
  /** Acts of this and earlier plans that memory tells of. */
  readonly remembered: readonly ToldStep[]
  /** The licence a person has named, the last one to do so. */
  readonly named: string | undefined
  readonly trouble: string
  /** The step to be judged, its outcome added. */
  readonly step: ToldStep | undefined
  readonly action: string
}

const NAMES = 'goal|input|tools|memory|finished_steps|trouble|step|expected|outcome|evidence|action'
const SECTION = new RegExp(`<(${NAMES})>\\n([\\s\\S]*?)\\n</\\1>`, 'g')
const STEP = /^(?:(\d+)\. |- fact: )(\w+)\((.*?)\) → ([A-Z]+)(.*)$/
const ANSWER = /^- decision: .*? decided: answer\. Answer: (.+?)\.(?: Note: |$)/
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['steps', 'plan'],
  ['verdict', 'verdict'],
  ['confidence', 'confidence'],
])

export function questionOf({ messages, output_config }: MessagesRequest): Question {
  const prompt = messages.map(({ content }) => content).join('\n')
  const sections = new Map(Array.from(prompt.matchAll(SECTION), ([, name, body]) => [name, body]))
  const body = (name: string) => sections.get(name) ?? ''
  const lines = (name: string) => body(name).split('\n')
  const asked = Object.keys(output_config.format.schema.properties)
  return {
    kind: asked.map((name) => KINDS.get(name)).find((kind) => kind !== undefined),
    input: objectOf(body('input')),
    tools: lines('tools').flatMap(toolNames),
    finished: lines('finished_steps').flatMap(toldStep),
    evidence: lines('evidence').flatMap(toldStep),
    remembered: lines('memory').flatMap(toldStep),
    named: lines('memory')
      .map(licenceNamed)
      .findLast((licence) => licence !== undefined),
    trouble: body('trouble'),
    step: toldStep(`${body('step')} → ${body('outcome')}`)[0],
    action: body('action'),
  }
}

function toldStep(line: string): ToldStep[] {
  const [, number, tool, args = '', outcome = '', told = ''] = STEP.exec(line) ?? []
  return tool === undefined ? [] : [{ number: Number(number ?? 0), tool, args, outcome, told }]
}

/** The planner is shown each tool as an object, the critic names only. */
function toolNames(line: string): string[] {
  if (!line.startsWith('{')) return line.split(', ')
  const { name } = objectOf(line)
  return typeof name === 'string' ? [name] : []
}

/** People answer with {"licence": "MIT"}, or just with "MIT". */
function licenceNamed(line: string): string | undefined {
  const answer = parsed(ANSWER.exec(line)?.[1] ?? '')
  return Named.safeParse(answer).data
}

const Named = z.union([z.string(), z.object({ licence: z.string() }).transform((it) => it.licence)])

export function objectOf(text: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).catch({}).parse(parsed(text))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
