/**
 * How far it is, while it runs: at a terminal one line drawn again and again, elsewhere a plain
 * line every two seconds.  It ends when every task has ended or waits for a person.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { colorsFor } from '../../../src/cli/colors.ts'
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

export type Watched = {
  readonly postgres: Postgres
  readonly corpus: Corpus
  readonly stream: NodeJS.WriteStream
  /** Aborts the watching; its reason is thrown. */
  readonly signal: AbortSignal
}

export async function watchProgress({ postgres, corpus, stream, signal }: Watched) {
  const show = stream.isTTY ? redrawn(stream) : lineByLine(stream)
  const rate = rateOf()
  let silentSince: number | undefined
  try {
    for (;;) {
      signal.throwIfAborted()
      try {
        const progress = await readProgress(postgres, corpus)
        silentSince = undefined
        const ended = endedOf(progress)
        const left = corpus.documents.length - ended - progress.stranded
        show(progress, corpus.documents.length, rate(ended), left <= 0)
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

function redrawn(stream: NodeJS.WriteStream): Show {
  const { green, yellow, red, dim } = colorsFor(stream)
  return (progress, total, rate) => {
    const { done, review, failed } = progress
    const [columns = 0, reviewing = 0, failing = 0] = [done, review, failed].map((count) =>
      total === 0 ? 0 : Math.round((count / total) * BAR_COLUMNS),
    )
    const rest = Math.max(BAR_COLUMNS - columns - reviewing - failing, 0)
    const bar =
      green('█'.repeat(columns)) +
      yellow('█'.repeat(reviewing)) +
      red('█'.repeat(failing)) +
      dim('░'.repeat(rest))
    stream.write(`\r\x1b[K ${bar} ${textOf(progress, total, rate)}`)
  }
}

function lineByLine(stream: NodeJS.WriteStream): Show {
  let next = performance.now() + LINE_MS
  return (progress, total, rate, last) => {
    if (performance.now() < next && !last) return
    next = performance.now() + LINE_MS
    stream.write(`${textOf(progress, total, rate)}\n`)
  }
}

function textOf({ done, review, failed, microusd }: Progress, total: number, rate: number): string {
  return [
    `${done}/${total} done`,
    `${review} waiting for a person`,
    `${failed} failed`,
    dollars(microusd),
    `${rate.toFixed(1)} tasks/s`,
  ].join(' · ')
}

export function endedOf({ done, review, failed }: Progress): number {
  return done + review + failed
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
