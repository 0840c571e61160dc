/**
 * From one event to rest: its own transitions, then `always`, then what the machine raised to
 * itself, until nothing is left to do.  Every way the guards can answer is followed; a place
 * reached twice with the same still to do is followed once.  A guarded `always` that raises an event
 * in each round may go round any number of times, and what is still to do grows without end: such
 * a way is followed for so long that going on with it leads to no other place of rest.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import type { Raised } from './actions.ts'
import type { Answers, Ask, Choices } from './choices.ts'
import { type Arrival, enterRoot, microstep, type Place } from './microstep.ts'
import { descriptorsAt, isLeaf } from './nodes.ts'
import type { PlaceNames } from './place_names.ts'
import { selected, selectedAlways } from './select.ts'
import { Torn, tornIn } from './torn.ts'

/** Following every way is more than drawing a chart may cost. */
export class Restless extends Error {}

/** In the middle of a macrostep. */
type Unsettled = {
  place: Place
  queue: readonly Raised[]
  askAlways: boolean
  /** The event being heard, by a text of its own. */
  event: string
  answers: Answers
  /** What led here, back to the event. */
  before: Unsettled | undefined
}

const NOTHING_SAID: Answers = new Map()
const BEFORE = { queue: [], askAlways: true, answers: NOTHING_SAID, before: undefined }

const microsteps_max = 5_000
const queue_max = 50
/** Of all macrosteps together, as long as what guards said is remembered (about 2 s). */
const remembered_max = 50_000

export class Settling {
  /** Every node ever entered, those only passed through included. */
  readonly entered = new Set<AnyStateNode>()
  readonly #met = new WeakSet<Place['nodes']>()
  readonly #choices: Choices
  readonly #names: PlaceNames
  readonly #remembers: boolean
  #count = 0

  /** Unless it remembers, guards may contradict themselves from one microstep to the next. */
  constructor(choices: Choices, names: PlaceNames, { remembers }: { remembers: boolean }) {
    this.#choices = choices
    this.#names = names
    this.#remembers = remembers
  }

  /** Where the machine may come to rest at first. */
  start(machine: AnyStateMachine): Place[] {
    const arrival = enterRoot(machine.root)
    const { place, raised: queue } = arrival
    return this.#settle([{ ...BEFORE, place, queue, event: 'start' }])
  }

  /** Where it may come to rest after an event of this type; nowhere if nobody takes it. */
  take(place: Place, type: string): Place[] {
    const at = { ...BEFORE, place, event: 'outside' }
    const ways = this.#ways(at, (ask) => selected(place.nodes, type, ask))
    const taken = ways.filter(({ chosen }) => chosen.length > 0)
    // An event from outside is followed by `always`, whether or not it changed anything.
    const moved = taken.map(({ next }) => ({ ...next, askAlways: true }))
    return moved.length > 0 ? this.#settle(moved) : []
  }

  #settle(from: readonly Unsettled[]): Place[] {
    const { resting, cut } = this.#follow(from, queue_max)
    if (resting.size === 0) throw new Restless()
    if (cut && this.#follow(from, queue_max / 2).resting.size < resting.size) throw new Restless()
    return [...resting.values()]
  }

  /** `cut`: a way went round in a circle until its queue was longer than this. */
  #follow(from: readonly Unsettled[], longest: number) {
    const todo = [...from]
    const seen = new Set<string>()
    const resting = new Map<string, Place>()
    let cut = false
    for (let at = todo.pop(); at; at = todo.pop()) {
      this.#enter(at.place)
      const key = this.#textOf(at)
      if (seen.has(key)) continue
      seen.add(key)
      this.#count++
      if (seen.size > microsteps_max) throw new Restless()
      if (this.#remembers && this.#count > remembered_max) throw new Restless()
      if (at.place.done) resting.set(this.#names.nameOf(at.place), at.place)
      else if (at.queue.length > longest && this.#circles(at)) cut = true
      else if (at.queue.length > queue_max) throw new Restless()
      else if (at.askAlways || at.queue.length > 0) todo.push(...this.#goOn(at))
      else resting.set(this.#names.nameOf(at.place), at.place)
    }
    return { resting, cut }
  }

  #goOn(at: Unsettled): Unsettled[] {
    const ways = at.askAlways ? this.#askAlways(at) : this.#takeRaised(at)
    return ways.map((way) => ({ ...way, before: at }))
  }

  /** Was it here before, with less to do? */
  #circles(at: Unsettled): boolean {
    const moment = this.#textOf({ ...at, queue: [] })
    for (let it = at.before; it; it = it.before) {
      const shorter = it.queue.length < at.queue.length
      if (shorter && this.#textOf({ ...it, queue: [] }) === moment) return true
    }
    return false
  }

  #enter({ nodes }: Place): void {
    if (this.#met.has(nodes)) return
    this.#met.add(nodes)
    const torn = tornIn(nodes)
    if (torn) throw new Torn(torn)
    for (const node of nodes) this.entered.add(node)
  }

  #askAlways(at: Unsettled): Unsettled[] {
    const ways = this.#ways(at, (ask) => selectedAlways(at.place.nodes, ask))
    return ways.map(({ chosen, next }) =>
      chosen.length > 0 ? next : { ...next, askAlways: false },
    )
  }

  #takeRaised(at: Unsettled): Unsettled[] {
    const [raised, ...queue] = at.queue
    if (!raised) return []
    const types = raised.type === null ? typesAt(at.place) : [raised.type]
    const heard = types.flatMap((type) => this.#hear({ ...at, queue }, { ...raised, type }))
    return raised.maybe ? [{ ...at, queue }, ...heard] : heard
  }

  #hear(at: Unsettled, raised: Raised & { type: string }): Unsettled[] {
    const event = this.#eventOf(raised)
    // What is computed anew each time may be answered anew.
    const answers = raised.event === undefined ? without(at.answers, event) : at.answers
    const heard = { ...at, event, answers }
    const ways = this.#ways(heard, (ask) => selected(at.place.nodes, raised.type, ask))
    return ways.map(({ next }) => ({ ...next, askAlways: true }))
  }

  #ways(at: Unsettled, choose: (ask: Ask) => AnyTransitionDefinition[]) {
    const ways = this.#choices.ways(at, choose)
    if (!ways) throw new Restless()
    return ways.map(({ chosen, answers }) => {
      const said = this.#remembers ? answers : NOTHING_SAID
      const stays = { ...at, answers: said }
      return { chosen, next: chosen.length > 0 ? after(stays, microstep(at.place, chosen)) : stays }
    })
  }

  #eventOf({ type, event, maybe }: Raised): string {
    const text = event === undefined ? '?' : this.#choices.nameOf(event)
    return `${type ?? ''} ${text}${maybe ? ' maybe' : ''}`
  }

  #textOf({ place, queue, askAlways, event, answers }: Unsettled): string {
    const waiting = queue.map((raised) => this.#eventOf(raised))
    const said = [...answers].map(([guard, answer]) => `${guard} ${answer}`).sort()
    return JSON.stringify([this.#names.nameOf(place), waiting, askAlways, event, said])
  }
}

function after(at: Unsettled, { place, raised, renewed, assigned }: Arrival): Unsettled {
  return {
    place,
    queue: [...at.queue, ...raised],
    askAlways: renewed,
    event: at.event,
    before: at.before,
    answers: assigned ? NOTHING_SAID : at.answers,
  }
}

const NOBODYS = '(nobody takes it)'

/** Of each class of events that are told apart here, one; XState's own no machine makes up. */
function typesAt({ nodes }: Place): string[] {
  const types = descriptorsAt(nodes.filter(isLeaf)).filter((it) => !it.startsWith('xstate.'))
  return types.includes('*') ? types : [...types, NOBODYS]
}

function without(answers: Answers, event: string): Answers {
  return new Map([...answers].filter(([said]) => !said.startsWith(`${event} `)))
}
