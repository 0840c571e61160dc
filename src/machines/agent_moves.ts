/**
 * The small print of the agent's chart: what its guards ask and what its assigns note down.
 */
import { type AnyEventObject, assign } from 'xstate'
import {
  type AgentContext,
  type Assessed,
  type Happened,
  type Judged,
  type Planned,
  type Prepared,
  RESUMES,
  retries_max,
  type Trouble,
} from './agent_context.ts'

const prepared = ({ event }: Happened) => event.output as Prepared
const judged = ({ event }: Happened) => event.output as Judged
const errorOf = ({ event }: Happened) => (event.error ?? {}) as Partial<Trouble>

export const GUARDS = {
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

export const ACTIONS = {
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
