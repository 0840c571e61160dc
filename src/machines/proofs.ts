/**
 * What a chart proves about its machine without running it.  None of these stops a registration:
 * they are stored with the chart, so that whoever wonders why a task waits for ever finds them.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { readAction } from './actions.ts'
import type { ChartEdge, ChartState } from './chart.ts'
import { byPlace, type Configuration, type Exploration } from './explore.ts'
import {
  activeAt,
  candidates,
  descriptorsAt,
  matches,
  NEW,
  nameOfNode,
  nodesOf,
  transitionsOf,
} from './nodes.ts'

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
    ...circling(machine, found, moves),
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

/**
 * Timers that lead in a circle through states that ask for no step: nothing there costs budget,
 * so only a deadline or somebody from outside could ever end it.
 */
function circling(machine: AnyStateMachine, found: Exploration, moves: ChartEdge[]): string[] {
  const timed = timedIn(machine)
  const places = new Map(inPlaces(found).map((place) => [place.name, place]))
  const idle = (state: string) =>
    !activeAt(places.get(state)?.leaves ?? []).some((node) => node.invoke.length > 0)
  let round = moves.filter(
    ({ from_state, to_state, event }) =>
      (event.startsWith('xstate.after.') || timed.has(event)) &&
      idle(from_state) &&
      idle(to_state) &&
      (from_state !== to_state || reenters(places.get(from_state), event)),
  )
  // Whoever is not both left and reached is on no circle.
  for (let size = -1; size !== round.length; ) {
    size = round.length
    const reached = new Set(round.map((move) => move.to_state))
    const left = new Set(round.map((move) => move.from_state))
    round = round.filter((move) => reached.has(move.from_state) && left.has(move.to_state))
  }
  const names = some([...new Set(round.map((move) => move.from_state))])
  if (names.length === 0) return []
  return [`timers lead in a circle that passes no step, so no budget ends it: ${names.join(', ')}`]
}

/** The types of events that the machine sends itself later. */
function timedIn(machine: AnyStateMachine): Set<string> {
  const actions = nodesOf(machine.root).flatMap((node) => [
    ...node.entry,
    ...node.exit,
    ...transitionsOf(node).flatMap((transition) => [...transition.actions]),
  ])
  const meanings = actions.map((action) => readAction(machine, action).meaning)
  return new Set(
    meanings.flatMap((it) =>
      it.kind === 'raise' && it.delay !== undefined ? (it.type ?? []) : [],
    ),
  )
}

function reenters(place: Configuration | undefined, event: string): boolean {
  const nodes = activeAt(place?.leaves ?? [])
  return nodes.flatMap((node) => candidates(node, event)).some(({ reenter }) => reenter)
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
