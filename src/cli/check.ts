/**
 * `pawl check`: what the charts of an app prove, without a database.  A machine that pawl cannot
 * carry is refused when the app is loaded; what is only doubtful is told, and is no error.
 */
import { Command } from 'commander'
import type { MachineDefinition } from '../app/define_machine.ts'
import { colorsFor } from './colors.ts'
import { plain } from './columns.ts'
import { counted } from './figures.ts'

const HELP = `
Five proofs for each machine: every state can be reached; no state is a dead end; every invoke has
an onError; no loop passes without a budgeted step; from every state a final one can be reached.
What does not hold is a warning, stored at registration. What pawl cannot run at all is an error,
and the exit code 1.`

export function checkCommand(): Command {
  return new Command('check')
    .description("what an app's charts prove")
    .usage('--app <file>')
    .requiredOption('--app <file>', 'a module whose default export is defineApp(…)')
    .addHelpText('after', HELP)
    .action(async (options: { app: string }) => {
      const { loadApp } = await import('./load_app.ts')
      const app = await loadApp(options.app)
      for (const machine of app.machines.values()) {
        for (const line of checkedLines(machine)) console.log(line)
      }
    })
}

function checkedLines({ name, chart }: MachineDefinition): string[] {
  const { bold, dim, green, yellow } = colorsFor(process.stdout)
  const states = chart.states.filter((it) => it.state !== '(new)')
  const moves = chart.edges.filter((it) => it.kind === 'machine')
  const size = `${counted(states.length, 'state')}, ${counted(moves.length, 'move')}`
  return [
    `${bold(name)} ${dim(`(${size})`)}`,
    ...(chart.warnings.length === 0
      ? [`  ${green('all five proofs hold')}`]
      : chart.warnings.map((warning) => `  ${yellow('warning:')} ${plain(warning)}`)),
  ]
}
