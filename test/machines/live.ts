/**
 * The host beside a live actor whose promises really settle and whose timers really fire (on a
 * clock the test turns).  walks.ts does the same over random charts, with events only.
 */
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import {
  and,
  assign,
  createActor,
  fromPromise,
  not,
  raise,
  SimulatedClock,
  setup,
  stateIn,
} from 'xstate'
import { chartOf } from '../../src/machines/chart.ts'
import { type HostEvent, hostOf } from '../../src/machines/host.ts'
import type { Move } from '../../src/machines/moves.ts'
import { nameOfValue } from '../../src/machines/nodes.ts'

type Settle = { resolve(value: number): void; reject(error: unknown): void }

/** Promise actors in the order they were started, to be settled by hand. */
function promises() {
  const started: Settle[] = []
  const logic = fromPromise<number, { asked: number }>(() => {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    started.push({ resolve, reject })
    return promise
  })
  return { started, logic }
}

function auditor(logic: ReturnType<typeof promises>['logic']) {
  return setup({
    types: { context: {} as { tries: number; found: number[]; paused: number } },
    actors: { look: logic },
    actions: { retry: assign({ tries: ({ context }) => context.tries + 1 }) },
    guards: {
      again: ({ context }) => context.tries < 2,
      enough: ({ context }) => context.found.length >= 2,
      calm: and([not('again'), not(stateIn({ working: 'looking' }))]),
    },
    delays: { pause: ({ context }) => 100 * context.tries },
  }).createMachine({
    id: 'auditor',
    context: { tries: 0, found: [], paused: 0 },
    initial: 'working',
    states: {
      working: {
        initial: 'looking',
        states: {
          looking: {
            invoke: {
              id: 'look',
              src: 'look',
              input: ({ context }) => ({ asked: context.found.length }),
              onDone: {
                target: 'weighing',
                actions: assign({
                  found: ({ context, event }) => [...context.found, event.output],
                }),
              },
              onError: [{ guard: 'again', target: 'resting', actions: 'retry' }, '#auditor.lost'],
            },
          },
          resting: { after: { pause: 'looking' } },
          weighing: { always: [{ guard: 'enough', target: 'settled' }, 'looking'] },
          settled: { type: 'final', entry: raise({ type: 'unheard' }) },
          before: { type: 'history' },
        },
        on: { PAUSE: 'paused', 'note.*': { actions: assign({ paused: 100 }) } },
        onDone: [{ guard: 'calm', target: 'lost' }, { target: 'done' }],
      },
      paused: {
        entry: assign({ paused: ({ context }) => context.paused + 1 }),
        on: { RESUME: 'working.before', '*': 'lost' },
      },
      done: { type: 'final' },
      lost: { type: 'final', tags: 'failed' },
    },
    output: ({ context }) => ({ sum: context.found.reduce((a, b) => a + b, 0) }),
  })
}

/** Both sides of a walk; `both` sends an event to each, `host` only tells pawl what happened. */
function sides() {
  const { started, logic } = promises()
  const machine = auditor(logic)
  const clock = new SimulatedClock()
  const actor = createActor(machine, { clock })
  actor.start()
  const host = hostOf(machine, chartOf(machine))
  const moves: Move[] = [host.start(null)]
  const tell = (event: HostEvent) => {
    const move = host.step(JSON.parse(JSON.stringify(moves.at(-1)?.snapshot)), event)
    if (move) moves.push(move)
    return move
  }
  const agree = async (t: Test, state: string) => {
    await setImmediate()
    const live = actor.getSnapshot()
    const move = moves.at(-1)
    t.equal(move?.to_state, state)
    t.equal(nameOfValue(live.value, live.machine.root), state)
    t.strictSame(move?.snapshot['context'], live.context)
    t.strictSame(move?.output, live.output)
  }
  return { started, clock, actor, tell, agree }
}

t.test('found twice after a retry and a pause, and done', async (t) => {
  const { started, clock, actor, tell, agree } = sides()
  await agree(t, 'working.looking')

  started[0]?.reject('no answer')
  tell({ type: 'xstate.error.actor.look', error: 'no answer' })
  await agree(t, 'working.resting')

  actor.send({ type: 'PAUSE' })
  tell({ type: 'PAUSE' })
  await agree(t, 'paused')

  actor.send({ type: 'RESUME' })
  const resumed = tell({ type: 'RESUME' })
  await agree(t, 'working.resting')
  const type = 'xstate.after.pause.auditor.working.resting'
  t.strictSame(resumed?.effects, [
    { kind: 'set_timer', timer_id: type, delay_ms: 100, event: { type } },
  ])

  clock.increment(100)
  tell({ type })
  await agree(t, 'working.looking')

  actor.send({ type: 'note.taken' })
  tell({ type: 'note.taken' })
  await agree(t, 'working.looking')

  started[1]?.resolve(3)
  tell({ type: 'xstate.done.actor.look', output: 3 })
  await agree(t, 'working.looking')

  started[2]?.resolve(4)
  const last = tell({ type: 'xstate.done.actor.look', output: 4 })
  await agree(t, 'done')
  t.strictSame(last?.output, { sum: 7 })
  t.equal(actor.getSnapshot().status, 'done')
})

t.test('two errors and it is lost; a wildcard loses it too', async (t) => {
  const failing = sides()
  for (const [i, state] of ['working.resting', '', 'working.resting', '', 'lost'].entries()) {
    if (state === '') {
      failing.clock.increment(500)
      failing.tell({ type: 'xstate.after.pause.auditor.working.resting' })
      await failing.agree(t, 'working.looking')
      continue
    }
    failing.started[i / 2]?.reject('no')
    failing.tell({ type: 'xstate.error.actor.look', error: 'no' })
    await failing.agree(t, state)
  }

  const paused = sides()
  for (const type of ['PAUSE', 'ANYTHING']) {
    paused.actor.send({ type })
    paused.tell({ type })
  }
  await paused.agree(t, 'lost')
})
