/**
 * The shape of a plan as the planner must answer it.  Arguments are a list of name and source,
 * because structured output cannot say "any object"; a value is JSON text for the same reason.
 */
import { z } from 'zod'
import type { Json, JsonObject } from '../json.ts'
import type { AnyTool } from '../tools/define_tool.ts'

export const plan_steps_max = 12

const Argument = z.object({
  name: z.string().describe('the argument'),
  json: z.string().nullable().describe('its value as JSON text; null if it comes from a step'),
  from_step: z.int().nullable().describe('the number of the earlier step it comes from, else null'),
  path: z.string().nullable().describe('where in that step’s result, e.g. files[0].name; "" = all'),
})

export type PlannedStep = {
  tool: string
  args: z.infer<typeof Argument>[]
  expected: string
  judge: boolean
}

export type PlanAnswer = { thought: string; steps: PlannedStep[] }

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
    const path = ['steps', index]
    const known = Object.keys(byName.get(step.tool)?.input.shape ?? {})
    return step.args.flatMap((arg): Problem[] => {
      if (!known.includes(arg.name)) return [{ path, message: `${step.tool} has no ${arg.name}` }]
      if (arg.from_step !== null) {
        const earlier = arg.from_step >= 1 && arg.from_step < first + index
        return earlier
          ? []
          : [{ path, message: `${arg.name}: step ${arg.from_step} is not earlier` }]
      }
      return isJson(arg.json) ? [] : [{ path, message: `${arg.name} has no JSON value` }]
    })
  })
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
