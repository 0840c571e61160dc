/**
 * How long to wait before the next try: exponential with full jitter, so that many tasks that
 * failed together do not come back together.
 */
export type Backoff = { base_ms: number; cap_ms: number }

export function backoff(try_no: number, { base_ms, cap_ms }: Backoff): number {
  const ceiling = Math.min(cap_ms, base_ms * 2 ** (try_no - 1))
  // Never nothing: at least a tenth of it.
  return ceiling * (0.1 + 0.9 * Math.random())
}
