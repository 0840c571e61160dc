/**
 * `npm run prove:faults [-- --only commit.sent --seed 7]`: every crash point under every fault,
 * hundreds of random kills of workers, and kills of Postgres itself.  After each the work must end,
 * pawl.verify() be empty, and the outside world's own log show nothing lost and nothing doubled.
 * The last line is one JSON object; any miss ends it with 1.
 */
import { parseArgs } from 'node:util'
import { CRASH_POINTS } from '../../../src/crashpoint.ts'
import { clearUpClusters } from '../../fixtures/cluster.ts'
import { allCases, runCases } from './cases.ts'
import { runCrowd } from './crowd.ts'
import { runPowerCuts } from './power_cuts.ts'
import { Report } from './report.ts'
import { FAULTS } from './strike.ts'
import { openOutside } from './world.ts'

const USAGE = `npm run prove:faults -- [options]

  --only NAME   crash points that begin with it, or a fault; may be given again
                (${FAULTS.join(', ')})
  --part NAME   cases, crowd or power; may be given again (all three)
  --share N     only so many of the cases, as the seed has it
  --seed N      the order, and who is killed (20261123)
  --lanes N     cases side by side, each with a Postgres of its own (6)
  --tasks N     of the crowd (5000)    --kills N   of its workers (500)
  --cuts N      kills of Postgres (20)`

const PARTS = ['cases', 'crowd', 'power']

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    part: { type: 'string', multiple: true, default: [] },
    share: { type: 'string' },
    seed: { type: 'string', default: '20261123' },
    lanes: { type: 'string', default: '6' },
    tasks: { type: 'string', default: '5000' },
    kills: { type: 'string', default: '500' },
    cuts: { type: 'string', default: '20' },
    help: { type: 'boolean', default: false },
  },
})

for (const name of Object.keys(process.env)) {
  if (/^(ANTHROPIC_|DATABASE_URL$|PAWL_)/.test(name)) delete process.env[name]
}
process.exitCode = values.help ? help() : await main()
process.exit()

function help(): number {
  console.log(USAGE)
  return 0
}

async function main(): Promise<number> {
  const seed = Number(values.seed)
  const { only } = values
  const share = values.share === undefined ? undefined : Number(values.share)
  // Who names crash points or faults asks for cases.
  const parts = values.part.length > 0 ? values.part : only.length > 0 ? ['cases'] : PARTS
  const unknown = parts.find((it) => !PARTS.includes(it))
  if (unknown !== undefined || allCases({ seed, only, share }).length === 0) {
    console.error(`there is nothing named ${unknown ?? only.join(', ')}\n\n${USAGE}`)
    return 2
  }
  await clearUpClusters()
  const outside = await openOutside()
  const report = new Report((line) => console.log(line))
  console.log(`${CRASH_POINTS.length} crash points × ${FAULTS.length} faults, seed ${seed}`)
  if (parts.includes('cases')) {
    await runCases({ seed, only, share, lanes: Number(values.lanes) }, outside, report)
  }
  if (parts.includes('crowd')) {
    const [tasks, kills] = [Number(values.tasks), Number(values.kills)]
    await runCrowd({ seed, tasks, kills, workers: 4 }, outside, report)
  }
  if (parts.includes('power')) {
    await runPowerCuts({ seed, cuts: Number(values.cuts) }, outside, report)
  }
  await outside.close()
  console.log(report.summary({ seed }))
  return report.ok ? 0 : 1
}
