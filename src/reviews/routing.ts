/**
 * Whether a consequential action goes through or to a person.  The number is what the model says
 * of itself; it is compared, never believed beyond that.
 */
/** How sure an agent must say it is before a consequential action goes without a person. */
export type Autonomy = { threshold: number }

export const threshold_default = 0.8

export type Routed = { decision: 'auto' } | { decision: 'review'; why: string }

/** `repeated`: the same action with the same arguments was carried out before. */
export function route(confidence: number, repeated: boolean, { threshold }: Autonomy): Routed {
  if (repeated) return { decision: 'review', why: 'the same action was carried out before' }
  if (confidence >= threshold) return { decision: 'auto' }
  return { decision: 'review', why: `confidence ${confidence} is below ${threshold}` }
}
