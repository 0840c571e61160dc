/**
 * Which licences are quoted inside one text: a dual licence in one file, or a licence followed
 * by those of bundled code.  Texts overlap (MIT holds MIT-0, ISC holds 0BSD), so they are taken
 * greedily: what explains the most comes first, and the next must explain something else.
 */
import type { Pairs, References } from './references.ts'

export type Contained = {
  readonly licence: string
  /** Share of the reference's word pairs that the text holds. */
  readonly share: number
}

const CONTAINED_MAX = 6
const SHARE_MIN = 0.85
const NEW_SHARE_MIN = 0.5
const NEW_PAIRS_MIN = 40

export function contained(references: References, pairs: Pairs): Contained[] {
  const whole = references.shared(pairs.known)
  const unexplained = new Set(pairs.known)
  const found: Contained[] = []
  while (found.length < CONTAINED_MAX) {
    const next = explainsMost(references, whole, references.shared(unexplained))
    if (!next) break
    found.push({ licence: next.licence, share: Math.round(next.share * 1000) / 1000 })
    for (const pair of next.pairs) unexplained.delete(pair)
  }
  return found
}

function explainsMost(references: References, whole: Uint16Array, fresh: Uint16Array) {
  let best: { licence: string; share: number; pairs: Uint32Array; fresh: number } | undefined
  for (const [index, { licence, pairs }] of references.all.entries()) {
    const share = (whole[index] ?? 0) / pairs.length
    const explained = fresh[index] ?? 0
    if (share < SHARE_MIN || explained < NEW_PAIRS_MIN) continue
    if (explained < NEW_SHARE_MIN * pairs.length) continue
    // Two texts that explain the same stretch: the one that is more completely there.
    if (best && (explained < best.fresh || (explained === best.fresh && share <= best.share))) {
      continue
    }
    best = { licence, share, pairs, fresh: explained }
  }
  return best
}
