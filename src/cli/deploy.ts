/** `pawl deploy`: a release goes live, once every task in flight has a place to go. */
import type { Command } from 'commander'
import type { Deployed, DeployOptions } from '../app/deploy.ts'
import type { MachinePlan, Place } from '../app/deploy_plan.ts'
import { colorsFor } from './colors.ts'
import { columnsOf, fit, plain } from './columns.ts'
import { counted, grouped } from './figures.ts'
import { databaseCommand, migratedUrl, type UrlOption } from './place.ts'

type Options = UrlOption & {
  app: string
  map?: string[]
  migrate?: boolean
  drain?: boolean
  dryRun?: boolean
}

const HELP = `
Tasks in flight stay on their version, for workers of that version, unless --migrate or --map moves
them. A deploy is refused where a task would have no place in the new version: the state of its
name, or the one that --map names. What moves keeps its context, and the steps and timers that both
states ask for; those that only the new state asks for begin, and the others are stopped. Entry
actions do not run, and always is asked at the next event. Interrupted, run the same command
again: it goes on.`

export function deployCommand(): Command {
  return databaseCommand('deploy')
    .description('make a release current; move tasks to it')
    .usage('--app <file> [options]')
    .requiredOption('--app <file>', 'a module whose default export is defineApp(…)')
    .option('--map <old.state=new.state...>', 'where tasks go; machine:old=new where two have it')
    .option('--migrate', 'move every task that has a place')
    .option('--drain', 'leave what has no place to workers of its own version')
    .option('--dry-run', 'say what would happen, and write nothing')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      const { loadApp } = await import('./load_app.ts')
      const app = await loadApp(options.app)
      const url = await migratedUrl(options)
      const { deployApp } = await import('../app/deploy.ts')
      const asked: DeployOptions = {
        map: options.map ?? [],
        migrate: options.migrate === true || options.map !== undefined,
        drain: options.drain === true,
        dry_run: options.dryRun === true,
      }
      const onPlan = (plans: readonly MachinePlan[]) => say(planLines(plans, asked))
      const deployed = await deployApp(url, app, { ...asked, onPlan })
      say(deployed ? doneLines(deployed) : ['nothing was written: this was a dry run'])
    })
}

function say(lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}

function planLines(plans: readonly MachinePlan[], asked: DeployOptions): string[] {
  const { bold, dim } = colorsFor(process.stdout)
  return plans.flatMap(({ machine, version, is_new, is_current, places }) => {
    const what = is_new ? 'new' : is_current ? 'current already' : 'known, not current'
    const none = '  no task of another version is in flight'
    return [
      `${bold(machine)} version ${version} ${dim(`(${what})`)}`,
      ...(places.length === 0 ? [dim(none)] : table(places, asked)),
    ]
  })
}

function table(places: readonly Place[], asked: DeployOptions): string[] {
  const { dim } = colorsFor(process.stdout)
  const head = ['version', 'state', 'tasks', 'goes to']
  const rows = places.map((it) => [
    String(it.version),
    plain(it.state),
    grouped(it.tasks),
    goesTo(it, asked),
  ])
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => columnsOf(row[column] ?? ''))),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0
        return at === 2 ? cell.padStart(width) : at === 3 ? cell : fit(cell, width)
      })
      .join('  ')
      .trimEnd()
  return [`  ${dim(line(head))}`, ...rows.map((row) => paint(`  ${line(row)}`, row[3]))]
}

function goesTo({ goes }: Place, { migrate, drain }: DeployOptions): string {
  if ('nowhere' in goes) return `${drain ? 'stays' : 'nowhere'}: ${plain(goes.nowhere)}`
  return migrate ? plain(goes.to) : `stays; with --migrate: ${plain(goes.to)}`
}

function paint(line: string, goes: string | undefined): string {
  return goes?.startsWith('nowhere') ? colorsFor(process.stdout).red(line) : line
}

function doneLines({ registered, migrations, staying }: Deployed): string[] {
  const { yellow } = colorsFor(process.stdout)
  const moved = [...migrations].flatMap(([machine, { moved, left }]) => [
    ...(moved > 0 ? [`${machine}: ${counted(moved, 'task')} moved`] : []),
    ...[...left].map(
      ([why, tasks]) => `${machine}: ${yellow(`${counted(tasks, 'task')} stayed`)}: ${plain(why)}`,
    ),
  ])
  const stay = staying.map(
    ({ machine, version, tasks }) =>
      `${machine}: ${counted(tasks, 'task')} in flight on version ${version}: keep a worker of ` +
      'that version until they have ended, or move them with --migrate',
  )
  const current = registered.flatMap(({ machine, version, is_new, warnings }) => [
    `${machine}: version ${version} is current`,
    ...(is_new ? warnings.map((it) => `  ${yellow('warning:')} ${plain(it)}`) : []),
  ])
  return [...current, ...moved, ...stay]
}
