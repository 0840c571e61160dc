/**
 * Every macrostep a statechart can make.  Guards are choice points, so the answer covers all that
 * any context and any event could bring about, and nothing is run.  It is a search over places
 * (the active nodes and what history remembers), not over sequences of choices, so `always`
 * loops end.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { Refusal } from '../refusal.ts'
import { adviceFor } from './advice.ts'
import { Choices } from './choices.ts'
import type { Place } from './microstep.ts'
import { descriptorsAt, inOrder, isLeaf, nameOfLeaves } from './nodes.ts'
import { PlaceNames } from './place_names.ts'
import { Restless, Settling } from './settle.ts'
import { Torn } from './torn.ts'

/** Leaves in which the machine can come to rest, in document order. */
export type Configuration = { name: string; leaves: AnyStateNode[]; done: boolean }

/** `event` is a descriptor: for a wildcard it stands for all events of its class. */
export type Macrostep = { from: Configuration; event: string; to: Configuration }

export type Exploration = {
  first: Set<Configuration>
  resting: Set<Configuration>
  /** Every node ever entered, those only passed through included. */
  entered: Set<AnyStateNode>
  steps: Macrostep[]
}

/** Document order: by the first leaf in which they differ. */
export function byPlace(a: Configuration, b: Configuration): number {
  const differing = a.leaves.findIndex((leaf, i) => leaf !== b.leaves[i])
  return (a.leaves[differing]?.order ?? 0) - (b.leaves[differing]?.order ?? 0)
}

export const edges_max = 20_000
const places_max = 20_000

export function explore(machine: AnyStateMachine): Exploration {
  try {
    return new Explorer(machine, { remembers: true }).run()
  } catch (error) {
    if (!(error instanceof Restless)) throw error
  }
  // What guards said is too much to remember, or the machine really never rests.
  return new Explorer(machine, { remembers: false }).run()
}

class Explorer {
  readonly #machine: AnyStateMachine
  readonly #remembers: boolean
  readonly #names: PlaceNames
  readonly #settling: Settling
  readonly #configurations = new Map<string, Configuration>()
  readonly #steps = new Map<string, Macrostep>()

  constructor(machine: AnyStateMachine, { remembers }: { remembers: boolean }) {
    this.#machine = machine
    this.#remembers = remembers
    this.#names = new PlaceNames(machine)
    this.#settling = new Settling(new Choices(machine), this.#names, { remembers })
  }

  run(): Exploration {
    const starts = this.#settled('the start', () => this.#settling.start(this.#machine))
    const first = new Set(starts.map((place) => this.#at(place)))
    const seen = new Set<string>()
    const todo = [...starts]
    for (let place = todo.pop(); place; place = todo.pop()) {
      const name = this.#names.nameOf(place)
      if (seen.has(name)) continue
      seen.add(name)
      if (seen.size > places_max) throw this.#tooLarge(`${places_max} places`)
      todo.push(...this.#leave(place))
    }
    return {
      first,
      resting: new Set(this.#configurations.values()),
      entered: this.#settling.entered,
      steps: [...this.#steps.values()],
    }
  }

  /** All places one event away from here. */
  #leave(place: Place): Place[] {
    if (place.done) return []
    const from = this.#at(place)
    // `xstate.done.state` is raised and taken inside a macrostep; it never comes from outside.
    const events = descriptorsAt(from.leaves).filter((it) => !it.startsWith('xstate.done.state.'))
    return events.flatMap((event) => {
      const cause = `'${event}' in state '${from.name}'`
      const reached = this.#settled(cause, () => this.#settling.take(place, event))
      for (const to of reached.map((it) => this.#at(it))) {
        this.#steps.set(`${from.name} ${event} ${to.name}`, { from, event, to })
      }
      if (this.#steps.size > edges_max) throw this.#tooLarge(`${edges_max} edges`)
      return reached
    })
  }

  #at(place: Place): Configuration {
    const leaves = inOrder(place.nodes.filter(isLeaf))
    const name = nameOfLeaves(leaves)
    const known = this.#configurations.get(name) ?? { name, leaves, done: place.done }
    this.#configurations.set(name, known)
    return known
  }

  #settled(cause: string, settle: () => Place[]): Place[] {
    try {
      return settle()
    } catch (error) {
      if (error instanceof Torn) throw this.#torn(cause, error.message)
      if (!(error instanceof Restless) || this.#remembers) throw error
      throw this.#restless(cause)
    }
  }

  #restless(cause: string): Refusal {
    return new Refusal(
      'PW603',
      `machine '${this.#machine.id}' does not come to rest after ${cause}`,
      'look for `always` transitions or raised events that follow each other in a circle',
    )
  }

  #torn(cause: string, how: string): Refusal {
    return new Refusal(
      'PW603',
      `machine '${this.#machine.id}': ${cause} would leave ${how}`,
      'XState loses its way through a history state that is entered from inside of what it ' +
        'remembers: aim at the state itself, or leave the parallel state first',
    )
  }

  #tooLarge(limit: string): Refusal {
    return tooLarge(this.#machine, limit)
  }
}

export function tooLarge(machine: AnyStateMachine, limit: string): Refusal {
  return new Refusal('PW603', `machine '${machine.id}' has more than ${limit}`, adviceFor(machine))
}
