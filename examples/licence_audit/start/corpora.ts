/**
 * The documents of a run, whichever corpus they come from: what goes into the task, and, for the
 * scorer alone, what is true of it.
 */
import { findPackages, spdxExcerpts } from '../corpus.ts'
import { declaredLicence, loadAdjudications, settledLabel } from '../score.ts'
import type { Options } from './options.ts'

export type Document = {
  /** The task's key. */
  readonly key: string
  /** What the register calls it. */
  readonly subject: string
  readonly input: Readonly<Record<string, string>>
  /** What it declares itself to be; withheld from the agent. */
  readonly declared: string | undefined
  /** What somebody who read the text decided where the declaration is wrong, else the same. */
  readonly settled: string | undefined
  readonly settled_by: string
  /** Why the settled label is not the declared one. */
  readonly why: string | undefined
}

export type Corpus = {
  readonly name: Options['corpus']
  readonly machine: string
  /** How people call one of them. */
  readonly noun: string
  readonly documents: readonly Document[]
}

export function openCorpus({ corpus, limit }: Pick<Options, 'corpus' | 'limit'>): Corpus {
  if (corpus === 'spdx') {
    const documents = spdxExcerpts().slice(0, limit).map(excerptDocument)
    return { name: corpus, machine: 'spdx_excerpt', noun: 'excerpt', documents }
  }
  return { name: corpus, machine: 'licence_audit', noun: 'package', documents: packages(limit) }
}

function packages(limit: number | undefined): Document[] {
  const adjudications = loadAdjudications()
  return findPackages()
    .slice(0, limit)
    .map(({ key, ...input }) => {
      const declared = declaredLicence(input.path)
      const adjudicated = adjudications.get(key)
      return {
        key,
        subject: key,
        input,
        declared,
        settled: settledLabel(key, declared, adjudications),
        settled_by: adjudicated ? 'adjudicated' : 'package.json declaration',
        why: adjudicated?.why,
      }
    })
}

function excerptDocument(entry: ReturnType<typeof spdxExcerpts>[number]): Document {
  const { key, subject, excerpt, licence } = entry
  return {
    key,
    subject,
    input: { subject, excerpt },
    declared: licence,
    settled: licence,
    settled_by: 'the SPDX text it was cut from',
    why: undefined,
  }
}
