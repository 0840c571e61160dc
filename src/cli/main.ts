/**
 * The command line.  Each command lives in a file of its own; this one lists them, and says how
 * they end: 0 well, 1 refused or failed, 2 mistyped.
 */
import { Command } from 'commander'
import { colorsFor } from './colors.ts'
import { dbCommand } from './db.ts'
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
  $ pawl dev --app app.ts
  $ pawl submit licence_audit '{"package": "pg"}' --key pg@8.23.1
  $ pawl trace pg@8.23.1
  $ pawl review
  $ pawl review pg@8.23.1 1 approve --note "read it myself"
  $ DATABASE_URL=postgres://… pawl migrate

A database is named by --url, else by DATABASE_URL; else it is the embedded PostgreSQL of this
folder (\`pawl db start\`).  Everything that happens is a row: \`psql $(pawl db url)\`, then \`\\d+ pawl.*\`.`

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
    .helpOption('-h, --help', 'this; `pawl help <command>` says more of one')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ styleTitle: (text) => colorsFor(process.stdout).bold(text) })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'pawl: ')) })
  program.commandsGroup('Begin')
  program.addCommand(devCommand())
  program.addCommand(dbCommand())
  program.addCommand(migrateCommand())
  program.addCommand(registerCommand())
  program.commandsGroup('Run')
  program.addCommand(workCommand())
  program.addCommand(submitCommand())
  program.commandsGroup('Look and decide')
  program.addCommand(traceCommand())
  program.addCommand(reviewCommand())
  program.addCommand(verifyCommand(end))
  program.addCommand(versionCommand())
  settle(program)
  return program
}

/** A command made on its own does not inherit: all of them end and speak alike. */
function settle(command: Command): void {
  command.exitOverride().showHelpAfterError(`(pawl help says more)`)
  for (const inner of command.commands) {
    inner.copyInheritedSettings(command)
    settle(inner)
  }
}
