/**
 * A loop that ticks: the next tick begins a while after the last one ended, so a slow database
 * is not asked faster than it answers.  An error is logged and the loop goes on.
 */
import type { Log } from '../log.ts'
import { pause } from '../pause.ts'

export type Ticker = { stop(): Promise<void> }

export function ticker(
  name: string,
  every_ms: number,
  log: Log,
  tick: () => Promise<unknown>,
): Ticker {
  const stopping = new AbortController()
  const done = run(stopping.signal)
  return {
    async stop() {
      stopping.abort()
      await done
    },
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await tick()
      } catch (error) {
        if (!signal.aborted)
          log.warn({ loop: name, err: String(error) }, `${name} failed; it goes on`)
      }
      await pause(every_ms, signal)
    }
  }
}
