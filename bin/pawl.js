#!/usr/bin/env node
/**
 * The launcher.  It runs on any Node that knows modules, so that whoever has an old one reads a
 * sentence and not a stack trace; and where npm has put a new enough one beside us, uses that.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_MIN = 24

const root = fileURLToPath(new URL('..', import.meta.url))
const majorOf = (version) => Number(version.split('.')[0])

if (majorOf(process.versions.node) >= NODE_MIN) {
  await run()
} else {
  const other = newerNode()
  if (other === undefined) {
    console.error(
      `pawl needs Node ${NODE_MIN} or newer and this is ${process.versions.node}: ` +
        `install it, or \`npm install --save-dev node@${NODE_MIN}\` in your project`,
    )
    process.exitCode = 1
  } else {
    startAgain(other)
  }
}

/** A checkout has src; what npm installs has only dist, for Node strips no types in there. */
async function run() {
  const source = new URL('../src/cli/main.ts', import.meta.url)
  const built = new URL('../dist/cli/main.js', import.meta.url)
  const { main } = await import((existsSync(source) ? source : built).href)
  process.exitCode = await main(process.argv.slice(2))
}

function newerNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  const folders = [root, process.cwd()].map((folder) => join(folder, 'node_modules'))
  const paths = folders.flatMap((folder) => [
    join(folder, '.bin', name),
    join(folder, 'node', 'bin', name),
  ])
  return paths.find((path) => {
    if (!existsSync(path)) return false
    const asked = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' })
    return asked.status === 0 && majorOf(asked.stdout) >= NODE_MIN
  })
}

/** We stand by until it has ended, and end as it did. */
function startAgain(node) {
  const script = fileURLToPath(import.meta.url)
  const child = spawn(node, [...process.execArgv, script, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  // Ctrl-C reaches the whole group; what is sent to us alone is handed on.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1
      return
    }
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
