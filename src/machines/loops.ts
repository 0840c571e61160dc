/**
 * Loops that nothing ends: of moves that the machine makes by itself (a delay is over, a step has
 * answered), where no step is done, or none that a budget counts.  What needs an event from
 * outside to go round is in somebody's hands and is left out.
 */
import type { Chart, ChartEdge } from './chart_rows.ts'

const OWN = /^xstate\./
const told_max = 12

export function loopsOf(chart: Pick<Chart, 'states' | 'edges'>, budgeted: boolean): string[] {
  const idle = new Set(chart.states.filter((it) => it.invokes.length === 0).map((it) => it.state))
  const own = chart.edges.filter((it) => it.kind === 'machine' && OWN.test(it.event))
  const steps = own.filter((it) => !idle.has(it.from_state) || !idle.has(it.to_state))
  const free = own.filter((it) => idle.has(it.from_state) && idle.has(it.to_state))
  const empty = circlesIn(free).map(
    (loop) => `the loop ${textOf(loop)} passes no step, so no budget ends it`,
  )
  if (budgeted) return empty
  const passed = circlesIn([...free, ...steps]).filter((loop) => loop.some((it) => !idle.has(it)))
  return [
    ...empty,
    ...passed.map(
      (loop) => `the loop ${textOf(loop)} passes no budgeted step: the machine has no budget`,
    ),
  ]
}

function textOf(loop: readonly string[]): string {
  const shown = loop.length > told_max ? [...loop.slice(0, told_max), '…'] : loop
  return [...shown, loop[0]].map((it) => `'${it}'`).join(' → ')
}

/** One circle of each group of states that circles join. */
function circlesIn(edges: readonly ChartEdge[]): string[][] {
  const after = new Map<string, Set<string>>()
  for (const { from_state, to_state } of edges) {
    after.set(from_state, (after.get(from_state) ?? new Set()).add(to_state))
  }
  const seen = new Set<string>()
  const circles: string[][] = []
  for (const start of after.keys()) {
    if (seen.has(start)) continue
    const circle = circleFrom(start, after, seen)
    if (circle) circles.push(circle)
  }
  return circles
}

/** A walk in depth; what it has seen to its end is on no further circle. */
function circleFrom(
  start: string,
  after: ReadonlyMap<string, ReadonlySet<string>>,
  seen: Set<string>,
): string[] | undefined {
  const path: string[] = []
  const todo = [{ state: start, depth: 0 }]
  let found: string[] | undefined
  for (let at = todo.pop(); at; at = todo.pop()) {
    path.length = at.depth
    const met = path.indexOf(at.state)
    if (met >= 0) found ??= path.slice(met)
    if (seen.has(at.state)) continue
    seen.add(at.state)
    path.push(at.state)
    for (const state of after.get(at.state) ?? []) todo.push({ state, depth: path.length })
  }
  return found
}
