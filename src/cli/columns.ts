/**
 * Text as a terminal shows it.  What models, tools and people wrote may hold anything: line
 * breaks, escape sequences that move the cursor, signs two columns wide.  Whatever is printed
 * goes through `plain` first.
 */
import { stripVTControlCharacters } from 'node:util'

const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u
const NARROW = /^[\x20-\x7E]*$/
const NONE = /\p{M}/u

/** On one line, with nothing in it that moves the cursor or turns the writing around. */
export function plain(text: string): string {
  if (NARROW.test(text)) return text
  return stripVTControlCharacters(text.toWellFormed())
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
}

export function columnsOf(text: string): number {
  if (NARROW.test(text)) return text.length
  let columns = 0
  for (const sign of text) columns += columnsOfSign(sign)
  return columns
}

/** Ends with … where something had to go. */
export function cut(text: string, columns_max: number): string {
  if (columnsOf(text) <= columns_max) return text
  return `${beginning(text, columns_max - 1).trimEnd()}…`
}

/** Exactly so many columns. */
export function fit(text: string, columns: number): string {
  const shown = cut(text, columns)
  return shown + ' '.repeat(Math.max(columns - columnsOf(shown), 0))
}

/** Lines of at most so many columns, broken at spaces where there are any. */
export function wrap(text: string, columns_max: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (columnsOf(longer) <= columns_max) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (columnsOf(line) > columns_max) {
      const part = beginning(line, columns_max)
      lines.push(part)
      line = line.slice(part.length)
    }
  }
  return [...lines, line]
}

function beginning(text: string, columns_max: number): string {
  let kept = ''
  let columns = 0
  for (const sign of text) {
    columns += columnsOfSign(sign)
    if (columns > columns_max && kept !== '') break
    kept += sign
  }
  return kept
}

function columnsOfSign(sign: string): number {
  if (WIDE.test(sign)) return 2
  return NONE.test(sign) ? 0 : 1
}
