/**
 * Ctrl-C.  The first asks everybody to finish or hand back what is in hand; another one ends the
 * workers at once.
 */
export type Interrupts = Disposable & {
  /** Aborts with the first; its reason is an Interrupted. */
  readonly asked: AbortSignal
  /** Aborts with the second. */
  readonly insisted: AbortSignal
}

export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly signal: NodeJS.Signals

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`)
    this.signal = signal
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** npm hands on what the terminal has sent us already: one Ctrl-C comes twice. */
const ECHO_MS_MAX = 500

export function watchInterrupts(): Interrupts {
  const asked = new AbortController()
  const insisted = new AbortController()
  let first = Number.POSITIVE_INFINITY
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now()
    if (!asked.signal.aborted) {
      first = now
      asked.abort(new Interrupted(signal))
    } else if (now - first > ECHO_MS_MAX) {
      insisted.abort()
    }
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    asked: asked.signal,
    insisted: insisted.signal,
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}
