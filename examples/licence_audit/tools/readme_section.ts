/**
 * What a README says below a heading about its licence, heading included: '## MIT Licensed' is
 * all that some say.  Badges and package names ('# spdx-license-list') are no such heading.
 */
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/
const UNDERLINE = /^(?:=+|-{2,})\s*$/
const FENCE = /^\s*(?:```|~~~)/
const ABOUT_LICENCE = /(?<![-/\w])licen[sc](?:e|es|ed|ing)(?![-/\w])/i
const HEADING_WORDS_MAX = 6
const HEADING_CHARS_MAX = 300

type Line = { readonly text: string; readonly level: number }

export function licenceSection(readme: string): string | undefined {
  const lines = levels(readme.split(/\r?\n/))
  const start = lines.findIndex(({ text, level }) => level > 0 && isAboutLicence(text))
  const heading = lines[start]
  if (!heading) return undefined
  const rest = lines.slice(start + 1)
  const end = rest.findIndex(({ level }) => level > 0 && level <= heading.level)
  const section = end === -1 ? rest : rest.slice(0, end)
  return [heading, ...section]
    .map(({ text }) => text)
    .join('\n')
    .trim()
}

function isAboutLicence(heading: string): boolean {
  const words = heading.replaceAll(/!?\[!?\[[^\]]*\][^\s]*|!\[[^\]]*\]\([^)]*\)/g, '')
  return ABOUT_LICENCE.test(words) && words.trim().split(/\s+/).length <= HEADING_WORDS_MAX
}

/** Level 0 is no heading.  Inside a fence a # is a comment in somebody's shell. */
function levels(lines: readonly string[]): Line[] {
  let fenced = false
  return lines.map((text, index) => {
    if (FENCE.test(text)) fenced = !fenced
    if (fenced || text.length > HEADING_CHARS_MAX) return { text, level: 0 }
    const hashes = HEADING.exec(text)?.[1]
    if (hashes) return { text, level: hashes.length }
    const underlined = text.trim() !== '' && UNDERLINE.test(lines[index + 1] ?? '')
    return { text, level: underlined ? (lines[index + 1]?.startsWith('=') ? 1 : 2) : 0 }
  })
}
