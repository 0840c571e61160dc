/**
 * The stand-in as judge of an action: how likely is this finding right, by the evidence shown?
 * The numbers are how often the matcher was right on such evidence, counted on installed packages
 * and on excerpts of all SPDX texts.
 */
import { z } from 'zod'
import { objectOf, type Question } from './question.ts'

export type Confidence = { reason: string; confidence: number }

const Evidence = z.object({
  best: z.string(),
  score: z.number(),
  margin: z.number(),
  contains: z.array(z.unknown()),
  candidates: z.array(z.object({ score: z.number(), by: z.enum(['text', 'mention']) })).min(1),
})
type Evidence = z.infer<typeof Evidence>

export function confidenceIn(question: Question): Confidence {
  const { licence } = objectOf(/^\w+\((.*)\)$/s.exec(question.action)?.[1] ?? '')
  if (question.named !== undefined) {
    return licence === question.named
      ? sure(0.95, `a person named ${question.named}`)
      : sure(0.05, `a person named ${question.named}, and this is something else`)
  }
  const evidence = matchIn(question)
  if (!evidence) return sure(0.1, 'no match of any text is shown')
  if (licence !== evidence.best) return sure(0.05, `the evidence shows ${evidence.best}`)
  return question.input['excerpt'] === undefined ? ofText(evidence) : ofExcerpt(evidence)
}

function ofText({ contains, candidates, score, margin }: Evidence): Confidence {
  const how = `score ${score}, margin ${margin}`
  if (contains.length > 1) return sure(0.6, `the text holds ${contains.length} licences`)
  if (candidates[0]?.by === 'mention') {
    return margin >= 0.5
      ? sure(0.85, `one licence is named, though its text is not there: ${how}`)
      : sure(0.4, `several licences are named and no text is there: ${how}`)
  }
  if (score < 0.8) return sure(0.4, `the text is not much like any licence: ${how}`)
  return margin >= 0.015
    ? sure(0.97, `the text is that licence's, and clearly so: ${how}`)
    : sure(0.6, `the text is hardly more like this licence than another: ${how}`)
}

const IF_TIED: ReadonlyMap<number, number> = new Map([
  [2, 0.55],
  [3, 0.3],
  [4, 0.4],
])

function ofExcerpt({ candidates, score, margin }: Evidence): Confidence {
  const how = `score ${score}, margin ${margin}`
  if (margin >= 0.05) return sure(0.99, `no other text holds nearly as much of it: ${how}`)
  if (margin > 0) return sure(0.97, `no other text holds as much of it: ${how}`)
  const tied = candidates.filter((candidate) => candidate.score === score).length
  return sure(IF_TIED.get(tied) ?? 0.2, `${tied} texts hold it alike: ${how}`)
}

/** The last match shown.  Its answer may be cut off, so that nothing can be told from it. */
function matchIn({ evidence }: Question): Evidence | undefined {
  const step = evidence.findLast(({ tool }) => tool === 'match_licence_text')
  const answer = /\{.*\}$/.exec(step?.told ?? '')?.[0]
  return answer === undefined ? undefined : Evidence.safeParse(objectOf(answer)).data
}

function sure(confidence: number, reason: string): Confidence {
  return { reason, confidence }
}
