/**
 * The stand-in model as a process of its own: `node stand_in/main.ts --port 0 --seed 1 --bad 0.02`
 * prints one line of JSON when it is ready, and ends on SIGTERM.
 */
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { startStandIn } from './server.ts'

const Arguments = z.object({
  port: z.coerce.number().int().min(0).max(65535),
  seed: z.coerce.number().int(),
  bad: z.coerce.number().min(0).max(1),
})

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    bad: { type: 'string', default: '0.02' },
  },
})
const options = Arguments.parse(values)
const standIn = await startStandIn(options)
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void standIn.close().then(() => process.exit(0)))
}
const { seed, bad } = options
process.stdout.write(`${JSON.stringify({ url: standIn.url, pid: process.pid, seed, bad })}\n`)
