/**
 * The command line.  Each command lives in a file of its own; this one lists them, and says how
 * they end: 0 well, 1 refused or failed, 2 mistyped.
 */
import { Command } from 'commander'
import { chartCommand } from './chart.ts'
import { checkCommand } from './check.ts'
import { colorsFor } from './colors.ts'
import { controlCommands } from './control.ts'
import { dbCommand } from './db.ts'
import { deployCommand } from './deploy.ts'
import { devCommand } from './dev.ts'
import { migrateCommand } from './migrate.ts'
import { registerCommand } from './register.ts'
import { report } from './report.ts'
import { reviewCommand } from './review.ts'
import { submitCommand } from './submit.ts'
import { traceCommand } from './trace.ts'
import { verifyCommand } from './verify.ts'
import { packageVersion, versionCommand } from './version.ts'
import { workCommand } from './work.ts'

const EXAMPLES = `
Examples
  pawl dev --app app.ts                           run an app here, with nothing else installed
  pawl submit licence_audit '{"package": "pg", "version": "8.23.1", "path": "node_modules/pg"}'
                                                  one task; prints its id
  pawl trace 01a205a3-6244                        its timeline (the beginning of the id will do)
  pawl review                                     answer what waits for a person, one by one
  pawl review pg@8.23.1 1 approve --note "read"   the same in one line; a task goes by its key, too
  psql "$(pawl db url)" -c '\\d+ pawl.tasks'       everything is a row, and says what it is

Commands that speak to a database take --url; without it they take DATABASE_URL, else the embedded
PostgreSQL of this folder, which \`pawl db\` starts and stops.
Exit codes: 0 done, 1 refused or failed, 2 mistyped.`

/** `argv` without node and the script.  Answers with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // Whoever reads us may have had enough: `pawl trace … | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  let code = 0
  const program = buildProgram((ended) => {
    code = ended
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    return report(error)
  }
}

function buildProgram(end: (code: number) => void): Command {
  const program = new Command('pawl')
    .description('A Postgres-native state machine engine for production AI agents.')
    .usage('<command> [options]')
    .version(packageVersion(), '--version', 'which release this is')
    .helpOption('-h, --help', 'this; of one command: `pawl trace --help`')
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
    .configureHelp({
      styleTitle: (text) => colorsFor(process.stdout).bold(text),
      subcommandTerm: termOf,
    })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'pawl: ')) })
  program.commandsGroup('Begin')
  program.addCommand(devCommand())
  program.addCommand(dbCommand())
  program.addCommand(migrateCommand())
  program.addCommand(checkCommand())
  program.addCommand(registerCommand())
  program.addCommand(deployCommand())
  program.commandsGroup('Run')
  program.addCommand(workCommand())
  program.addCommand(submitCommand())
  program.commandsGroup('Look and decide')
  program.addCommand(traceCommand())
  program.addCommand(chartCommand())
  program.addCommand(reviewCommand())
  for (const command of controlCommands()) program.addCommand(command)
  program.addCommand(verifyCommand(end))
  program.addCommand(versionCommand())
  settle(program)
  return program
}

/** `trace <task>`: what must be given, and not that there are options. */
function termOf(command: Command): string {
  return `${command.name()} ${command.usage()}`.replace(/ *\[options\]/, '')
}

/** A command made on its own does not inherit: all of them end and speak alike. */
function settle(command: Command): void {
  command.exitOverride().showHelpAfterError('(pawl --help says more)')
  for (const inner of command.commands) {
    inner.copyInheritedSettings(command).helpOption('-h, --help', 'this help')
    settle(inner)
  }
}
