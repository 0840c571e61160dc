/**
 * What a chart proves about its machine without running it.  None of these stops a registration:
 * they are stored with the chart, so that whoever wonders why a task waits for ever finds them.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import type { ChartEdge, ChartState } from './chart_rows.ts'
import { byPlace, type Configuration, type Exploration } from './explore.ts'
import { activeAt, descriptorsAt, matches, NEW, nameOfNode, nodesOf } from './nodes.ts'

type Drawn = { states: ChartState[]; edges: ChartEdge[] }

/** Regions multiply states, and with them what is said of each. */
const examples_max = 20

export function warningsOf(machine: AnyStateMachine, found: Exploration, drawn: Drawn): string[] {
  const moves = drawn.edges.filter((edge) => edge.kind === 'machine')
  const live = drawn.states.filter((state) => !state.final && state.state !== NEW)
  const away = moves.filter((move) => move.from_state !== move.to_state)
  const left = new Set(away.map((move) => move.from_state))
  return [
    ...unreachable(machine, found),
    ...uncaught(found),
    ...stuck(live, left),
    ...endless(drawn.states, left, moves),
  ]
}

function unreachable(machine: AnyStateMachine, found: Exploration): string[] {
  return nodesOf(machine.root)
    .filter((node) => node.type !== 'history' && !found.entered.has(node))
    .filter((node) => !node.parent || found.entered.has(node.parent))
    .map((node) => `state '${nameOfNode(node)}' cannot be reached`)
}

/** The state that invokes is named, however many states of other regions it meets. */
function uncaught(found: Exploration): string[] {
  const invoking = inPlaces(found).flatMap(({ leaves }) => {
    const answers = descriptorsAt(leaves)
    return activeAt(leaves).flatMap((node) =>
      node.invoke
        .filter(({ id }) => !answers.some((it) => matches(`xstate.error.actor.${id}`, it)))
        .map(({ src }) => `${standing(node)} invokes '${src}'`),
    )
  })
  return [...new Set(invoking)].map((it) => `${it} without onError: an error stops the task`)
}

function stuck(live: ChartState[], left: ReadonlySet<string>): string[] {
  return some(live.map(({ state }) => state).filter((state) => !left.has(state))).map(
    (states) => `${states} is a dead end: not final, and nothing leads out of it`,
  )
}

/** Walks backwards from the final states; who is not met never ends. */
function endless(states: ChartState[], left: ReadonlySet<string>, moves: ChartEdge[]): string[] {
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
  const lost = states.map(({ state }) => state).filter((state) => !ending.has(state))
  return some(lost.filter((state) => left.has(state))).map(
    (state) => `no final state can be reached from ${state}`,
  )
}

function inPlaces(found: Exploration): Configuration[] {
  return [...found.resting].sort(byPlace)
}

function standing(node: AnyStateNode): string {
  return node.parent ? `state '${nameOfNode(node)}'` : 'the machine'
}

/** The first of them, and how many more there are. */
function some(states: string[]): string[] {
  const named = states.slice(0, examples_max).map((state) => `state '${state}'`)
  const more = states.length - named.length
  return more > 0 ? [...named, `each of ${more} more states`] : named
}
