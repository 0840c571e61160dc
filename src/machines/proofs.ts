/**
 * What a chart proves about its machine without running it.  None of these stops a registration:
 * they are stored with the chart, so that whoever wonders why a task waits for ever finds them.
 */
import type { AnyStateMachine } from 'xstate'
import type { ChartEdge, ChartState } from './chart.ts'
import type { Exploration } from './explore.ts'
import { NEW, nameOfNode, nodesOf } from './nodes.ts'

type Drawn = { states: ChartState[]; edges: ChartEdge[] }

export function warningsOf(machine: AnyStateMachine, found: Exploration, drawn: Drawn): string[] {
  const moves = drawn.edges.filter((edge) => edge.kind === 'machine')
  const live = drawn.states.filter((state) => !state.final && state.state !== NEW)
  return [
    ...unreachable(machine, found),
    ...uncaught(live),
    ...stuck(live, moves),
    ...endless(drawn.states, live, moves),
  ]
}

function unreachable(machine: AnyStateMachine, found: Exploration): string[] {
  return nodesOf(machine.root)
    .filter((node) => node.type !== 'history' && !found.entered.has(node))
    .filter((node) => !node.parent || found.entered.has(node.parent))
    .map((node) => `state '${nameOfNode(node)}' cannot be reached`)
}

function uncaught(live: ChartState[]): string[] {
  return live.flatMap(({ state, invokes }) =>
    invokes
      .filter((invoke) => !invoke.catches)
      .map(
        ({ src }) => `state '${state}' invokes '${src}' without onError: an error stops the task`,
      ),
  )
}

function stuck(live: ChartState[], moves: ChartEdge[]): string[] {
  return live
    .filter(({ state }) => !leads(state, moves))
    .map(({ state }) => `state '${state}' is a dead end: not final, and nothing leads out of it`)
}

function leads(state: string, moves: ChartEdge[]): boolean {
  return moves.some((move) => move.from_state === state && move.to_state !== state)
}

/** Walks backwards from the final states; who is not met never ends. */
function endless(states: ChartState[], live: ChartState[], moves: ChartEdge[]): string[] {
  const ending = new Set(states.filter((state) => state.final).map((state) => state.state))
  if (ending.size === 0) return ['no final state can be reached: a task never ends']
  const into = Map.groupBy(moves, (move) => move.to_state)
  const todo = [...ending]
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    for (const { from_state } of into.get(state) ?? []) {
      if (!ending.has(from_state)) todo.push(from_state)
      ending.add(from_state)
    }
  }
  return live
    .filter(({ state }) => !ending.has(state) && leads(state, moves))
    .map(({ state }) => `no final state can be reached from state '${state}'`)
}
