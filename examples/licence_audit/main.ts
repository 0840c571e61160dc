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

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args)
    if (options.help) {
      console.log(USAGE)
      return 0
    }
    return await audit(options)
  } catch (error) {
    if (!(error instanceof BadOption)) return report(error)
    console.error(`npm start: ${error.message}; \`npm start -- --help\` lists the options`)
    return 2
  }
}

async function audit(options: Options): Promise<number> {
  const place = takePlace()
  if (typeof place === 'number') {
    console.error(`npm start: another one is at work in this folder (pid ${place})`)
    return 1
  }
  using _ = place
  const interrupts = watchInterrupts()
  try {
    const figures = await run(options, interrupts)
    if (options.json) console.log(JSON.stringify(figures))
    return 0
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    console.log('stopped; the next `npm start` goes on from here')
    interrupts.release(error.signal)
    return 1
  }
}
