/** `pawl chart`: a machine as a Mermaid diagram, from code or as a database has it. */
import type { Command } from 'commander'
import type { Chart } from '../machines/chart_rows.ts'
import { mermaidOf } from '../machines/mermaid.ts'
import { Refusal } from '../refusal.ts'
import { plain } from './columns.ts'
import { databaseCommand, migratedUrl, type UrlOption } from './place.ts'

type Options = UrlOption & { app?: string; live?: boolean }

type Drawn = { definition: Parameters<typeof mermaidOf>[0]['definition']; edges: Chart['edges'] }

export function chartCommand(): Command {
  return databaseCommand('chart')
    .description('a machine as a Mermaid diagram')
    .usage('<machine> [options]')
    .argument('<machine>', 'the name of a machine or agent')
    .option('--app <file>', 'as this code has it; else the current version of a database')
    .option('--live', 'with the tasks in each state now, counted in the database')
    .action(async (machine: string, options: Options) => {
      const fromCode = options.app === undefined ? undefined : await inApp(machine, options.app)
      const asked = options.live === true || fromCode === undefined
      const fromDatabase = asked ? await inDatabase(machine, options) : undefined
      const drawn = fromCode ?? fromDatabase
      if (!drawn) throw unknown(machine, [])
      const { definition, edges } = drawn
      const tasks = options.live === true ? fromDatabase?.tasks : undefined
      console.log(mermaidOf({ definition, order: orderOf(edges), ...(tasks && { tasks }) }))
    })
}

async function inApp(machine: string, file: string): Promise<Drawn> {
  const { loadApp } = await import('./load_app.ts')
  const app = await loadApp(file)
  const found = app.machines.get(machine)
  if (!found) throw unknown(machine, [...app.machines.keys()])
  return { definition: found.registration['definition'] ?? null, edges: found.chart.edges }
}

async function inDatabase(machine: string, options: Options) {
  const url = await migratedUrl(options)
  const { Charts } = await import('../database/charts.ts')
  const charts = new Charts(url)
  try {
    const chart = await charts.current(machine)
    if (!chart) throw unknown(machine, await charts.names())
    return { ...chart, tasks: await charts.tasks(machine) }
  } finally {
    await charts.close()
  }
}

/**
 * Document order, from the edges: their numbers follow it, also in a database, and every state
 * that goes on can be stopped by the engine.  Final states come last.
 */
function orderOf(edges: Chart['edges']): string[] {
  const live = edges.filter((it) => it.event === 'pawl.stopped').map((it) => it.from_state)
  return [...live, ...edges.map((it) => it.to_state)]
}

function unknown(machine: string, known: readonly string[]): Refusal {
  const hint =
    known.length > 0
      ? `there is ${known.map(plain).join(', ')}`
      : '`pawl register --app FILE` makes machines known; --app FILE draws one that is not'
  return new Refusal('PW102', `there is no machine '${plain(machine)}'`, hint)
}
