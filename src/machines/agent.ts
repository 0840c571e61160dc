/**
 * The agent's chart: planner, executor, critic.  The model fills in plans, verdicts and
 * confidence; where they lead is drawn here, and no answer can leave it.  Context holds numbers
 * that point at rows, never texts: what was found and said is in the tables.
 */
import {
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  createMachine,
  fromPromise,
} from 'xstate'

/** Where a task was when it needed a person, so that it can go on there. */
const RESUMES = [
  'planning',
  'replanning',
  'preparing',
  'assessing',
  'acting',
  'judging',
  'concluding',
] as const
export type Resume = (typeof RESUMES)[number]

export type Trouble = { code: string; message: string; dimension: string | null }

export type AgentContext = {
  plan_no: number
  ordinal: number
  last_ordinal: number
  act_no: number
  envelope_no: number
  retries: number
  resume: Resume
  trouble: Trouble | null
}

export type Planned = { plan_no: number; ordinal: number; last_ordinal: number }
export type Prepared =
  | { ok: true; act_no: number; envelope_no: number; consequential: boolean }
  | { ok: false; reason: string; can_replan: boolean }
export type Assessed = { decision: 'auto' | 'review' }
export type Verdict = 'continue' | 'retry' | 'replan' | 'escalate'
export type Judged = { verdict: Verdict; reason: string; act_no: number; can_replan: boolean }

export const retries_max = 2
const RETRY_PAUSE_MS = 1000

/** What happened, as these states may see it: an answer, an error or a person's word. */
type Happened = {
  context: AgentContext
  event: { type: string; output?: unknown; error?: unknown }
}

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
        retrying: { after: { retry_pause: 'acting' }, on: late('acting') },
        concluding: thinking('concluding', 'conclude', { target: 'succeeded' }),
        over_budget: asking({ 'review.approve': back(), 'review.reject': 'rejected' }),
        escalated: asking({
          'review.approve': back(),
          'review.answer': { target: 'replanning', actions: 'calmed' },
          'review.reject': 'rejected',
        }),
        succeeded: { type: 'final', output: outputOf },
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
    on: late(state),
  }
}

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
    on,
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
}

const DELAYS = {
  retry_pause: ({ context }: { context: AgentContext }) =>
    RETRY_PAUSE_MS * 2 ** Math.max(context.retries - 1, 0),
}

const prepared = ({ event }: Happened) => event.output as Prepared
const judged = ({ event }: Happened) => event.output as Judged
const errorOf = ({ event }: Happened) => (event.error ?? {}) as Partial<Trouble>

const GUARDS = {
  unpreparable: (it: Happened) => {
    const made = prepared(it)
    return !made.ok && made.can_replan
  },
  hopeless: (it: Happened) => !prepared(it).ok,
  consequential: (it: Happened) => {
    const made = prepared(it)
    return made.ok && made.consequential
  },
  unsure: ({ event }: Happened) => (event.output as Assessed).decision === 'review',
  passed: (it: Happened) => judged(it).verdict === 'continue',
  passed_last: (it: Happened) =>
    judged(it).verdict === 'continue' && it.context.ordinal >= it.context.last_ordinal,
  try_again: (it: Happened) => judged(it).verdict === 'retry' && it.context.retries < retries_max,
  plan_again: (it: Happened) => judged(it).verdict === 'replan' && judged(it).can_replan,
  out_of_plans: (it: Happened) => judged(it).verdict === 'replan',
  over_a_cap: (it: Happened) => errorOf(it).code === 'over_budget',
  ...Object.fromEntries(
    RESUMES.map((state) => [`was_${state}`, ({ context }: Happened) => context.resume === state]),
  ),
}

const note = (change: (it: Happened) => Partial<AgentContext>) =>
  assign<AgentContext, AnyEventObject, undefined, AnyEventObject, never>(({ context, event }) =>
    change({ context, event }),
  )

const ACTIONS = {
  planned: note(({ event }) => ({ ...(event.output as Planned), retries: 0, trouble: null })),
  prepared: note((it) => {
    const made = prepared(it)
    return made.ok ? { act_no: made.act_no, envelope_no: made.envelope_no, retries: 0 } : {}
  }),
  unprepared: note((it) => {
    const made = prepared(it)
    const message = made.ok ? '' : made.reason
    return { resume: 'replanning', trouble: { code: 'unprepared', message, dimension: null } }
  }),
  edited: note(({ context }) => ({ envelope_no: context.envelope_no + 1 })),
  passed: note(({ context }) => ({ ordinal: context.ordinal + 1, retries: 0 })),
  retried: note(({ context }) => ({ retries: context.retries + 1 })),
  doubted: note((it) => {
    const { verdict, reason, can_replan } = judged(it)
    const spent = verdict === 'replan' && !can_replan
    return {
      resume: verdict === 'replan' ? 'replanning' : 'acting',
      trouble: {
        code: spent ? 'over_budget' : verdict,
        message: reason,
        dimension: spent ? 'replans' : null,
      },
    }
  }),
  asked: note(() => ({})),
  calmed: note(() => ({ retries: 0 })),
  ...Object.fromEntries(
    RESUMES.flatMap((state) => [
      [`troubled_${state}`, note((it) => ({ resume: state, trouble: troubleOf(it) }))],
      [`late_${state}`, note(() => ({ resume: state, trouble: LATE }))],
    ]),
  ),
}

const LATE: Trouble = {
  code: 'over_budget',
  message: 'its time is used up',
  dimension: 'wall_clock_ms',
}

function troubleOf(it: Happened): Trouble {
  const { code = 'error', message = 'something went wrong', dimension = null } = errorOf(it)
  return { code, message, dimension }
}
