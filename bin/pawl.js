#!/usr/bin/env node
// Plain JavaScript that any Node of the last years can read, so that one too old says what it
// needs instead of stumbling over syntax.
import { existsSync } from 'node:fs'

const NODE_MIN = 24
const major = Number(process.versions.node.split('.')[0])

if (major < NODE_MIN) {
  console.error(`pawl: this is Node ${process.version}, and pawl needs Node ${NODE_MIN} or newer`)
  console.error(
    'hint: install it from https://nodejs.org; in a checkout, `npx pawl …` uses the one it brings',
  )
  process.exitCode = 1
} else {
  // A checkout runs its sources as they are; what is installed has only dist/.
  const source = new URL('../src/cli/main.ts', import.meta.url)
  const built = new URL('../dist/cli/main.js', import.meta.url)
  const { main } = await import((existsSync(source) ? source : built).href)
  process.exitCode = await main(process.argv.slice(2))
}
