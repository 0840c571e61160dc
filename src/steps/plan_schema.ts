/**
 * The shape of a plan as the planner must answer it.  Arguments are a list of name and source,
 * because structured output cannot say "any object"; a value is JSON text for the same reason.
 */
import { z } from 'zod'
import type { Json, JsonObject } from '../json.ts'
import type { AnyTool } from '../tools/define_tool.ts'

const plan_steps_max = 12

const Argument = z.object({
  name: z.string().describe('the argument'),
  json: z.string().nullable().describe('its value as JSON text; null if it comes from a step'),
  from_step: z
    .int()
    .nullable()
    .describe('the earlier step whose result it comes from; 0 = the input; null if json is given'),
  path: z.string().nullable().describe('where in that result, e.g. files[0].name; "" = all of it'),
})

export type PlannedStep = {
  tool: string
  args: z.infer<typeof Argument>[]
  expected: string
  judge: boolean
}

type PlanAnswer = { thought: string; steps: PlannedStep[] }

/** `first` is the number of the plan's first new step: finished ones come before it. */
export function planSchema(tools: readonly AnyTool[], first: number): z.ZodType<PlanAnswer> {
  const step = z.object({
    tool: z.enum(tools.map((it) => it.name) as [string, ...string[]]),
    args: z.array(Argument),
    expected: z.string().describe('what this step should bring, in one sentence'),
    judge: z.boolean().describe('true where it takes judgement to tell whether it did'),
  })
  return z
    .object({
      thought: z.string().describe('why this plan, in one or two sentences'),
      steps: z.array(step).min(1).max(plan_steps_max),
    })
    .check((context) => {
      for (const problem of problemsOf(context.value.steps, tools, first)) {
        context.issues.push({ code: 'custom', input: context.value, ...problem })
      }
    })
}

type Problem = { path: (string | number)[]; message: string }

function problemsOf(
  steps: readonly PlannedStep[],
  tools: readonly AnyTool[],
  first: number,
): Problem[] {
  const byName = new Map(tools.map((it) => [it.name, it]))
  return steps.flatMap((step, index) => {
    const shape = byName.get(step.tool)?.input.shape ?? {}
    const problems = [
      ...step.args.map((arg) => problemOf(arg, shape[arg.name], first + index)),
      ...missing(step, shape),
    ]
    const path = ['steps', index]
    return problems.flatMap((it) => (it ? [{ path, message: `${step.tool}: ${it}` }] : []))
  })
}

/** `number` is the step's own: an argument comes from before it. */
function problemOf(
  { name, json, from_step }: PlannedStep['args'][number],
  shape: z.core.$ZodType | undefined,
  number: number,
): string | undefined {
  if (shape === undefined) return `there is no argument ${name}`
  if (from_step !== null) {
    const earlier = from_step >= 0 && from_step < number
    return earlier ? undefined : `${name}: step ${from_step} is not earlier`
  }
  if (!isJson(json)) return `${name} has no JSON value`
  const { error } = z.safeParse(shape, JSON.parse(json))
  return error && `${name} does not fit: ${error.issues[0]?.message}`
}

function missing(step: PlannedStep, shape: z.core.$ZodShape): string[] {
  const given = new Set(step.args.map((it) => it.name))
  const doubled = given.size < step.args.length ? ['an argument is given twice'] : []
  const absent = Object.entries(shape)
    .filter(([name, of]) => !given.has(name) && !z.safeParse(of, undefined).success)
    .map(([name]) => `${name} is missing`)
  return [...doubled, ...absent]
}

function isJson(text: string | null): text is string {
  if (text === null) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** As stored: `{"value": …}` or `{"from_step": n, "path": "…"}` for each argument. */
export function storedArgs(step: PlannedStep): JsonObject {
  return Object.fromEntries(
    step.args.map((arg): [string, Json] => [
      arg.name,
      arg.from_step === null
        ? { value: JSON.parse(arg.json ?? 'null') }
        : { from_step: arg.from_step, path: arg.path ?? '' },
    ]),
  )
}
