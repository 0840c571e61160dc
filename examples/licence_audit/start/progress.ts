/**
 * How far it is, while it runs: at a terminal one line drawn again and again, elsewhere a plain
 * line every two seconds.  It ends when every task has ended or waits for a person.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { colorsFor } from '../../../src/cli/colors.ts'
import { columnsOf, cut } from '../../../src/cli/columns.ts'
import { dollars } from '../../../src/cli/figures.ts'
import type { Corpus } from './corpora.ts'
import type { Postgres } from './postgres.ts'
import { type Progress, readProgress } from './read_run.ts'

const LOOK_MS = 250
const LINE_MS = 2_000
/** The rate is of the last five seconds. */
const RATE_LOOKS = 20
/** PostgreSQL may be restarted under us. */
const SILENCE_MS_MAX = 60_000
const BAR_COLUMNS = 26
const BAR_COLUMNS_MIN = 8
/** Some terminals say that they have none. */
const COLUMNS_DEFAULT = 80

export type Watched = {
  readonly postgres: Postgres
  readonly corpus: Corpus
  readonly stream: NodeJS.WriteStream
  /** Whether the money is spent: the stand-in's calls cost nothing. */
  readonly real: boolean
  /** Aborts the watching; its reason is thrown. */
  readonly signal: AbortSignal
}

export async function watchProgress({ postgres, corpus, stream, real, signal }: Watched) {
  const show = stream.isTTY ? redrawn(stream, real) : lineByLine(stream, real)
  const rate = rateOf()
  let silentSince: number | undefined
  try {
    for (;;) {
      signal.throwIfAborted()
      try {
        const progress = await readProgress(postgres, corpus)
        silentSince = undefined
        const left = leftOf(progress, corpus)
        show(progress, corpus.documents.length, rate(endedOf(progress)), left <= 0)
        if (left <= 0) return
      } catch (error) {
        silentSince ??= performance.now()
        if (performance.now() - silentSince > SILENCE_MS_MAX) throw error
      }
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    if (stream.isTTY) stream.write('\n')
  }
}

type Show = (progress: Progress, total: number, rate: number, last: boolean) => void

function redrawn(stream: NodeJS.WriteStream, real: boolean): Show {
  return (progress, total, rate) => {
    const width = (stream.columns || COLUMNS_DEFAULT) - 1
    const text = cut(textOf(progress, total, rate, real), width)
    // A line that wraps cannot be drawn again.
    const columns = Math.min(width - columnsOf(text) - 2, BAR_COLUMNS)
    const bar = columns < BAR_COLUMNS_MIN ? '' : ` ${barOf(progress, total, columns, stream)} `
    stream.write(`\r\x1b[K${bar}${text}`)
  }
}

function barOf(
  { done, review, rejected, failed }: Progress,
  total: number,
  columns: number,
  stream: NodeJS.WriteStream,
): string {
  const { green, yellow, red, dim } = colorsFor(stream)
  // Each part ends where all up to it do, so that rounding never makes the bar longer.
  const until = (count: number) => (total === 0 ? 0 : Math.round((count / total) * columns))
  const settled = done + rejected
  const first = until(settled)
  const second = until(settled + review)
  const third = until(settled + review + failed)
  return [
    green('█'.repeat(first)),
    yellow('█'.repeat(second - first)),
    red('█'.repeat(third - second)),
    dim('░'.repeat(columns - third)),
  ].join('')
}

function lineByLine(stream: NodeJS.WriteStream, real: boolean): Show {
  let next = performance.now() + LINE_MS
  return (progress, total, rate, last) => {
    if (performance.now() < next && !last) return
    next = performance.now() + LINE_MS
    stream.write(`${textOf(progress, total, rate, real)}\n`)
  }
}

function textOf(progress: Progress, total: number, rate: number, real: boolean): string {
  const { done, review, rejected, failed, microusd } = progress
  return [
    `${done}/${total} done`,
    `${review} waiting for a person`,
    ...(rejected > 0 ? [`${rejected} rejected`] : []),
    `${failed} failed`,
    real ? dollars(microusd) : `~${dollars(microusd)} at list price`,
    `${rate.toFixed(1)} tasks/s`,
  ].join(' · ')
}

/** How many are still to be worked on. */
export function leftOf(progress: Progress, { documents }: Corpus): number {
  return documents.length - endedOf(progress) - progress.stranded
}

function endedOf({ done, review, rejected, failed }: Progress): number {
  return done + review + rejected + failed
}

/** Tasks that ended or came to a person, per second. */
function rateOf(): (ended: number) => number {
  const looks: { at: number; ended: number }[] = []
  return (ended) => {
    looks.push({ at: performance.now(), ended })
    if (looks.length > RATE_LOOKS) looks.shift()
    const [first] = looks
    const last = looks.at(-1)
    if (!first || !last || last.at === first.at) return 0
    return Math.max(0, ((last.ended - first.ended) / (last.at - first.at)) * 1000)
  }
}
