/**
 * What went wrong, for whoever typed the command.  A refusal says what and what to do; a fault
 * shows where it happened, with its causes.  Properties that Postgres hangs on its errors are left
 * out: DETAIL may print a whole row.
 */
import { CommanderError } from 'commander'
import { Refusal } from '../refusal.ts'
import { colorsFor } from './colors.ts'

const CAUSES_MAX = 8

/** The exit code: 2 for a command mistyped, 1 for anything else that went wrong. */
export function report(error: unknown): number {
  // commander has said what was wrong; help and version end this way, too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { bold, red } = colorsFor(process.stderr)
  const lines =
    error instanceof Refusal
      ? [`${bold(red('pawl:'))} ${error.message}`, ...hintOf(error)]
      : [`${bold(red('pawl: fault:'))} ${stacks(error)}`]
  process.stderr.write(`${lines.join('\n')}\n`)
  return 1
}

function hintOf({ hint }: Refusal): string[] {
  return hint === undefined ? [] : [`${colorsFor(process.stderr).cyan('hint:')} ${hint}`]
}

function stacks(error: unknown): string {
  const shown: string[] = []
  let at = error
  while (at instanceof Error && shown.length < CAUSES_MAX) {
    shown.push(at.stack ?? at.message)
    at = at.cause
  }
  return shown.length === 0 ? String(error) : shown.join('\n  because: ')
}
