/**
 * The SPDX reference texts, turned inside out once: for each pair of neighbouring words, the
 * references that hold it.  Comparing a text with all 727 is then one walk over its own pairs
 * (about a millisecond) instead of 727 set intersections.  Numbers instead of strings keep the
 * index near 15 MB in every worker.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { words } from './words.ts'

export type Reference = {
  readonly licence: string
  readonly name: string
  /** Other identifiers with the same words, such as GPL-2.0 and GPL-2.0-or-later. */
  readonly alsoCalled: readonly string[]
  readonly pairs: Uint32Array
}

export type Pairs = {
  /** Pairs some reference knows, by number. */
  readonly known: ReadonlySet<number>
  /** All distinct pairs of the text, known or not. */
  readonly count: number
}

export type SpdxText = { readonly licence: string; readonly name: string; readonly text: string }

const SpdxFile = z.object({ name: z.string(), licenseText: z.string() })

/**
 * In the order of their identifiers.  One file at a time: the package's one big file leaves
 * 40 MB of garbage behind in every worker.
 */
export function* spdxTexts(): Generator<SpdxText> {
  const list = createRequire(import.meta.url).resolve('spdx-license-list/spdx-simple.json')
  // The folder of texts also holds an exception, which is no licence: the list decides.
  const licences = z.array(z.string()).parse(JSON.parse(readFileSync(list, 'utf8')))
  for (const licence of licences.sort()) {
    const file = join(dirname(list), 'licenses', `${licence}.json`)
    const { name, licenseText } = SpdxFile.parse(JSON.parse(readFileSync(file, 'utf8')))
    yield { licence, name, text: licenseText }
  }
}

export class References {
  readonly all: readonly Reference[]
  readonly #wordNumbers = new Map<string, number>()
  readonly #pairNumbers = new Map<number, number>()
  /** The references that hold pair n stand at #holders[#starts[n] .. #starts[n + 1]). */
  readonly #starts: Uint32Array
  readonly #holders: Uint16Array

  constructor(texts: Iterable<SpdxText>) {
    this.all = this.#number(texts)
    const starts = new Uint32Array(this.#pairNumbers.size + 1)
    for (const { pairs } of this.all) for (const pair of pairs) add(starts, pair + 1, 1)
    for (const pair of starts.keys()) if (pair > 0) add(starts, pair, starts[pair - 1] ?? 0)
    const next = starts.slice()
    this.#holders = new Uint16Array(starts.at(-1) ?? 0)
    for (const [index, { pairs }] of this.all.entries()) {
      for (const pair of pairs) {
        this.#holders[next[pair] ?? 0] = index
        add(next, pair, 1)
      }
    }
    this.#starts = starts
  }

  pairsOf(text: string): Pairs {
    const known = new Set<number>()
    const strange = new Set<string>()
    let before: string | undefined
    for (const word of words(text)) {
      if (before !== undefined) {
        const pair = this.#pairNumber(before, word)
        if (pair === undefined) strange.add(`${before} ${word}`)
        else known.add(pair)
      }
      before = word
    }
    return { known, count: known.size + strange.size }
  }

  /** For each reference, how many of these pairs it holds. */
  shared(pairs: Iterable<number>): Uint16Array {
    const counts = new Uint16Array(this.all.length)
    for (const pair of pairs) {
      const end = this.#starts[pair + 1] ?? 0
      for (let at = this.#starts[pair] ?? end; at < end; at++)
        add(counts, this.#holders[at] ?? 0, 1)
    }
    return counts
  }

  #pairNumber(first: string, second: string): number | undefined {
    const a = this.#wordNumbers.get(first)
    const b = this.#wordNumbers.get(second)
    return a === undefined || b === undefined ? undefined : this.#pairNumbers.get(pairKey(a, b))
  }

  #number(texts: Iterable<SpdxText>): Reference[] {
    const sameWords = new Map<string, Reference & { alsoCalled: string[] }>()
    for (const { licence, name, text } of texts) {
      for (const [index, body] of bodies(text).entries()) {
        const list = words(body)
        const fingerprint = index === 0 ? list.join(' ') : `${licence} without its appendix`
        const twin = sameWords.get(fingerprint)
        if (twin) twin.alsoCalled.push(licence)
        else sameWords.set(fingerprint, { licence, name, alsoCalled: [], pairs: this.#learn(list) })
      }
    }
    return [...sameWords.values()].map(preferCurrentName)
  }

  #learn(list: readonly string[]): Uint32Array {
    const pairs = new Set<number>()
    const numbers = list.map((word) => numberOf(this.#wordNumbers, word))
    for (const [index, second] of numbers.entries()) {
      const first = numbers[index - 1]
      if (first !== undefined) pairs.add(numberOf(this.#pairNumbers, pairKey(first, second)))
    }
    return Uint32Array.from(pairs)
  }
}

function add(numbers: Uint16Array | Uint32Array, index: number, more: number): void {
  numbers[index] = (numbers[index] ?? 0) + more
}

const pairKey = (first: number, second: number): number => first * 2 ** 20 + second

function numberOf<Key>(numbers: Map<Key, number>, key: Key): number {
  const known = numbers.get(key)
  if (known !== undefined) return known
  numbers.set(key, numbers.size)
  return numbers.size - 1
}

/** A licence is shipped with or without its "how to apply" appendix: both are the licence. */
function bodies(text: string): string[] {
  const end = /end of terms and conditions/i.exec(text)
  return end && end.index > text.length / 2 ? [text, text.slice(0, end.index)] : [text]
}

/** GPL-2.0 is a retired name of GPL-2.0-only; elsewhere the shortest name is the plain one. */
function preferCurrentName(reference: Reference): Reference {
  const names = [reference.licence, ...reference.alsoCalled]
  const rank = (name: string) => name.length + (name.endsWith('-only') ? 0 : 100)
  const [licence = reference.licence, ...alsoCalled] = names.toSorted((a, b) => rank(a) - rank(b))
  return { ...reference, licence, alsoCalled }
}

let references: References | undefined

export function spdxReferences(): References {
  references ??= new References(spdxTexts())
  return references
}
