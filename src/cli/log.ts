/**
 * The log of workers: JSON lines for machines, one short line each for a person at a terminal.
 * Written at once, so that the last words before an end are not lost.
 */
import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino'
import { isObject, type Json } from '../json.ts'
import { brief } from './brief.ts'
import { type Colors, colorsFor } from './colors.ts'
import { cut, plain } from './columns.ts'
import { environment } from './environment.ts'

export type { Logger }

const STDERR = 2
const VALUE_COLUMNS_MAX = 60
const OWN_FIELDS = new Set(['level', 'time', 'pid', 'hostname', 'msg'])

/** To a file if one is named, else to stderr. */
export function makeLog(file?: string): Logger {
  const options: LoggerOptions = {
    level: environment.PAWL_LOG_LEVEL,
    serializers: { err: errorFields },
    timestamp: pino.stdTimeFunctions.isoTime,
  }
  if (file === undefined && process.stderr.isTTY) return pino(options, toTerminal)
  const destination = pino.destination({ dest: file ?? STDERR, sync: true, mkdir: true })
  // A log that nobody can read any more is no reason to end.
  destination.on('error', () => undefined)
  return pino(options, destination)
}

const toTerminal: DestinationStream = {
  write: (line) => void process.stderr.write(`${prettyLine(line, colorsFor(process.stderr))}\n`),
}

/** `12:04:31 info  worker started  serves: ["licence_audit"]` */
export function prettyLine(line: string, colors: Colors): string {
  const record: Json = JSON.parse(line)
  if (!isObject(record)) return line
  const { level, time, msg } = record
  const clock = String(time).slice(11, 19)
  const fields = Object.entries(record)
    .filter(([name]) => !OWN_FIELDS.has(name))
    .map(([name, value]) => `${name}: ${fieldText(value)}`)
  const text = `${levelText(Number(level), colors)} ${cut(plain(String(msg ?? '')), 200)}`
  return `${colors.dim(clock)} ${text}${colors.dim(fields.map((it) => `  ${it}`).join(''))}`
}

function fieldText(value: Json): string {
  const shown = isObject(value) && typeof value['message'] === 'string' ? value['message'] : value
  return typeof shown === 'string' ? cut(plain(shown), 200) : brief(shown, VALUE_COLUMNS_MAX)
}

function levelText(level: number, colors: Colors): string {
  if (level >= 50) return colors.red('error')
  if (level >= 40) return colors.yellow('warn ')
  return level >= 30 ? colors.green('info ') : colors.dim('debug')
}

/** Without what Postgres hangs on an error: its DETAIL may print a whole row. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  return { type: name, message, stack, ...(cause !== undefined && { cause: errorFields(cause) }) }
}
