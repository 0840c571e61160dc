import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { AnyStateMachine } from 'xstate'
import { type Chart, chartOf } from '../../src/machines/chart.ts'
import { type HostEvent, hostOf } from '../../src/machines/host.ts'
import type { Move } from '../../src/machines/moves.ts'
import { descriptorsAt, leavesOfName } from '../../src/machines/nodes.ts'
import { Refusal } from '../../src/refusal.ts'
import { type LiveMachine, liveMachine } from '../fixtures/live_machine.ts'
import { dice, type Oracle, randomMachine } from '../fixtures/random_machines.ts'

const byContext: Oracle = (guard, context, event) =>
  (((context.n + Number(event['bits'] ?? 0)) >> (guard % 7)) & 1) === 1

/** Undefined for charts that are rightly refused. */
function drawn(machine: AnyStateMachine): Chart | undefined {
  try {
    return chartOf(machine)
  } catch (error) {
    if (error instanceof Refusal && error.message.includes('does not come to rest'))
      return undefined
    throw error
  }
}

const walk_max = 25

type Seen = { charts: number; moves: number; waits: number; loops: number }

function walkBoth(
  machine: AnyStateMachine,
  chart: Chart,
  roll: (below: number) => number,
  seen: Seen,
): void {
  const live = liveMachine(machine)
  const host = hostOf(machine, chart)
  const running = new Set<string>()
  let move = attempt(() => host.start(null))
  let compared: Move | undefined
  for (let i = 0; i < walk_max; i++) {
    if (live.failed() || move === LOOP) {
      // A loop that only some contexts run into: both must have met it.
      strictEqual(move, LOOP)
      strictEqual(live.failed(), true)
      seen.loops++
      return
    }
    if (move !== compared) compare(move, live, running)
    compared = move
    if (move.done) return
    const event = someEvent(machine, move, [...running], roll)
    const before = move
    // Through text, as the database would give it back.
    const next = attempt(() => host.step(JSON.parse(JSON.stringify(before.snapshot)), event))
    if (next === undefined) {
      strictEqual(machine.getTransitionData(live.snapshot(), event).length, 0)
      seen.waits++
      continue
    }
    seen.moves++
    live.send(event)
    const [, answered = ''] = /^xstate\.(?:done|error)\.actor\.(.+)$/.exec(event.type) ?? []
    running.delete(answered)
    move = next
  }
  live.stop()
}

const LOOP = Symbol('loop')

function attempt<T>(act: () => T): T | typeof LOOP {
  try {
    return act()
  } catch (error) {
    if (error instanceof Error && error.message.includes('Infinite loop')) return LOOP
    throw error
  }
}

function compare(move: Move, live: LiveMachine, running: Set<string>): void {
  strictEqual(move.to_state, live.state())
  deepStrictEqual(move.snapshot['context'], live.context())
  strictEqual(move.done, live.snapshot().status === 'done')
  deepStrictEqual(new Set(move.tags), live.snapshot().tags)
  for (const effect of move.effects) {
    if (effect.kind === 'stop_step') strictEqual(running.delete(effect.actor_id), true)
    if (effect.kind === 'open_step') {
      strictEqual(running.has(effect.actor_id), false)
      running.add(effect.actor_id)
    }
  }
  deepStrictEqual([...running].sort(), live.running())
  deepStrictEqual(Object.keys(Object(move.snapshot['children'])).sort(), live.running())
}

function someEvent(
  machine: AnyStateMachine,
  move: Move,
  running: string[],
  roll: (below: number) => number,
): HostEvent {
  const handled = descriptorsAt(leavesOfName(move.to_state, machine.root) ?? [])
  const timers = handled.filter((it) => it.startsWith('xstate.after.'))
  const answers = running.flatMap((id) => [`xstate.done.actor.${id}`, `xstate.error.actor.${id}`])
  const types = ['A', 'B', 'a.b', 'a.c', 'a', 'other', ...timers, ...answers, ...answers]
  return { type: types[roll(types.length)] ?? 'A', bits: roll(8) }
}

t.test('on random charts host and live actor agree, and every move is an edge', async (t) => {
  const seen = { charts: 0, moves: 0, waits: 0, loops: 0 }
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (seed, walk) => {
      const machine = randomMachine(seed, byContext)
      const chart = drawn(machine)
      if (!chart) return
      seen.charts++
      walkBoth(machine, chart, dice(walk), seen)
    }),
    { seed: 20261107, numRuns: 400 },
  )
  t.comment(JSON.stringify(seen))
  t.ok(seen.charts >= 150, 'enough charts come to rest')
  t.ok(seen.moves > 1000, 'and are walked')
  t.ok(seen.waits > 100, 'past events that nobody takes')
})
