/**
 * The last step of an agent that was cancelled: it says what stands.  Nothing is undone by it, and
 * whoever looks at the task must know what was done outside before it ended.
 */
import type { Agent } from './agent_spec.ts'
import type { Context } from './context.ts'

export type Standing = { act_no: number; tool: string; outcome: 'found' | 'unknown' }

export async function cleanUp(agent: Agent, context: Context): Promise<{ stands: Standing[] }> {
  const { results } = await context.world.database.loadAgent(context.task_id)
  const stands = results.flatMap(({ act_no, tool, outcome }): Standing[] => {
    const counts = outcome === 'found' || outcome === 'unknown'
    return counts && agent.registry.get(tool)?.consequential ? [{ act_no, tool, outcome }] : []
  })
  for (const { act_no, tool, outcome } of stands) {
    const what = outcome === 'found' ? 'was done, and stands' : 'may have been done'
    context.remember(`cancelled; act ${act_no} (${tool}) ${what}`)
  }
  return { stands }
}
