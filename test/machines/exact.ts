import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { AnyMachineSnapshot } from 'xstate'
import { type Chart, chartOf } from '../../src/machines/chart.ts'
import { descriptorsAt, leavesOfValue, nameOfValue } from '../../src/machines/nodes.ts'
import { inertScope } from '../../src/machines/scope.ts'
import { randomMachine } from '../fixtures/random_machines.ts'

/** More guards than this asked within one macrostep are too many to try every way. */
const guards_max = 9

/**
 * Lets guards be answered by a script, and plays every script there is.  A guard is a function:
 * asked again about the same context and event it says the same.
 */
class Scripts {
  #script: boolean[] = []
  #asked = 0
  #said = new Map<unknown, boolean>()
  #names = new Map<unknown, number>()

  answer(guard: number, context: object, event: { type?: unknown }): boolean {
    // XState makes a new event each time a state is done, and they are all the same.
    const heard = String(event.type).startsWith('xstate.done.state.') ? event.type : event
    const question = `${guard} ${this.#nameOf(context)} ${this.#nameOf(heard)}`
    const said = this.#said.get(question)
    if (said !== undefined) return said
    if (this.#asked >= guards_max) throw new Error('too many guards to try every way')
    const answer = this.#script[this.#asked] ?? false
    this.#script[this.#asked++] = answer
    this.#said.set(question, answer)
    return answer
  }

  *play<T>(act: () => T): Generator<T> {
    this.#script = []
    do {
      this.#asked = 0
      this.#said.clear()
      this.#names.clear()
      yield act()
      this.#script.length = this.#asked
      while (this.#script.at(-1) === true) this.#script.pop()
      if (this.#script.length > 0) this.#script[this.#script.length - 1] = true
    } while (this.#script.length > 0)
  }

  #nameOf(it: unknown): number {
    const name = this.#names.get(it) ?? this.#names.size
    this.#names.set(it, name)
    return name
  }
}

/** Too many guards, or a loop that some of their answers lead into. */
const UNTRIED = /too many guards|Infinite loop/

/** Every macrostep that XState itself can be brought to make; undefined if they are too many. */
function tried(seed: number): Set<string> | undefined {
  const scripts = new Scripts()
  const machine = randomMachine(seed, (...asked) => scripts.answer(...asked))
  // XState's own `transition` asks guards once more on the side, to build an actor.
  const { scope } = inertScope()
  const found = new Set<string>()
  const todo: AnyMachineSnapshot[] = []
  const reach = (from: string, event: string, to: AnyMachineSnapshot) => {
    if (to.status === 'error') throw to.error
    found.add(`${from} ${event} ${nameOfValue(to.value, to.machine.root)}`)
    todo.push(to)
  }
  const leave = (at: AnyMachineSnapshot, type: string) => {
    const answers = scripts.play(() => {
      const event = { type }
      const taken = machine.getTransitionData(at, event).length > 0
      return taken ? machine.transition(at, event, scope) : undefined
    })
    for (const to of answers) if (to) reach(nameOfValue(at.value, at.machine.root), type, to)
  }
  try {
    const first = scripts.play(() => machine.getInitialSnapshot(scope))
    for (const to of first) reach('(new)', 'pawl.started', to)
    const seen = new Set<string>()
    for (let at = todo.pop(); at; at = todo.pop()) {
      if (at.status === 'done' || seen.has(placeOf(at))) continue
      seen.add(placeOf(at))
      for (const type of eventsAt(at)) leave(at, type)
    }
    return found
  } catch (error) {
    if (UNTRIED.test(String(error))) return undefined
    throw error
  }
}

function placeOf(at: AnyMachineSnapshot): string {
  const history = Object.entries(at.historyValue).map(([id, to]) => [id, to.map((it) => it.id)])
  return JSON.stringify([at._nodes.map((node) => node.id), history.sort()])
}

function eventsAt(at: AnyMachineSnapshot): string[] {
  const handled = descriptorsAt(leavesOfValue(at.value, at.machine.root) ?? [])
  return handled.filter((type) => !type.startsWith('xstate.done.state.'))
}

function drawn(chart: Chart): Set<string> {
  const moves = chart.edges.filter((it) => it.kind === 'machine' || it.event === 'pawl.started')
  return new Set(moves.map((it) => `${it.from_state} ${it.event} ${it.to_state}`))
}

t.test('a chart holds every macrostep that guards could allow, and no other', async (t) => {
  const seen = { charts: 0, edges: 0 }
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const expected = tried(seed)
      if (!expected) return
      const chart = chartOf(randomMachine(seed, () => false))
      deepStrictEqual([...drawn(chart)].sort(), [...expected].sort())
      seen.charts++
      seen.edges += expected.size
    }),
    { seed: 20261108, numRuns: 200 },
  )
  t.comment(JSON.stringify(seen))
  t.ok(seen.charts > 20, 'enough charts are small enough to be tried every way')
  t.ok(seen.edges > 200, 'and have edges to compare')
})
