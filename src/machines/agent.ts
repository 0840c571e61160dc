/**
 * The agent's chart: planner, executor, critic.  The model fills in plans, verdicts and
 * confidence; where they lead is drawn here, and no answer can leave it.  Context holds numbers
 * that point at rows, never texts: what was found and said is in the tables.
 */
import { type AnyStateMachine, createMachine, fromPromise } from 'xstate'
import { type AgentContext, RESUMES, type Resume } from './agent_context.ts'
import { ACTIONS, GUARDS } from './agent_moves.ts'

const RETRY_PAUSE_MS = 1000

export function agentMachine(name: string): AnyStateMachine {
  return createMachine(
    {
      id: name,
      context: {
        plan_no: 0,
        ordinal: 0,
        last_ordinal: 0,
        act_no: 0,
        envelope_no: 0,
        retries: 0,
        resume: 'planning',
        trouble: null,
      },
      initial: 'planning',
      output: outputOf,
      states: {
        planning: thinking('planning', 'plan', { target: 'preparing', actions: 'planned' }),
        replanning: thinking('replanning', 'replan', { target: 'preparing', actions: 'planned' }),
        preparing: thinking('preparing', 'prepare', [
          { guard: 'unpreparable', target: 'replanning', actions: 'unprepared' },
          { guard: 'hopeless', target: 'escalated', actions: 'unprepared' },
          { guard: 'consequential', target: 'assessing', actions: 'prepared' },
          { target: 'acting', actions: 'prepared' },
        ]),
        assessing: thinking('assessing', 'assess', [
          { guard: 'unsure', target: 'awaiting_review' },
          { target: 'acting' },
        ]),
        awaiting_review: {
          tags: ['review'],
          on: {
            'review.approve': 'acting',
            'review.edit': { target: 'acting', actions: 'edited' },
            'review.reject': 'rejected',
            ...CANCEL,
          },
        },
        acting: thinking('acting', 'act', { target: 'judging' }),
        judging: thinking('judging', 'judge', [
          { guard: 'passed_last', target: 'concluding', actions: 'passed' },
          { guard: 'passed', target: 'preparing', actions: 'passed' },
          { guard: 'try_again', target: 'retrying', actions: 'retried' },
          { guard: 'plan_again', target: 'replanning', actions: 'doubted' },
          { guard: 'out_of_plans', target: 'over_budget', actions: 'doubted' },
          { target: 'escalated', actions: 'doubted' },
        ]),
        retrying: { after: { retry_pause: 'acting' }, on: { ...late('acting'), ...CANCEL } },
        concluding: thinking('concluding', 'conclude', { target: 'succeeded' }),
        over_budget: asking({ 'review.approve': back(), 'review.reject': 'rejected' }),
        escalated: asking({
          'review.approve': back(),
          'review.answer': { target: 'replanning', actions: 'calmed' },
          'review.reject': 'rejected',
        }),
        cancelling: {
          invoke: {
            id: 'clean_up',
            src: 'clean_up',
            onDone: 'cancelled',
            onError: 'cancelled',
          },
        },
        succeeded: { type: 'final', output: outputOf },
        cancelled: { type: 'final', tags: ['cancelled'] },
        rejected: { type: 'final', tags: ['cancelled'] },
        failed: { type: 'final', tags: ['failed'] },
      },
    },
    { actors: ACTORS, guards: GUARDS, actions: ACTIONS, delays: DELAYS },
  )
}

/** What `conclude` made of it all travels through the final state to the task's output. */
function outputOf({ event }: { event: { output?: unknown } }): unknown {
  return event.output ?? null
}

type Exits = { target: string; guard?: string; actions?: string } | object[]

/** A state that is one step of work.  Whatever goes wrong in it is a person's to settle. */
function thinking(state: Resume, src: string, onDone: Exits) {
  return {
    invoke: {
      id: src,
      src,
      input: ({ context }: { context: AgentContext }) => context,
      onDone,
      onError: [
        { guard: 'over_a_cap', target: 'over_budget', actions: `troubled_${state}` },
        { target: 'escalated', actions: `troubled_${state}` },
      ],
    },
    on: { ...late(state), ...CANCEL },
  }
}

/** From wherever it stands; but for `cancelling` itself, so that asking twice changes nothing. */
const CANCEL = { 'pawl.cancel': 'cancelling' }

function late(state: Resume) {
  return { 'pawl.deadline': { target: 'over_budget', actions: `late_${state}` } }
}

/** Asks a person, then waits for the answer.  Asking needs no model and no money. */
function asking(on: object) {
  return {
    tags: ['review'],
    invoke: {
      id: 'ask',
      src: 'ask',
      input: ({ context }: { context: AgentContext }) => context,
      onDone: { actions: 'asked' },
      onError: { target: 'failed' },
    },
    on: { ...on, ...CANCEL },
  }
}

function back() {
  return RESUMES.map((state) => ({ guard: `was_${state}`, target: state, actions: 'calmed' }))
}

const never = fromPromise(() => Promise.reject(new Error('pawl runs this actor as a step')))

const ACTORS = {
  plan: never,
  replan: never,
  prepare: never,
  assess: never,
  act: never,
  judge: never,
  conclude: never,
  ask: never,
  clean_up: never,
}

const DELAYS = {
  retry_pause: ({ context }: { context: AgentContext }) =>
    RETRY_PAUSE_MS * 2 ** Math.max(context.retries - 1, 0),
}
