/**
 * Who was right, and what reached the world: the findings of a run held against the declared and
 * the settled labels, and counted in the register's own log.
 */
import { existsSync } from 'node:fs'
import { countRegister, lostFindings, type RegisterCount } from '../count_register.ts'
import { type Agreement, agreement } from '../score.ts'
import type { Corpus, Document } from './corpora.ts'
import type { TaskRow } from './read_run.ts'

export type Audited = {
  readonly document: Document
  readonly task: TaskRow
  /** Undefined where no finding was made. */
  readonly declared: Agreement | undefined
  readonly settled: Agreement | undefined
}

export function scoreRun(corpus: Corpus, tasks: readonly TaskRow[]): Audited[] {
  const byKey = new Map(tasks.map((task) => [task.key, task]))
  return corpus.documents.flatMap((document) => {
    const task = byKey.get(document.key)
    if (!task) return []
    const licence = task.status === 'succeeded' ? task.finding?.licence : undefined
    return {
      document,
      task,
      declared: licence === undefined ? undefined : agreement(licence, document.declared),
      settled: licence === undefined ? undefined : agreement(licence, document.settled),
    }
  })
}

export type Reached = { readonly lost: readonly string[]; readonly doubled: readonly string[] }

/** Of these documents only; a key that came with two bodies counts whoever it was for. */
export function countReached(audited: readonly Audited[], log_file: string): Reached {
  const count = existsSync(log_file) ? countRegister(log_file) : NOTHING
  const subjects = new Set(audited.map(({ document }) => document.subject))
  const succeeded = audited.filter(({ task }) => task.status === 'succeeded')
  return {
    lost: lostFindings(
      succeeded.map(({ document }) => document.subject),
      count,
    ),
    doubled: count.doubled.filter((it) => subjects.has(it) || !count.applied.has(it)),
  }
}

const NOTHING: RegisterCount = {
  applied: new Map(),
  replayed: 0,
  refused: 0,
  unavailable: 0,
  lost_replies: 0,
  doubled: [],
}
