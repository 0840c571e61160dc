import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { type AnyMachineSnapshot, initialTransition, transition } from 'xstate'
import { type Chart, chartOf } from '../../src/machines/chart.ts'
import { descriptorsAt, findNode, nameOfValue } from '../../src/machines/nodes.ts'
import { randomMachine } from '../fixtures/random_machines.ts'

/** More guards than this asked within one macrostep are too many to try every way. */
const guards_max = 9

const TOO_MANY = new Error('too many guards to try every way')

/** Lets guards be answered by a script, and plays every script there is. */
class Scripts {
  #script: boolean[] = []
  #asked = 0

  answer(): boolean {
    if (this.#asked >= guards_max) throw TOO_MANY
    const answer = this.#script[this.#asked] ?? false
    this.#script[this.#asked++] = answer
    return answer
  }

  rewind(): void {
    this.#asked = 0
  }

  *play<T>(act: () => T): Generator<T> {
    this.#script = []
    do {
      this.#asked = 0
      yield act()
      this.#script.length = this.#asked
      while (this.#script.at(-1) === true) this.#script.pop()
      if (this.#script.length > 0) this.#script[this.#script.length - 1] = true
    } while (this.#script.length > 0)
  }
}

/** Every macrostep that XState itself can be brought to make, by trying all answers of all guards. */
function tried(seed: number): Set<string> | undefined {
  const scripts = new Scripts()
  const machine = randomMachine(seed, () => scripts.answer())
  const found = new Set<string>()
  const seen = new Set<string>()
  const todo: AnyMachineSnapshot[] = []
  const reach = (from: string, event: string, to: AnyMachineSnapshot) => {
    if (to.status === 'error') throw TOO_MANY
    found.add(`${from} ${event} ${nameOfValue(to.value)}`)
    todo.push(to)
  }
  try {
    for (const [first] of scripts.play(() => initialTransition(machine))) reach('(new)', '', first)
    for (let at = todo.pop(); at; at = todo.pop()) {
      const history = Object.entries(at.historyValue).map(([id, to]) => [id, to.map((it) => it.id)])
      const key = JSON.stringify([at.value, history.sort()])
      if (seen.has(key) || at.status === 'done') continue
      seen.add(key)
      if (seen.size > 40) throw TOO_MANY
      const here = at
      const from = nameOfValue(at.value)
      const leaf = findNode(machine.root, from)
      for (const type of leaf ? descriptorsAt(leaf) : []) {
        if (type.startsWith('xstate.done.state.')) continue
        const moves = scripts.play(() => {
          const taken = machine.getTransitionData(here, { type }).length > 0
          // The same questions are asked again: they get the same answers.
          if (taken) scripts.rewind()
          return { taken, to: taken ? transition(machine, here, { type })[0] : here }
        })
        for (const { taken, to } of moves) if (taken) reach(from, type, to)
      }
    }
  } catch (error) {
    if (error === TOO_MANY || String(error).includes(TOO_MANY.message)) return undefined
    throw error
  }
  return found
}

function drawn(chart: Chart): Set<string> {
  const starts = chart.edges.filter((edge) => edge.event === 'pawl.started')
  const moves = chart.edges.filter((edge) => edge.kind === 'machine')
  return new Set([
    ...starts.map((edge) => `(new)  ${edge.to_state}`),
    ...moves.map((edge) => `${edge.from_state} ${edge.event} ${edge.to_state}`),
  ])
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
