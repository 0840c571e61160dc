/** A chart as a Mermaid diagram: all that a statechart has, in people's words. */
import t from 'tap'
import { createMachine } from 'xstate'
import { definitionOf } from '../../src/machines/definition.ts'
import { mermaidOf } from '../../src/machines/mermaid.ts'

const trip = createMachine({
  id: 'trip',
  initial: 'working',
  on: { STOP: '.done', NOTED: { actions: 'note' } },
  states: {
    working: {
      initial: 'packing',
      invoke: { id: 'watch', src: 'watch', onError: 'done' },
      on: { BACK: '.packing', AWAY: 'done' },
      onDone: 'run',
      states: {
        packing: { after: { 5000: 'going', nap: 'going' }, on: { AGAIN: '#trip.working' } },
        going: {
          always: { guard: { type: 'in_hurry' }, target: 'end' },
          on: {
            ok: [
              { guard: 'good', target: '#trip.run' },
              { guard: () => true, target: 'end' },
            ],
          },
        },
        end: { type: 'final' },
        before: { type: 'history', history: 'deep' },
      },
    },
    run: {
      type: 'parallel',
      onDone: 'done',
      states: {
        up: { initial: 'a', states: { a: { on: { 'x: #1': 'b' } }, b: { type: 'final' } } },
        scan: { initial: 'c', states: { c: { on: { Y: '#trip.working.before' } } } },
      },
    },
    done: { type: 'final' },
  },
})

const ORDER = ['working.packing', 'working.going', 'working.end', 'run.up.a|run.scan.c', 'done']

t.test('nested and parallel states, history, guards, delays and invokes are drawn', async (t) => {
  const tasks = new Map([
    ['run.up.a|run.scan.c', 7],
    ['done', 0],
    ['(new)', 2],
    ['flying', 1],
  ])
  t.equal(
    mermaidOf({ definition: definitionOf(trip), order: ORDER, tasks }),
    `stateDiagram-v2
  [*] --> working
  state "working" as working {
    [*] --> working_packing
    state "packing" as working_packing
    state "going" as working_going
    state "end" as working_end
    state "H*" as working_before
    state "any of working" as working_any
    working_any --> working_packing : BACK
    working_packing --> working_packing : AGAIN
    working_packing --> working_going : after 5 s, after nap
    working_going --> working_end : [in_hurry], ok [guard]
    working_end --> [*]
  }
  note right of working : invoke watch
  state "run" as run {
    state "up" as run_up {
      [*] --> run_up_a
      run_up_a : a
      run_up_a : 7 tasks
      state "b" as run_up_b
      run_up_a --> run_up_b : x   1
      run_up_b --> [*]
    }
    --
    state "scan" as run_scan {
      [*] --> run_scan_c
      run_scan_c : c
      run_scan_c : 7 tasks
    }
  }
  done
  state "any of trip" as trip_any
  trip_any --> trip_any : NOTED
  trip_any --> done : STOP
  working --> run : done
  working --> done : watch failed, AWAY
  working_going --> run : ok [good]
  run --> done : done
  run_scan_c --> working_before : Y
  done --> [*]
  %% not begun: 2 tasks
  %% in flying, of another version: 1 task`,
  )
})

t.test(
  'a name that Mermaid reads otherwise, or that another has, gets one of its own',
  async (t) => {
    const odd = createMachine({
      id: 'odd',
      initial: 'end',
      states: { end: { on: { GO: 'a_b' } }, a_b: { on: { GO: 'a-b' } }, 'a-b': { type: 'final' } },
    })
    t.equal(
      mermaidOf({ definition: definitionOf(odd), order: ['end', 'a_b', 'a-b'] }),
      `stateDiagram-v2
  [*] --> end_
  state "end" as end_
  state "a_b" as a_b_
  state "a-b" as a_b
  end_ --> a_b_ : GO
  a_b_ --> a_b : GO
  a_b --> [*]`,
    )
  },
)
