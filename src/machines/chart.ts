/**
 * A machine as rows: the states it can rest in and every edge between them.  The database has a
 * foreign key from the diary to these edges, so the numbers must not depend on anything but the
 * chart: the engine's own edges first, then the machine's, all in document order.  What is newer
 * than the first release (forks) comes last, so that no older edge changes its number.
 */
import type { AnyStateMachine } from 'xstate'
import { admit } from './admit.ts'
import type { Chart, ChartEdge, ChartState, Outcome } from './chart_rows.ts'
import { plain } from './definition.ts'
import {
  byPlace,
  type Configuration,
  type Exploration,
  edges_max,
  explore,
  type Macrostep,
  tooLarge,
} from './explore.ts'
import { activeAt, descriptorsAt, matches, NEW } from './nodes.ts'
import { warningsOf } from './proofs.ts'

/** What an operator may do to a task in any state it has not ended in. */
const ENGINE_EVENTS = ['pawl.stopped', 'pawl.retried', 'pawl.cancelled']

/** Draws the chart, or refuses the machine (PW603). */
export function chartOf(machine: AnyStateMachine): Chart {
  admit(machine)
  const found = explore(machine)
  const resting = [...found.resting].sort(byPlace)
  const states = [NEW_STATE, ...resting.map(stateOf)]
  const edges = [
    ...engineEdges(found, resting),
    ...machineEdges(found),
    ...resting.filter((it) => !it.done).map((it) => engineEdge(NEW, 'pawl.forked', it.name)),
  ]
  if (edges.length > edges_max) throw tooLarge(machine, `${edges_max} edges`)
  const numbered = edges.map((edge, edge_no) => ({ edge_no, ...edge }))
  const events = numbered.filter((edge) => edge.kind === 'machine').map((edge) => edge.event)
  return {
    machine: machine.id,
    states,
    edges: numbered,
    warnings: warningsOf(machine, found, { states, edges: numbered }),
    takes: [...new Set(events)].filter((event) => !event.startsWith('xstate.')),
  }
}

const NEW_STATE: ChartState = {
  state: NEW,
  final: false,
  outcome: null,
  tags: [],
  meta: {},
  invokes: [],
}

function stateOf({ name, leaves, done }: Configuration): ChartState {
  const nodes = activeAt(leaves)
  const tags = [...new Set(nodes.flatMap((node) => node.tags))]
  const answers = descriptorsAt(leaves)
  const invokes = nodes.flatMap((node) => node.invoke)
  return {
    state: name,
    final: done,
    outcome: done ? outcomeOf(tags) : null,
    tags,
    meta: Object.fromEntries(
      nodes.flatMap((node) => (node.meta === undefined ? [] : [[node.id, plain(node.meta)]])),
    ),
    invokes: invokes.map(({ id, src }) => ({
      actor_id: id,
      src: String(src),
      catches: answers.some((it) => matches(`xstate.error.actor.${id}`, it)),
    })),
  }
}

function outcomeOf(tags: string[]): Outcome {
  if (tags.includes('failed')) return 'failed'
  return tags.includes('cancelled') ? 'cancelled' : 'succeeded'
}

type Edge = Omit<ChartEdge, 'edge_no'>

function engineEdge(from_state: string, event: string, to_state: string): Edge {
  return { from_state, event, to_state, kind: 'engine' }
}

function engineEdges(found: Exploration, resting: Configuration[]): Edge[] {
  const live = resting.filter((it) => !it.done)
  return [
    engineEdge(NEW, 'pawl.created', NEW),
    ...[...found.first].sort(byPlace).map((it) => engineEdge(NEW, 'pawl.started', it.name)),
    ...[...live.map(({ name }) => name), NEW].flatMap((state) =>
      ENGINE_EVENTS.map((event) => engineEdge(state, event, state)),
    ),
  ]
}

function machineEdges(found: Exploration): Edge[] {
  const events = new Map([...found.resting].map((it) => [it, descriptorsAt(it.leaves)]))
  const rank = (step: Macrostep) => events.get(step.from)?.indexOf(step.event) ?? 0
  return found.steps
    .sort((a, b) => byPlace(a.from, b.from) || rank(a) - rank(b) || byPlace(a.to, b.to))
    .map(({ from, event, to }) => ({
      from_state: from.name,
      event,
      to_state: to.name,
      kind: 'machine',
    }))
}
