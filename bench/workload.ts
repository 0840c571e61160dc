/**
 * A workload measures one thing, in databases of its own, and says what it found twice: as
 * figures for machines, as a table for people.
 */
import type { Bench } from './bench.ts'

/** Several values are those of the repeats: their median counts. */
export type Figures = Record<string, number | readonly number[]>

/** What, how much, and what to hold it against. */
export type Row = readonly [what: string, how_much: string, aim?: string]

export type Report = {
  figures: Figures
  settings: Record<string, string | number | boolean>
  table: readonly Row[]
  /** What others take for the same, with a line of ours put on top. */
  peers?: PeersTable
}

export type PeersTable = {
  heads: readonly string[]
  rows: readonly (readonly string[])[]
}

export type Options = {
  /** Of the workloads that are repeated; each has its own default. */
  repeats: number | undefined
  /** Of W8. */
  minutes: number
  /** A fraction of the work, to see that all of it runs: its figures mean nothing. */
  quick: boolean
}

export type Workload = {
  name: string
  title: string
  /** Runs where nobody asked for it by name. */
  by_default: boolean
  run(bench: Bench, options: Options): Promise<Report>
}
