/**
 * The end of an agent's work: its output is made by code from what was passed.
 */
import type { Json } from '../json.ts'
import type { Agent } from './agent_spec.ts'
import { stepsWithResults } from './agent_spec.ts'
import type { Context } from './context.ts'

export async function conclude(agent: Agent, context: Context): Promise<Json> {
  const loaded = await context.world.database.loadAgent(context.task_id)
  const passed = stepsWithResults(loaded).flatMap(({ act_no, tool, args, result }) =>
    result?.outcome === 'found' ? [{ act_no, tool, args, value: result.answer }] : [],
  )
  return agent.conclude(passed, loaded.input)
}
