/**
 * A machine as rows: the states it can rest in and every edge between them.  The database has a
 * foreign key from the diary to these edges, so the numbers must not depend on anything but the
 * chart: the engine's own edges first, then the machine's, all in document order.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { Refusal } from '../refusal.ts'
import { admit } from './admit.ts'
import { type Exploration, edges_max, explore, type Macrostep } from './explore.ts'
import { descriptorsAt, isMachineFinal, matches, NEW, nameOfNode, pathOf } from './nodes.ts'
import { warningsOf } from './proofs.ts'

export type Outcome = 'succeeded' | 'failed' | 'cancelled'

export type ChartState = {
  state: string
  final: boolean
  outcome: Outcome | null
  tags: string[]
  invokes: { actor_id: string; src: string; catches: boolean }[]
}

export type ChartEdge = {
  edge_no: number
  from_state: string
  event: string
  to_state: string
  kind: 'machine' | 'engine'
}

export type Chart = {
  machine: string
  states: ChartState[]
  edges: ChartEdge[]
  warnings: string[]
  /** Event descriptors that some state takes, XState's own left out. */
  takes: string[]
}

/** What an operator may do to a task in any state it has not ended in. */
const ENGINE_EVENTS = ['pawl.stopped', 'pawl.retried', 'pawl.cancelled']

/** Draws the chart, or refuses the machine (PW603). */
export function chartOf(machine: AnyStateMachine): Chart {
  admit(machine)
  const found = explore(machine)
  const states = [NEW_STATE, ...inOrder(found.resting).map(stateOf)]
  const edges = [...engineEdges(found), ...machineEdges(found), ...forkEdges(found)]
  if (edges.length > edges_max) throw tooManyEdges(machine, edges.length)
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

const NEW_STATE: ChartState = { state: NEW, final: false, outcome: null, tags: [], invokes: [] }

function inOrder(leaves: Iterable<AnyStateNode>): AnyStateNode[] {
  return [...leaves].sort((a, b) => a.order - b.order)
}

function stateOf(leaf: AnyStateNode): ChartState {
  const final = isMachineFinal(leaf)
  const path = pathOf(leaf).reverse()
  const tags = [...new Set(path.flatMap((node) => node.tags))]
  const answers = descriptorsAt(leaf)
  const invokes = path.flatMap((node) => node.invoke)
  return {
    state: nameOfNode(leaf),
    final,
    outcome: final ? outcomeOf(tags) : null,
    tags,
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

function engineEdges(found: Exploration): Edge[] {
  const live = inOrder(found.resting).filter((leaf) => !isMachineFinal(leaf))
  const own = (from_state: string, event: string, to_state: string): Edge => ({
    from_state,
    event,
    to_state,
    kind: 'engine',
  })
  return [
    own(NEW, 'pawl.created', NEW),
    ...inOrder(found.first).map((leaf) => own(NEW, 'pawl.started', nameOfNode(leaf))),
    ...[...live.map(nameOfNode), NEW].flatMap((state) =>
      ENGINE_EVENTS.map((event) => own(state, event, state)),
    ),
  ]
}

function forkEdges(found: Exploration): Edge[] {
  const live = inOrder(found.resting).filter((leaf) => !isMachineFinal(leaf))
  return live.map((leaf) => ({
    from_state: NEW,
    event: 'pawl.forked',
    to_state: nameOfNode(leaf),
    kind: 'engine',
  }))
}

function machineEdges(found: Exploration): Edge[] {
  const places = new Map(inOrder(found.resting).map((leaf) => [leaf, descriptorsAt(leaf)]))
  const rank = (step: Macrostep) => places.get(step.from)?.indexOf(step.event) ?? 0
  return found.steps
    .sort((a, b) => a.from.order - b.from.order || rank(a) - rank(b) || a.to.order - b.to.order)
    .map(({ from, event, to }) => ({
      from_state: nameOfNode(from),
      event,
      to_state: nameOfNode(to),
      kind: 'machine',
    }))
}

function tooManyEdges(machine: AnyStateMachine, count: number): Refusal {
  return new Refusal(
    'PW603',
    `machine '${machine.id}' has ${count} edges; at most ${edges_max} are kept`,
    'split it into several machines, or keep in context what the states enumerate',
  )
}
