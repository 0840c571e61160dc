/**
 * SPDX expressions as the ways they can be satisfied: 'MIT OR Apache-2.0' can be in two, 'MIT
 * AND CC-BY-4.0' in one that takes both.  Identifiers whose texts are the same words are one
 * licence here, since a text cannot tell GPL-2.0-only from GPL-2.0-or-later.
 */
import correct from 'spdx-correct'
import parse from 'spdx-expression-parse'

/** One way: all of these at once, an exception as part of its licence's name. */
export type Way = ReadonlySet<string>

/** Sixty-four ways are more than any real package offers. */
const WAYS_MAX = 64

/** Nothing where it is not an expression. */
export function waysOf(expression: string): Way[] | undefined {
  const tree = parsed(expression)
  const ways = tree && walk(tree)
  return ways && ways.length <= WAYS_MAX ? ways : undefined
}

/** People write 'Apache 2' in a manifest.  Only what they declare is mended, by a guess. */
export function mended(expression: string): string | undefined {
  if (parsed(expression)) return expression
  return (expression.trim() && correct(expression)) || undefined
}

export function sameWay(a: Way, b: Way): boolean {
  return a.size === b.size && [...a].every((licence) => b.has(licence))
}

/** The name of the text: GPL-2.0+, GPL-2.0-only and GPL-2.0-or-later are all GPL-2.0. */
export function textName(licence: string): string {
  return licence
    .replace(
      /^((?:AGPL|LGPL|GPL|GFDL)-[\d.]+)(?:-(?:no-)?invariants)?(?:-only|-or-later|\+)?$/,
      '$1',
    )
    .replace(/^(OFL-1\.[01])-(?:no-)?RFN$/, '$1')
    .replace(/^MPL-2\.0-no-copyleft-exception$/, 'MPL-2.0')
    .replace(/^CAL-1\.0-Combined-Work-Exception$/, 'CAL-1.0')
    .replace(/^StandardML-NJ$/, 'SMLNJ')
    .replace(/^zlib-acknowledgement$/, 'Nunit')
}

type Tree = ReturnType<typeof parse>

function parsed(expression: string): Tree | undefined {
  try {
    return parse(expression.trim())
  } catch {
    return undefined
  }
}

function walk(tree: Tree): Way[] {
  if ('license' in tree) {
    const name = textName(tree.license)
    return [new Set([tree.exception ? `${name} WITH ${tree.exception}` : name])]
  }
  const left = walk(tree.left)
  const right = walk(tree.right)
  if (tree.conjunction === 'or') return [...left, ...right]
  return left.flatMap((a) => right.map((b) => new Set([...a, ...b])))
}
