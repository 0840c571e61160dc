/**
 * A time limit on one piece of work, and the end of it when the work around it is cancelled.
 * A timer of our own, cleared as soon as the work is over: AbortSignal.timeout would leave one
 * behind for every call that ended well.
 */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
}

export type Deadline = Disposable & {
  /** Fires at the limit, or when `outer` does; its reason is an OutOfTime. */
  readonly signal: AbortSignal
  /** Rejects with that reason, for racing work that does not listen to signals. */
  readonly over: Promise<never>
}

export function deadline(outer: AbortSignal, limit_ms: number): Deadline {
  const own = new AbortController()
  const late = Promise.withResolvers<never>()
  // Who only listens to the signal leaves this rejection alone.
  late.promise.catch(() => {})
  const stop = (message: string) => {
    const reason = new OutOfTime(message)
    late.reject(reason)
    own.abort(reason)
  }
  const cancelled = () => stop('it was cancelled while it ran')
  const timer = setTimeout(stop, limit_ms, `no answer within ${limit_ms} ms`)
  outer.addEventListener('abort', cancelled, { once: true })
  if (outer.aborted) cancelled()
  return {
    signal: own.signal,
    over: late.promise,
    [Symbol.dispose]() {
      clearTimeout(timer)
      outer.removeEventListener('abort', cancelled)
    },
  }
}
