/**
 * Was the agent right?  Its finding is held against the licence the package declares, which it
 * never saw, and against the settled label: what somebody who read the text decided where the
 * declaration is wrong, else the declaration.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { PROJECT_ROOT } from './corpus.ts'
import { mended, sameWay, waysOf } from './expression.ts'

export type Agreement = 'agree' | 'disagree' | 'unlabelled'

const Adjudication = z.strictObject({
  /** name@version: another version is another text. */
  package: z.string().regex(/.@[^@]+$/),
  grants: z.string().refine((grants) => waysOf(grants) !== undefined, 'not an SPDX expression'),
  why: z.string().min(1),
})
export type Adjudication = z.infer<typeof Adjudication>

const Named = z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)])
const Declaration = z.object({
  license: Named.optional().catch(undefined),
  licenses: z
    .union([z.array(Named), Named.transform((one) => [one])])
    .optional()
    .catch(undefined),
})

const POINTS_ELSEWHERE = /^\(?(?:see licen[sc]e|unlicensed\b|licenseref-|none\b|$)/i

/** As an SPDX expression; nothing where none is declared or the declaration points elsewhere. */
export function declaredExpression(manifest: unknown): string | undefined {
  const { license, licenses } = Declaration.catch({}).parse(manifest)
  const names = license === undefined ? (licenses ?? []) : [license]
  // Before mending: spdx-correct takes UNLICENSED, all rights reserved, for the Unlicense.
  if (names.some((name) => POINTS_ELSEWHERE.test(name.trim()))) return undefined
  const parts = names.map(mended)
  const expression = parts.length === 1 ? parts[0] : parts.map((part) => `(${part})`).join(' OR ')
  return expression && waysOf(expression) ? expression : undefined
}

export function declaredLicence(path: string, root: string = PROJECT_ROOT): string | undefined {
  return declaredExpression(JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')))
}

/**
 * Each way the finding names must be one the truth offers.  So naming one side of an OR is
 * right, naming one side of an AND is not, and a finding cannot hedge its way to agreement.
 */
export function agreement(finding: string, truth: string | undefined): Agreement {
  const offered = truth === undefined ? undefined : waysOf(truth)
  if (!offered) return 'unlabelled'
  const found = waysOf(finding)
  if (!found) return 'disagree'
  return found.every((way) => offered.some((other) => sameWay(way, other))) ? 'agree' : 'disagree'
}

export function loadAdjudications(
  file: string = join(import.meta.dirname, 'adjudicated.json'),
): ReadonlyMap<string, Adjudication> {
  const list = z.array(Adjudication).parse(JSON.parse(readFileSync(file, 'utf8')))
  const byPackage = new Map(list.map((entry) => [entry.package, entry]))
  if (byPackage.size < list.length) throw new Error(`${file} settles one package twice`)
  return byPackage
}

export function settledLabel(
  key: string,
  declared: string | undefined,
  adjudications: ReadonlyMap<string, Adjudication>,
): string | undefined {
  return adjudications.get(key)?.grants ?? declared
}
