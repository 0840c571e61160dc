/**
 * The tools of one app, by name, and what the planner is told of them.
 */
import type { JsonObject } from '../json.ts'
import { Refusal } from '../refusal.ts'
import { type AnyTool, mustBeTool, type ToolClass } from './define_tool.ts'

export type ToolRegistry = ReadonlyMap<string, AnyTool>

/** @throws Refusal PW604 where two tools share a name or one was not made by defineTool. */
export function toolRegistry(tools: readonly AnyTool[]): ToolRegistry {
  const registry = new Map<string, AnyTool>()
  for (const tool of tools) {
    mustBeTool(tool)
    if (registry.has(tool.name)) {
      throw new Refusal(
        'PW604',
        `the tool ${tool.name} is defined twice`,
        'give each tool a name of its own, and list it once',
      )
    }
    registry.set(tool.name, tool)
  }
  return registry
}

const CLASS_IN_WORDS: Record<ToolClass, string> = {
  read: 'reads only: nothing changes, it may be repeated freely',
  A: 'has an effect; sent again with the same key it still happens only once',
  B: 'has an effect; whether it happened can be asked afterwards',
  C: 'has an effect that can be neither repeated nor checked: done at most once',
}

/** How a class of effect reads in a prompt. */
function classInWords(tool: AnyTool): string {
  const words = CLASS_IN_WORDS[tool.class]
  return tool.consequential ? `${words}; consequential, so it may wait for approval` : words
}

/** One object a tool, for the planner's prompt: name, description, effect, input, output. */
export function describeTools(tools: Iterable<AnyTool>): JsonObject[] {
  return Array.from(tools, (tool) => ({
    name: tool.name,
    description: tool.description,
    effect: classInWords(tool),
    input: tool.input_schema,
    output: tool.output_schema,
  }))
}
