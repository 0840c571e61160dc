/**
 * What a text offers, as one expression.  Several licences in one text are a choice only where
 * somebody says so: the text's first words ('dual-licensed'), or the names of the files, which
 * are then all called after a licence.  Otherwise the one that speaks for the package stands
 * alone, and whoever decides sees from `contains` that there are more.
 */
const CHOICE =
  /\bdual(?:ly)?[- ]licen[sc]ed\b|\bunder either\b|\b(?:either|one) of the (?:following|two)\b/i
/** Who offers a choice says so before the texts it is between. */
const CHOICE_CHARS_MAX = 600
const FILE_NAMES = /^={5} (.+) ={5}$/gm
const NAMED_FOR_A_LICENCE = /^(?:licen[sc]e|copying)[-_.](?!(?:txt|md|markdown|rst|html?)$)\w/i

export function offered(best: string, contains: readonly string[], text: string): string {
  if (contains.length < 2 || !contains.includes(best) || !isChoice(text)) return best
  return [best, ...contains.filter((licence) => licence !== best)].join(' OR ')
}

function isChoice(text: string): boolean {
  if (CHOICE.test(text.slice(0, CHOICE_CHARS_MAX))) return true
  const files = Array.from(text.matchAll(FILE_NAMES), ([, name = '']) => name)
  return files.length > 1 && files.every((name) => NAMED_FOR_A_LICENCE.test(name))
}
