/**
 * `npm start`: audits the licence of every installed package, from nothing but npm.  A PostgreSQL,
 * a model, a register and workers are started, the work goes in by one INSERT, and what came of it
 * is printed.  It can be stopped at any moment and started again.
 */
import { report } from '../../src/cli/report.ts'
import { takePlace } from './start/home.ts'
import { Interrupted, watchInterrupts } from './start/interrupts.ts'
import { BadOption, type Options, readOptions, USAGE } from './start/options.ts'
import { run } from './start/run.ts'

// Whoever reads us may have had enough; the work goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args)
    if (!options.help) return await audit(options)
    console.log(USAGE)
    return 0
  } catch (error) {
    if (error instanceof BadOption) {
      console.error(`npm start: ${error.message}; \`npm start -- --help\` lists the options`)
      return 2
    }
    if (!(error instanceof Interrupted)) return report(error)
    console.log('stopped; the next `npm start` goes on from here')
    // Whoever waits for us learns that it was the signal.
    process.kill(process.pid, error.signal)
    return 1
  }
}

async function audit(options: Options): Promise<number> {
  using place = takePlace()
  if (place.heldBy !== undefined) {
    console.error(`npm start: another one is at work in this folder (pid ${place.heldBy})`)
    return 1
  }
  using interrupts = watchInterrupts()
  const { figures, harmless } = await run(options, interrupts)
  if (options.json) console.log(JSON.stringify(figures))
  return harmless ? 0 : 1
}
