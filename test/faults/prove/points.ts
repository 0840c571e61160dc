/**
 * Who comes to each crash point, with which workflow, and which statement follows it there: that
 * is the one that is cut.
 */
import type { CrashPoint } from '../../../src/crashpoint.ts'

export type Workflow = 'errand' | 'courier'

export type Point = {
  by: 'worker' | 'client' | 'deployer' | 'mover'
  workflows: readonly Workflow[]
  /** What must happen before anybody comes there. */
  when?: 'stopping' | 'answer_lost' | 'commit_lost'
  /** The statement that follows, where it is not one of a task's own. */
  follows?: RegExp
  /** Struck the nth time. */
  nth?: number
  /** No statement follows, so none can be cut. */
  ends?: true
}

const BOTH = ['errand', 'courier'] as const
const both: Point = { by: 'worker', workflows: BOTH }
const agents: Point = { by: 'worker', workflows: ['courier'] }
const errands: Point = { by: 'worker', workflows: ['errand'] }
const client: Point = { by: 'client', workflows: ['errand'], nth: 2 }
const deployer: Point = { by: 'deployer', workflows: BOTH }
const mover: Point = { by: 'mover', workflows: ['errand'] }

/** What a task's own statements say. */
export const OF_TASKS =
  /pawl\.(?:commit|load_tasks|load_agent|claim_step|begin_|settle_|end_attempt|park_task|wake_tasks|submit_task|send_event)/

export const POINTS: Record<CrashPoint, Point> = {
  'submit.begun': client,
  'submit.done': client,
  'event.begun': client,
  'event.done': client,
  'deploy.begun': { ...deployer, follows: /begin|pawl\.set_prices/ },
  'deploy.uncommitted': { ...deployer, follows: /commit/ },
  'deploy.done': { ...deployer, ends: true },
  'deploy.moving': { ...mover, follows: /pawl\.migrate_tasks/ },
  'deploy.moved': { ...mover, follows: /pawl\.load_migrating/ },
  'worker.introduced': both,
  'worker.stopping': { ...errands, when: 'stopping' },
  'worker.finished': { ...errands, when: 'stopping', follows: /pawl\.stop_worker/ },
  'wake.taken': both,
  'load.begun': both,
  'load.done': both,
  'claim.begun': errands,
  'claim.done': errands,
  'step.begun': { ...both, nth: 2 },
  'step.done': { ...both, nth: 3 },
  'plan.made': agents,
  'envelope.made': { ...agents, nth: 2 },
  'assessment.made': agents,
  'verdict.made': { ...agents, nth: 2 },
  'begin_call.begun': { ...both, nth: 3 },
  'begin_call.done': { ...both, nth: 3 },
  'send.begun': { ...both, nth: 4 },
  'send.sent': { ...both, nth: 6 },
  'send.answered': { ...both, nth: 5 },
  'reconcile.begun': { ...both, when: 'answer_lost' },
  'reconcile.answered': { ...both, when: 'answer_lost' },
  'settle.begun': { ...both, nth: 4 },
  'settle.done': { ...both, nth: 4 },
  'ask.begun': agents,
  'ask.sent': agents,
  'ask.answered': { ...agents, nth: 2 },
  'commit.gathered': { ...both, nth: 2, follows: /pawl\.commit/ },
  'commit.sent': { ...both, nth: 3 },
  'commit.answered': { ...both, nth: 2 },
  'commit.doubtful': { ...both, when: 'commit_lost', follows: /pawl\.transitions/ },
  'retry.begun': { ...errands, follows: /pawl\.end_attempt/ },
  'retry.done': errands,
  'park.begun': { ...errands, follows: /pawl\.park_task/ },
  'park.done': errands,
  'sweep.begun': { ...both, follows: /pawl\.sweep/ },
  'sweep.done': both,
  'timers.begun': { ...errands, nth: 2, follows: /pawl\.dispatch/ },
  'timers.done': { ...errands, nth: 3 },
  'strays.begun': { ...both, follows: /pawl\.hand_back_strays/ },
}
