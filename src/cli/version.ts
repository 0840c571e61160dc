/** `pawl version`. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { z } from 'zod'

const Package = z.object({ version: z.string() })

export function versionCommand(): Command {
  return new Command('version').description('which release this is').action(() => {
    console.log(`pawl ${packageVersion()} (Node ${process.version})`)
  })
}

export function packageVersion(): string {
  const path = new URL('../../package.json', import.meta.url)
  return Package.parse(JSON.parse(readFileSync(path, 'utf8'))).version
}
