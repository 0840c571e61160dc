/**
 * Which licence is this text?  Word-pair Dice similarity to every SPDX reference text, with the
 * licences quoted inside it and, where there is no text to speak of, the licences it names.  It
 * reports evidence and decides nothing.
 */
import { z } from 'zod'
import { contained } from '../matcher/contained.ts'
import { Mentions } from '../matcher/mentions.ts'
import { type Pairs, type References, spdxReferences } from '../matcher/references.ts'
import { FILE_BREAK } from './read_licence.ts'

export const MatchLicenceTextInput = z.object({
  text: z.string().describe('the whole text read_licence gave'),
  excerpt: z
    .boolean()
    .optional()
    .describe('true where the text is only a piece torn from a licence'),
})

const Candidate = z.object({
  licence: z.string().describe('SPDX identifier'),
  score: z.number().min(0).max(1),
  by: z.enum(['text', 'mention']).describe('its text is there, or only its name'),
})
export type Candidate = z.infer<typeof Candidate>

export const LicenceMatch = z.object({
  candidates: z.array(Candidate).describe('the most similar first'),
  margin: z.number().describe('best score minus second best'),
  contains: z
    .array(z.object({ licence: z.string(), share: z.number() }))
    .describe('every licence quoted in the text; more than one: dual, or bundled code'),
})
export type LicenceMatch = z.infer<typeof LicenceMatch>

const CANDIDATES_MAX = 5
/** Below this a likeness is the English language. */
const SCORE_MIN = 0.1
/** With a text like this there is no need to look for names. */
const MENTION_BELOW = 0.6
const MENTION_SCORE = 0.9
const MENTIONS_SCORE = 0.5
const PART_WORDS_MIN = 20
const PLAIN_SCORE_MIN = 0.8
/** A ruled line after an empty one; below words it only underlines them. */
const RULE = /\n[ \t]*\n[ \t]*(?:[-=*_][ \t]*){3,}(?=\n|$)/

export async function matchLicenceText(
  args: z.infer<typeof MatchLicenceTextInput>,
): Promise<LicenceMatch | undefined> {
  const references = spdxReferences()
  const whole = references.pairsOf(args.text)
  const similar = args.excerpt
    ? byText(references, whole, heldShare)
    : leadingPart(references, args.text)
  const named = (similar[0]?.score ?? 0) < MENTION_BELOW && !args.excerpt ? byName(args.text) : []
  const candidates = [...named, ...similar].sort((a, b) => b.score - a.score)
  const [best, second] = candidates
  if (!best) return undefined
  return {
    candidates: candidates.slice(0, CANDIDATES_MAX),
    margin: rounded(best.score - (second?.score ?? 0)),
    contains: args.excerpt ? [] : contained(references, whole),
  }
}

type Similarity = (shared: number, text: number, reference: number) => number

const dice: Similarity = (shared, text, reference) => (2 * shared) / (text + reference)
/** Ties between texts that hold the whole piece go to the shorter, by less than can be seen. */
const heldShare: Similarity = (shared, text, reference) => shared / text - reference * 1e-9

function byText(references: References, pairs: Pairs, similarity: Similarity): Candidate[] {
  const shared = references.shared(pairs.known)
  const best = new Map<string, number>()
  for (const [index, reference] of references.all.entries()) {
    const score = similarity(shared[index] ?? 0, pairs.count, reference.pairs.length)
    if (score >= Math.max(SCORE_MIN, best.get(reference.licence) ?? 0)) {
      best.set(reference.licence, score)
    }
  }
  return Array.from(best)
    .sort(([, a], [, b]) => b - a)
    .slice(0, CANDIDATES_MAX)
    .map(([licence, score]) => ({ licence, score: rounded(score), by: 'text' }))
}

/**
 * Who speaks for a package when several texts stand side by side: the first file that is
 * plainly a licence, and within a file that is not one licence, the first ruled-off part that is.
 */
function leadingPart(references: References, text: string): Candidate[] {
  const files = text.split(FILE_BREAK).filter((file) => file.trim() !== '')
  return plainest(files, (file) => {
    const pairs = references.pairsOf(file)
    const whole = byText(references, pairs, dice)
    if (isPlain(whole) && contained(references, pairs).length < 2) return whole
    const parts = file.split(RULE).filter(isLongEnough)
    const best = plainest(parts, (part) => byText(references, references.pairsOf(part), dice))
    return isPlain(best) ? best : whole
  })
}

/** The first that is plainly a licence, else the one most like one. */
function plainest(texts: readonly string[], match: (text: string) => Candidate[]): Candidate[] {
  let best: Candidate[] = []
  for (const text of texts) {
    const found = match(text)
    if (isPlain(found)) return found
    if ((found[0]?.score ?? 0) > (best[0]?.score ?? 0)) best = found
  }
  return best
}

function isPlain(candidates: readonly Candidate[]): boolean {
  return (candidates[0]?.score ?? 0) >= PLAIN_SCORE_MIN
}

function isLongEnough(part: string): boolean {
  return part.split(/\s+/, PART_WORDS_MIN).length >= PART_WORDS_MIN
}

let mentions: Mentions | undefined

function byName(text: string): Candidate[] {
  mentions ??= new Mentions(spdxReferences().all)
  const licences = mentions.in(text)
  const score = licences.length === 1 ? MENTION_SCORE : MENTIONS_SCORE
  return licences.map((licence) => ({ licence, score, by: 'mention' }))
}

function rounded(score: number): number {
  return Math.round(score * 1000) / 1000
}
