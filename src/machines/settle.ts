/**
 * From one event to rest: its own transitions, then `always`, then what the machine raised to
 * itself, until nothing is left to do.  Every way the guards can answer is followed; a place
 * reached twice with the same still to do is followed once.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import type { Raised } from './actions.ts'
import type { Answers, Ask, Choices } from './choices.ts'
import { type Arrival, enterRoot, microstep, type Place } from './microstep.ts'
import { descriptorsAt, isLeaf, nameOfNode, pathOf } from './nodes.ts'
import type { PlaceNames } from './place_names.ts'
import { regionsOf } from './routes.ts'
import { selected, selectedAlways } from './select.ts'

/** Following every way is more than drawing a chart may cost. */
export class Restless extends Error {}

/** XState would stand where no machine can. */
export class Torn extends Error {}

/** In the middle of a macrostep. */
type Unsettled = {
  place: Place
  queue: readonly Raised[]
  askAlways: boolean
  /** The event being heard, by a text of its own. */
  event: string
  answers: Answers
}

const NOTHING_SAID: Answers = new Map()
const BEFORE = { queue: [], askAlways: true, answers: NOTHING_SAID }

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

  #settle(todo: Unsettled[]): Place[] {
    const seen = new Set<string>()
    const resting = new Map<string, Place>()
    for (let at = todo.pop(); at; at = todo.pop()) {
      this.#enter(at.place)
      const key = this.#textOf(at)
      if (seen.has(key)) continue
      seen.add(key)
      this.#count++
      if (seen.size > microsteps_max || at.queue.length > queue_max) throw new Restless()
      if (this.#remembers && this.#count > remembered_max) throw new Restless()
      if (at.place.done) resting.set(this.#names.nameOf(at.place), at.place)
      else if (at.askAlways) todo.push(...this.#askAlways(at))
      else if (at.queue.length > 0) todo.push(...this.#takeRaised(at))
      else resting.set(this.#names.nameOf(at.place), at.place)
    }
    if (resting.size === 0) throw new Restless()
    return [...resting.values()]
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

/** In one child of each compound state and in every region of a parallel one, or it is torn. */
function tornIn(nodes: readonly AnyStateNode[]): string | undefined {
  const active = new Set(nodes)
  for (const node of new Set(nodes.flatMap(pathOf))) {
    const where = node.parent ? `state '${nameOfNode(node)}'` : 'its root'
    if (!active.has(node)) return `${where} and stay inside of it`
    const children = regionsOf(node)
    const below = children.filter((child) => active.has(child)).length
    if (below === (node.type === 'compound' ? 1 : children.length)) continue
    if (node.type === 'parallel') return `${where} without some of its regions`
    return `${where} in ${below === 0 ? 'no state at all' : 'several states at once'}`
  }
  return undefined
}
