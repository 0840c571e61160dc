/**
 * One worker process for the benchmark: works until it is told to stop, then says how much memory
 * it took at most.
 */
import { startWorker } from '../src/worker.ts'
import app from './app.ts'

const quiet = () => undefined
const worker = await startWorker({
  url: process.env['BENCH_URL'] ?? '',
  app,
  concurrency: Number(process.env['BENCH_CONCURRENCY'] ?? 100),
  log: { info: quiet, warn: console.error, error: console.error },
})
process.send?.('ready')
process.once('message', async () => {
  const { maxRSS } = process.resourceUsage()
  process.send?.({ rss_mb: Math.round(maxRSS / 1024) })
  await worker.stop()
  process.disconnect()
})
