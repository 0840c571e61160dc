/**
 * The figures of a run, as `--json` prints them.
 */
import type { Agreement } from '../score.ts'
import type { Corpus } from './corpora.ts'
import type { Work } from './read_run.ts'
import type { Audited, Reached } from './score_run.ts'

export type Figures = {
  readonly corpus: string
  readonly packages: number
  readonly done: number
  readonly review: number
  /** By a person. */
  readonly rejected: number
  readonly failed: number
  /** Of those done, against what the package declares. */
  readonly agree: number
  readonly disagree: number
  /** Nothing, or nothing that says which licence, is declared. */
  readonly unlabelled: number
  /** The same against the settled labels. */
  readonly settled_agree: number
  readonly settled_disagree: number
  readonly model_calls: number
  readonly tool_calls: number
  readonly tokens: number
  readonly microusd: number
  readonly replans: number
  /** Of this start, from the beginning of the process. */
  readonly elapsed_ms: number
  /** By the register's own log. */
  readonly lost: number
  readonly doubled: number
  /** Steps that were taken for what kills workers. */
  readonly poisoned: number
}

export type Counted = {
  readonly corpus: Corpus
  readonly audited: readonly Audited[]
  readonly work: Work
  readonly reached: Reached
}

export function figuresOf({ corpus, audited, work, reached }: Counted): Figures {
  const statuses = (...wanted: string[]) =>
    audited.filter(({ task }) => wanted.includes(task.status)).length
  const labels = (label: 'declared' | 'settled', wanted: Agreement) =>
    audited.filter((it) => it[label] === wanted).length
  const done = statuses('succeeded')
  const review = statuses('review', 'paused')
  const rejected = statuses('cancelled')
  return {
    corpus: corpus.name,
    packages: corpus.documents.length,
    done,
    review,
    rejected,
    // What an older version of the agent began and this one cannot go on with counts here, too.
    failed: corpus.documents.length - done - review - rejected,
    agree: labels('declared', 'agree'),
    disagree: labels('declared', 'disagree'),
    unlabelled: labels('declared', 'unlabelled'),
    settled_agree: labels('settled', 'agree'),
    settled_disagree: labels('settled', 'disagree'),
    model_calls: work.model_calls,
    tool_calls: work.tool_calls,
    tokens: work.tokens,
    microusd: work.microusd,
    replans: work.replans,
    elapsed_ms: Math.round(performance.now()),
    lost: reached.lost.length,
    doubled: reached.doubled.length,
    poisoned: work.poisoned,
  }
}
