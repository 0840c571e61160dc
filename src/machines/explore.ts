/**
 * Every macrostep a statechart can make.  Guards are choice points, so the answer covers all that
 * any context and any event could bring about, and nothing is run.  It is a search over places
 * (a leaf and what history remembers), not over sequences of choices, so `always` loops end and
 * n guards cost n branches and not 2^n.
 */
import {
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  matchesState,
} from 'xstate'
import { Refusal } from '../refusal.ts'
import { type GuardTree, guardTree, weigh } from './guards.ts'
import { enterRoot, microstep, type Place, type Unsettled } from './microstep.ts'
import {
  candidates,
  descriptorsAt,
  eventless,
  isMachineFinal,
  nameOfNode,
  pathOf,
  valueOfLeaves,
} from './nodes.ts'

/** `event` is a descriptor: for a wildcard it stands for all events of its class. */
export type Macrostep = { from: AnyStateNode; event: string; to: AnyStateNode }

export type Exploration = {
  first: Set<AnyStateNode>
  /** Leaves in which the machine can come to rest. */
  resting: Set<AnyStateNode>
  /** Every node ever entered, those only passed through included. */
  entered: Set<AnyStateNode>
  steps: Macrostep[]
}

export const edges_max = 20_000
const places_max = 20_000
const microsteps_max = 20_000
const queue_max = 50

export function explore(machine: AnyStateMachine): Exploration {
  const explorer = new Explorer(machine)
  return explorer.run()
}

class Explorer {
  readonly #machine: AnyStateMachine
  readonly #guards = new Map<AnyTransitionDefinition, GuardTree>()
  readonly #entered = new Set<AnyStateNode>()
  readonly #steps = new Map<string, Macrostep>()

  constructor(machine: AnyStateMachine) {
    this.#machine = machine
  }

  run(): Exploration {
    const starts = this.#settle([enterRoot(this.#machine.root)], 'the start')
    const places = new Map<string, Place>()
    const todo = [...starts]
    for (let place = todo.pop(); place; place = todo.pop()) {
      const key = textOf(place)
      if (places.has(key)) continue
      places.set(key, place)
      if (places.size > places_max) throw this.#tooLarge(`${places_max} places`)
      todo.push(...this.#leave(place))
    }
    return {
      first: new Set(starts.map((place) => place.leaf)),
      resting: new Set([...places.values()].map((place) => place.leaf)),
      entered: this.#entered,
      steps: [...this.#steps.values()],
    }
  }

  /** All places one event away from here. */
  #leave(place: Place): Place[] {
    if (isMachineFinal(place.leaf)) return []
    // `xstate.done.state` is raised and taken inside a macrostep; it never comes from outside.
    const events = descriptorsAt(place.leaf).filter((it) => !it.startsWith('xstate.done.state.'))
    return events.flatMap((event) => this.#take(place, event))
  }

  #take(place: Place, event: string): Place[] {
    const name = nameOfNode(place.leaf)
    const reached: Place[] = []
    for (const transition of this.#choices(place, candidates(place.leaf, event))) {
      if (!transition) continue
      // An event from outside is followed by `always`, whether or not it changed anything.
      const next = { ...microstep(place, transition, []), askAlways: true }
      reached.push(...this.#settle([next], `'${event}' in state '${name}'`))
    }
    for (const { leaf } of reached) {
      this.#steps.set(`${name} ${event} ${nameOfNode(leaf)}`, { from: place.leaf, event, to: leaf })
    }
    if (this.#steps.size > edges_max) throw this.#tooLarge(`${edges_max} edges`)
    return reached
  }

  /** Follows `always` and raised events until nothing is left to do. */
  #settle(todo: Unsettled[], cause: string): Place[] {
    const seen = new Set<string>()
    const resting: Place[] = []
    for (let at = todo.pop(); at; at = todo.pop()) {
      const key = `${textOf(at)} ${at.askAlways} ${JSON.stringify(at.queue)}`
      if (seen.has(key)) continue
      seen.add(key)
      for (const node of pathOf(at.leaf)) this.#entered.add(node)
      if (seen.size > microsteps_max || at.queue.length > queue_max) throw this.#restless(cause)
      if (isMachineFinal(at.leaf)) {
        resting.push(at)
        continue
      }
      const always = at.askAlways ? this.#choices(at, eventless(at.leaf)) : [undefined]
      for (const transition of always) {
        if (transition) todo.push(microstep(at, transition, at.queue))
        else if (at.queue.length === 0) resting.push(at)
        else todo.push(...this.#takeRaised(at))
      }
    }
    if (resting.length === 0) throw this.#restless(cause)
    return resting
  }

  #takeRaised(at: Unsettled): Unsettled[] {
    const [event = '', ...queue] = at.queue
    return [...this.#choices(at, candidates(at.leaf, event))].map((transition) => ({
      ...(transition ? microstep(at, transition, queue) : { ...at, queue }),
      askAlways: true,
    }))
  }

  /** Each transition that may be the one selected; undefined where it may be none. */
  *#choices(
    place: Place,
    transitions: AnyTransitionDefinition[],
  ): Generator<AnyTransitionDefinition | undefined> {
    for (const transition of transitions) {
      const passes = this.#passes(place, transition)
      if (passes === false) continue
      yield transition
      if (passes) return
    }
    yield undefined
  }

  #passes(place: Place, transition: AnyTransitionDefinition): boolean | undefined {
    if (!transition.guard) return true
    const tree = this.#guards.get(transition) ?? guardTree(this.#machine, transition.guard)
    this.#guards.set(transition, tree)
    return weigh(tree, (value) =>
      typeof value === 'string' && value.startsWith('#')
        ? pathOf(place.leaf).includes(this.#machine.getStateNodeById(value))
        : matchesState(value, valueOfLeaves([place.leaf], this.#machine.root)),
    )
  }

  #restless(cause: string): Refusal {
    return new Refusal(
      'PW603',
      `machine '${this.#machine.id}' does not come to rest after ${cause}`,
      'look for `always` transitions or raised events that follow each other in a circle',
    )
  }

  #tooLarge(limit: string): Refusal {
    return new Refusal(
      'PW603',
      `machine '${this.#machine.id}' has more than ${limit}`,
      'split it into several machines, or keep in context what the states enumerate',
    )
  }
}

function textOf(place: Place): string {
  const history = [...place.history].map(([node, kept]) => `${node.order}:${kept.order}`).sort()
  return `${place.leaf.order} ${history.join(',')}`
}
