/**
 * A tool: one thing the agent's hands can do.  Its class of effect is the important part, since
 * it decides what may follow when a request was sent and no answer came:
 *
 *   read  nothing changes: repeat freely
 *   A     the other side takes our key: send again with the same key
 *   B     the other side can be asked whether it happened (`reconcile`): ask first
 *   C     neither: at most once, and a person decides
 *
 * A definition is checked when the module loads, frozen, and never changes after.
 */
import type { z } from 'zod'
import type { Json, JsonObject } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { checkSpec } from './check_tool.ts'
import type { Found, Nothing } from './outcomes.ts'
import { inputSchemaOf, outputSchemaOf } from './tool_schemas.ts'

export type ToolClass = 'read' | 'A' | 'B' | 'C'

export type Retry = {
  readonly tries_max: number
  readonly base_ms: number
  readonly cap_ms: number
}

export const timeout_ms_default = 30_000
export const retry_default: Retry = Object.freeze({ tries_max: 3, base_ms: 500, cap_ms: 30_000 })
const version_default = '1'

/** A line for the task's trace. */
export type ToolLog = (message: string, fields?: JsonObject) => void

export type ToolContext = {
  /** The idempotency key: the same for every try of one act.  Class A sends it along. */
  call_key: string
  /** Fires at the timeout and when the task is cancelled.  Pass it to fetch. */
  signal: AbortSignal
  log: ToolLog
}

type Promised<T> = T | Promise<T>

export type ToolSpec<N extends string, I extends z.ZodObject, O extends z.ZodType> = {
  /** snake_case, at most 64 characters: the planner calls it by this name. */
  name: N
  /** What it does and what it answers, for the planner to read. */
  description: string
  input: I
  output: O
  class: ToolClass
  /** Must a person or earned autonomy let it through?  Default: whatever is not a read. */
  consequential?: boolean
  /** Part of the envelope a person approves: raise it when the tool's meaning changes. */
  version?: string
  /** For one try, in milliseconds. */
  timeout_ms?: number
  retry?: Partial<Retry>
  /** An answer that says, in the tool's own way, that there is nothing. */
  isEmpty?(value: z.output<O>): boolean
  /** Class B: did the call with this key happen?  `found` with its answer, or `nothing`. */
  reconcile?(
    call_key: string,
    args: z.output<I>,
    context: ToolContext,
  ): Promised<Found<z.input<O>> | Nothing>
  /** Takes back what a call did. */
  undo?(
    args: z.output<I>,
    result: z.output<O>,
    context: ToolContext,
  ): Promised<Found<Json> | Nothing>
  run(args: z.output<I>, context: ToolContext): Promised<Found<z.input<O>> | Nothing>
}

export type ToolDefinition<
  N extends string = string,
  I extends z.ZodObject = z.ZodObject,
  O extends z.ZodType = z.ZodType,
> = Readonly<Omit<ToolSpec<N, I, O>, 'consequential' | 'version' | 'timeout_ms' | 'retry'>> & {
  readonly consequential: boolean
  readonly version: string
  readonly timeout_ms: number
  readonly retry: Retry
  /** JSON Schema of what goes in and what comes out, for prompts and for the database. */
  readonly input_schema: JsonObject
  readonly output_schema: JsonObject
}

/** Any tool, its own types forgotten: what registries and the engine hold. */
export type AnyTool = ToolDefinition

const defined = new WeakSet<object>()

/** @throws Refusal PW604 where the definition cannot be right. */
export function defineTool<const N extends string, I extends z.ZodObject, O extends z.ZodType>(
  spec: ToolSpec<N, I, O>,
): ToolDefinition<N, I, O> {
  const retry = Object.freeze({ ...retry_default, ...spec.retry })
  const timeout_ms = spec.timeout_ms ?? timeout_ms_default
  checkSpec({ ...spec, timeout_ms, retry })
  const tool = Object.freeze({
    ...spec,
    consequential: spec.consequential ?? spec.class !== 'read',
    version: spec.version ?? version_default,
    timeout_ms,
    retry,
    input_schema: inputSchemaOf(spec.name, spec.input),
    output_schema: outputSchemaOf(spec.output),
  })
  defined.add(tool)
  return tool
}

/** @throws Refusal PW604 for anything `defineTool` did not make. */
export function mustBeTool(tool: AnyTool): void {
  if (defined.has(tool)) return
  throw new Refusal('PW604', 'a tool was not made by defineTool', 'wrap it: defineTool({ … })')
}
