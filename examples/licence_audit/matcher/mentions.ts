/**
 * Licences named rather than quoted: 'MIT © X' or 'Licensed under the Apache License, Version
 * 2.0' in a README.  A name is weaker evidence than a text, so it is reported as its own kind.
 * Many identifiers are everyday words (Ruby, curl, Intel, Vim): those count only next to the
 * word licence.
 */
import type { Reference } from './references.ts'

/** Who names a licence does so early; a long text is no mention. */
const MENTION_CHARS_MAX = 5_000

/** Short names that mean one licence and nothing else, wherever they stand. */
const SAFE_WORDS = new Set(['MIT', 'ISC', 'WTFPL', '0BSD', 'Unlicense'])

const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['apache 2', 'Apache-2.0'],
  ['apache2', 'Apache-2.0'],
  ['asl 2.0', 'Apache-2.0'],
  ['new bsd', 'BSD-3-Clause'],
  ['modified bsd', 'BSD-3-Clause'],
  ['bsd 3-clause', 'BSD-3-Clause'],
  ['3-clause bsd', 'BSD-3-Clause'],
  ['simplified bsd', 'BSD-2-Clause'],
  ['bsd 2-clause', 'BSD-2-Clause'],
  ['2-clause bsd', 'BSD-2-Clause'],
  ['cc0', 'CC0-1.0'],
  ['gplv2', 'GPL-2.0-only'],
  ['gpl 2.0', 'GPL-2.0-only'],
  ['gplv3', 'GPL-3.0-only'],
  ['gpl 3.0', 'GPL-3.0-only'],
  ['agplv3', 'AGPL-3.0-only'],
  ['lgplv3', 'LGPL-3.0-only'],
  ['mpl 2.0', 'MPL-2.0'],
  ['cc by 4.0', 'CC-BY-4.0'],
  ['cc by 3.0', 'CC-BY-3.0'],
  ['blue oak model', 'BlueOak-1.0.0'],
])

export class Mentions {
  /** Longest first, so that 'MIT No Attribution' is not taken for MIT. */
  readonly #names: readonly { name: string; licence: string }[]
  readonly #byId = new Map<string, string>()

  constructor(references: readonly Reference[]) {
    const names = new Map(OTHER_NAMES)
    for (const { licence, name, alsoCalled } of references) {
      for (const id of [licence, ...alsoCalled]) this.#byId.set(id, id)
      // GPL-2.0+ is the retired spelling of GPL-2.0-or-later and has the same name.
      const retired = licence.endsWith('+')
      if (!retired && !names.has(plainName(name))) names.set(plainName(name), licence)
    }
    this.#names = Array.from(names, ([name, licence]) => ({ name, licence }))
      .filter(({ name }) => name.length > 2)
      .sort((a, b) => b.name.length - a.name.length)
  }

  /** Each licence named in the text, once. */
  in(text: string): string[] {
    const prose = withoutMarkup(text.slice(0, MENTION_CHARS_MAX))
    const beside = ` ${licenceNeighbours(prose)} `
    const found = new Set<string>()
    let rest = ` ${plainName(prose)} `
    for (const { name, licence } of this.#names) {
      const where = name.includes(' ') || OTHER_NAMES.has(name) ? rest : beside
      if (!where.includes(` ${name} `)) continue
      found.add(licence)
      rest = rest.replaceAll(` ${name} `, ' · ')
    }
    for (const id of prose.match(/[A-Za-z0-9][A-Za-z0-9.+-]*[A-Za-z0-9+]/g) ?? []) {
      const licence = this.#byId.get(id)
      if (!licence || !(SAFE_WORDS.has(id) || isUnmistakable(id))) continue
      if (rest.includes(` ${id.toLowerCase()} `)) found.add(licence)
    }
    return [...found]
  }
}

/** With a digit and a hyphen it is nobody's everyday word. */
function isUnmistakable(id: string): boolean {
  return /\d/.test(id) && id.includes('-')
}

/** 'The Apache License, Version 2.0' and 'Apache License 2.0' become one: 'apache 2.0'. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.+-]+/g, ' ')
    .replaceAll(/(?<=^|\s)v(?:ersion|\.)?\s*(?=\d)/g, '')
    .replaceAll(/(?<=^|\s)(?:the|licen[sc]e[ds]?)(?=\s|$)/g, ' ')
    .replaceAll(/[.-]+(?=\s|$)|(?<=^|\s)[.-]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** The words just before 'licence' or just after 'under'. */
function licenceNeighbours(prose: string): string {
  const near = /([\w.+-]+)\s+licen[sc]e|under\s+(?:the\s+)?(?:terms\s+of\s+(?:the\s+)?)?([\w+-]+)/gi
  return Array.from(prose.matchAll(near), (hit) => hit[1] ?? hit[2])
    .join(' ')
    .toLowerCase()
}

/** Addresses name licences in passing (badges, links to other projects): only what is read counts. */
function withoutMarkup(text: string): string {
  return text
    .replaceAll(/!\[[^\]]*\]\([^)]*\)/g, ' ')
    .replaceAll(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replaceAll(/^\[[^\]]*\]:.*$/gm, ' ')
    .replaceAll(/<?https?:\/\/\S+/g, ' ')
    .replaceAll(/<[^>]*>|&[a-z]+;|[*_`~]/g, ' ')
}
