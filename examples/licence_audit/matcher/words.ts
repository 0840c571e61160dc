/**
 * A licence text as words worth comparing.  Who holds the copyright, how the lines are broken,
 * numbered or commented out and how "licence" is spelt say nothing about what is granted, so
 * they go before anything is counted.  Reference and candidate pass through the same sieve.
 */
const LINE_DECORATION = /^[ \t>#*|/;%]*(?:(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|[-•])[ \t]+)?/gm
const COPYRIGHT_LINE =
  /^[ \t"'(*>#/]*(?:portions |parts )?(?:copyright\b(?=.*(?:\d{4}|\(c\)|©|year|yyyy|\bby\b|holder))|\(c\)\s|©).{0,160}$/gm
const RIGHTS_LINE = /^[ \t*]*all rights reserved[^\w\n]*$/gm

/** Spellings the SPDX matching guidelines hold to be the same word. */
const SAME_WORDS: ReadonlyMap<string, string> = new Map([
  ['licence', 'license'],
  ['licences', 'licenses'],
  ['licenced', 'licensed'],
  ['sub-license', 'sublicense'],
  ['non-infringement', 'noninfringement'],
  ['non-commercial', 'noncommercial'],
  ['merchantibility', 'merchantability'],
])
const WORD = /[\p{L}\p{N}]+(?:[-'][\p{L}\p{N}]+)*/gu

export function words(text: string): string[] {
  const plain = text
    .toLowerCase()
    .replaceAll(/<!--.{0,500}?-->/gs, '')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[‐-―]/g, '-')
    .replaceAll(/https?:\/\/(?:www\.)?/g, '')
    .replaceAll(COPYRIGHT_LINE, '')
    .replaceAll(RIGHTS_LINE, '')
    .replaceAll(LINE_DECORATION, '')
  return Array.from(plain.match(WORD) ?? [], (word) => SAME_WORDS.get(word) ?? word)
}
