/**
 * The documents: every package installed here, and for a harder question 60-word excerpts of
 * the SPDX texts.  Nested copies count, since another version may come under another licence;
 * the same version found twice is one document.
 */
import { createHash } from 'node:crypto'
import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { spdxTexts } from './matcher/references.ts'

export type CorpusPackage = {
  /** name@version, the task's key. */
  readonly key: string
  readonly package: string
  readonly version: string
  /** From the project's root. */
  readonly path: string
}

export type CorpusExcerpt = {
  /** spdx:<id>, the task's key. */
  readonly key: string
  /** What the agent may call it: a name that tells nothing of the answer. */
  readonly subject: string
  readonly excerpt: string
  /** The truth.  For the scorer, never for the agent. */
  readonly licence: string
}

const EXCERPT_WORDS = 60
export const PROJECT_ROOT = dirname(dirname(import.meta.dirname))

const Identity = z.object({ name: z.string().min(1), version: z.string().min(1) })

export function findPackages(root: string = PROJECT_ROOT): CorpusPackage[] {
  const found = new Map<string, CorpusPackage>()
  const folders = packageFolders(join(root, 'node_modules'))
  for (const folder of folders.toSorted((a, b) => a.length - b.length || compare(a, b))) {
    const identity = identityOf(folder)
    if (!identity) continue
    const { name, version } = identity
    const key = `${name}@${version}`
    if (found.has(key)) continue
    found.set(key, { key, package: name, version, path: relative(root, folder) })
  }
  return [...found.values()].sort((a, b) => compare(a.key, b.key))
}

export function spdxExcerpts(seed = 1): CorpusExcerpt[] {
  return Array.from(spdxTexts()).flatMap(({ licence, text }) => {
    const digest = createHash('sha256').update(`${seed}:${licence}`).digest()
    const excerpt = excerptOf(text, digest.readUInt32BE())
    if (excerpt === undefined) return []
    const subject = `excerpt-${digest.toString('hex').slice(-12)}`
    return [{ key: `spdx:${licence}`, subject, excerpt, licence }]
  })
}

/** Cut from the raw text, line breaks and all, as someone would paste it. */
function excerptOf(text: string, chance: number): string | undefined {
  const words = [...text.matchAll(/\S+/g)]
  const choices = words.length - EXCERPT_WORDS + 1
  if (choices < 1) return undefined
  const first = chance % choices
  const last = words[first + EXCERPT_WORDS - 1]
  return last && text.slice(words[first]?.index, last.index + last[0].length)
}

/** Links are left out: what they point to is either found elsewhere or not installed here. */
function packageFolders(modules: string): string[] {
  return folders(modules).flatMap(({ name }) => {
    const inside = join(modules, name)
    const packages = name.startsWith('@')
      ? folders(inside).map((entry) => join(inside, entry.name))
      : [inside]
    return packages.flatMap((folder) => [folder, ...packageFolders(join(folder, 'node_modules'))])
  })
}

function folders(folder: string): Dirent[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.'),
  )
}

function identityOf(folder: string): z.infer<typeof Identity> | undefined {
  try {
    return Identity.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  } catch {
    return undefined
  }
}

/** By code unit, so that the order is the same under every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
