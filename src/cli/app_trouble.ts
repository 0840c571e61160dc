/**
 * Why an app could not be loaded, told to whoever wrote it: what was wrong, where in their own
 * files, and what to do.  Frames of Node, of packages and of pawl itself help nobody there.
 */
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Refusal } from '../refusal.ts'

const FRAMES_MAX = 6
const CAUSES_MAX = 8
/** A place, the line and a mark under it: what Node puts before a syntax error. */
const EXCERPT_LINES = 3
const EXTENSIONS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']
const OWN_FOLDERS = ['../', '../../bin/'].map((path) => new URL(path, import.meta.url))
const DIST = new URL('../../dist/', import.meta.url)

export function appTrouble(path: string, error: unknown): Refusal {
  const lines = [
    `${path} could not be loaded: ${textOf(error)}`,
    ...causesOf(error).map((cause) => `  because: ${textOf(cause)}`),
    ...excerptOf(error).map((line) => `    ${line}`),
    ...framesOf(error),
  ]
  return new Refusal('PW602', lines.join('\n'), hintFor(path, error))
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  let at = error
  while (at instanceof Error && at.cause !== undefined && causes.length < CAUSES_MAX) {
    at = at.cause
    causes.push(at)
  }
  return causes
}

function excerptOf(error: unknown): string[] {
  const lines = stackOf(error)
  return /^(file:|\/).*:\d+$/.test(lines[0] ?? '') ? lines.slice(0, EXCERPT_LINES) : []
}

function framesOf(error: unknown): string[] {
  return stackOf(error)
    .filter((line) => /^ {4}at .*(file:|\/)/.test(line))
    .filter((line) => !/node:|\/node_modules\//.test(line) && !OWN_FOLDERS.some(isIn(line)))
    .slice(0, FRAMES_MAX)
}

function isIn(line: string): (folder: URL) => boolean {
  return (folder) => line.includes(folder.href) || line.includes(fileURLToPath(folder))
}

function stackOf(error: unknown): string[] {
  return error instanceof Error ? (error.stack ?? '').split('\n') : []
}

const TS_OR_JS = 'a .ts or .js file is meant, one that says: export default defineApp({ … })'

function hintFor(path: string, error: unknown): string | undefined {
  if (!EXTENSIONS.includes(extname(path))) return TS_OR_JS
  switch (propertyOf(error, 'code')) {
    case 'ERR_MODULE_NOT_FOUND':
      return hintForMissing(propertyOf(error, 'url'))
    case 'ERR_IMPORT_ATTRIBUTE_MISSING':
      return "JSON is imported so: import data from './data.json' with { type: 'json' }"
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return 'Node imports .ts and .js files; nothing else, and no .tsx'
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return 'Node takes types away and does no more: no enum, namespace or parameter property'
    case 'ERR_INVALID_TYPESCRIPT_SYNTAX':
      return undefined
    default:
      return error instanceof SyntaxError ? hintForSyntax(path, error) : undefined
  }
}

function hintForMissing(url: string | undefined): string {
  if (url === undefined) return '`npm install` brings the packages that package.json names'
  if (url.startsWith(DIST.href)) return 'this is a checkout of pawl: `npm run build` makes its dist'
  return "an import names a file with its extension, such as './tools.ts'"
}

function hintForSyntax(path: string, error: SyntaxError): string | undefined {
  if (/outside a module|bodies of modules|token 'export'/.test(error.message)) {
    const named = extname(path).endsWith('ts') ? '.mts' : '.mjs'
    return `name it ${named}, or set "type": "module" in the package.json above it`
  }
  if (error.message.includes('does not provide an export')) {
    return 'what is only a type is imported by `import type`'
  }
  return excerptOf(error).length > 0 ? undefined : `\`node --check ${path}\` shows where`
}

function propertyOf(error: unknown, name: 'code' | 'url'): string | undefined {
  const value = error instanceof Error ? Object.getOwnPropertyDescriptor(error, name)?.value : ''
  return typeof value === 'string' && value !== '' ? value : undefined
}
