/**
 * A budget or a pool in somebody's hands is waited for a second at a time (the database says 55P03
 * then), and in between nothing is asked: or a person's open transaction would keep the connections.
 */
import { isHeld } from './refused.ts'

const BETWEEN_MS = 1000

/** What came in answer to a call must be kept, however long that takes. */
export async function untilFree<T>(
  ask: () => Promise<T>,
  at_most_ms = Number.POSITIVE_INFINITY,
  passes = isHeld,
): Promise<T> {
  const given_up_at = performance.now() + at_most_ms
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!passes(error) || performance.now() > given_up_at) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
  }
}
