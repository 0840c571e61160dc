/** A workload's report, as one line of JSON or as tables for a person. */
import { fit } from '../src/cli/columns.ts'
import { median, rounded } from './figures.ts'
import { PEERS_NOTE } from './peers.ts'
import type { Figures, PeersTable, Report, Workload } from './workload.ts'

export function jsonLine({ name }: Workload, { figures, settings }: Report): string {
  return JSON.stringify({ workload: name, ...flat(figures), settings })
}

/** Repeats become their median, with the range beside it. */
function flat(figures: Figures): Record<string, number> {
  const entries = Object.entries(figures).flatMap(([name, value]): [string, number][] => {
    if (typeof value === 'number') return [[name, rounded(value)]]
    const range: [string, number][] = [
      [`${name}_min`, rounded(Math.min(...value))],
      [`${name}_max`, rounded(Math.max(...value))],
    ]
    return [[name, rounded(median(value))], ...(value.length > 1 ? range : [])]
  })
  return Object.fromEntries(entries)
}

const WHAT_COLUMNS = 36
const FIGURE_COLUMNS = 28

export function printed({ name, title }: Workload, { table, peers, settings }: Report): string {
  const rows = table.map(([what, how_much, aim]) => {
    const asked = aim === undefined ? '' : `(${aim})`
    return `  ${fit(what, WHAT_COLUMNS)} ${how_much.padEnd(FIGURE_COLUMNS)} ${asked}`.trimEnd()
  })
  const set = Object.entries(settings).map(([key, value]) => `${key} ${value}`)
  const head = [`${name}  ${title}`, `  ${set.join(', ')}`]
  return [...head, ...rows, ...(peers ? peersLines(peers) : []), ''].join('\n')
}

function peersLines({ heads, rows }: PeersTable): string[] {
  const all = [heads, ...rows]
  const widths = heads.map((_, index) => Math.max(...all.map((it) => it[index]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) =>
        index === 0 ? fit(cell, widths[0] ?? 0) : cell.padStart(widths[index] ?? 0),
      )
      .join('  ')
  return ['', ...all.map((cells) => `  ${line(cells)}`), `  ${PEERS_NOTE}`]
}
