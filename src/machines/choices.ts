/**
 * Every way a set of guards can answer.  A guard is a function of context and event, so while
 * neither changes it says the same wherever it is asked: two regions that ask `isRich` do not
 * disagree, and nor do two microsteps between which nothing was assigned.
 */
import {
  type AnyStateMachine,
  type AnyTransitionDefinition,
  matchesState,
  type StateValue,
} from 'xstate'
import { type GuardTree, guardTree, openIn, type Predicate, weigh } from './guards.ts'
import type { Place } from './microstep.ts'
import { isLeaf, valueOfLeaves } from './nodes.ts'

/** What guards have said since context last changed, by event and guard. */
export type Answers = ReadonlyMap<string, boolean>

/** Asks a transition's guard. */
export type Ask = (transition: AnyTransitionDefinition) => boolean

export type Way<T> = { chosen: T; answers: Answers }

/** Where the machine stands, and the event it hears, by a text of its own. */
export type Moment = { place: Place; event: string; answers: Answers }

const ways_max = 20_000

export class Choices {
  readonly #machine: AnyStateMachine
  readonly #trees = new Map<AnyTransitionDefinition, GuardTree>()
  readonly #names = new Map<unknown, string>()
  readonly #values = new WeakMap<Place['nodes'], StateValue>()

  constructor(machine: AnyStateMachine) {
    this.#machine = machine
  }

  /** A short text for an object, the same for the same object. */
  nameOf(it: unknown): string {
    if (typeof it === 'string') return it
    const name = this.#names.get(it) ?? `#${this.#names.size}`
    this.#names.set(it, name)
    return name
  }

  /** Runs a choice for each way its guards can answer; undefined where they are too many. */
  ways<T>(at: Moment, choose: (ask: Ask) => T): Way<T>[] | undefined {
    const found: Way<T>[] = []
    let script: boolean[] = []
    while (found.length < ways_max) {
      const asked = this.#ask(at, script)
      found.push({ chosen: choose(asked.ask), answers: asked.answers })
      // The last answer that has not been both true and false turns.
      script = script.slice(0, script.lastIndexOf(true) + 1)
      if (script.length === 0) return found
      script[script.length - 1] = false
    }
    return undefined
  }

  /** Answers by the script, and lengthens it by what it does not foresee. */
  #ask({ place, event, answers: before }: Moment, script: boolean[]) {
    const answers = new Map(before)
    let next = 0
    const key = (predicate: Predicate) => `${event} ${this.#keyOf(predicate)}`
    const known = {
      stands: (value: StateValue) => this.#stands(place, value),
      says: (predicate: Predicate) => answers.get(key(predicate)),
    }
    const ask: Ask = (transition) => {
      if (!transition.guard) return true
      const tree = this.#treeOf(transition)
      for (let open = openIn(tree, known); open; open = openIn(tree, known)) {
        const answer = script[next] ?? true
        script[next++] = answer
        answers.set(key(open), answer)
      }
      return weigh(tree, known) ?? false
    }
    return { ask, answers }
  }

  #treeOf(transition: AnyTransitionDefinition): GuardTree {
    const tree = this.#trees.get(transition) ?? guardTree(this.#machine, transition.guard)
    this.#trees.set(transition, tree)
    return tree
  }

  #keyOf(predicate: Predicate): string {
    if (predicate.kind === 'choice') return this.nameOf(predicate.guard)
    const { name, params } = predicate
    const named = (_: string, it: unknown) => (typeof it === 'function' ? this.nameOf(it) : it)
    return params === undefined ? name : `${name} ${JSON.stringify(params, named)}`
  }

  #stands({ nodes }: Place, value: StateValue): boolean {
    if (typeof value === 'string' && value.startsWith('#')) {
      return nodes.includes(this.#machine.getStateNodeById(value))
    }
    const whole = this.#values.get(nodes) ?? valueOfLeaves(nodes.filter(isLeaf), this.#machine.root)
    this.#values.set(nodes, whole)
    return matchesState(value, whole)
  }
}
