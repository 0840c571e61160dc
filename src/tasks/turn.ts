/**
 * One turn of a task: think where nothing is in hand, work where a step is, write what follows.
 * However it goes, the answer says where the task stands now and which step goes on.
 */
import { isLostConnection } from '../database/refused.ts'
import type { CommitAnswer, CommitItem } from '../database/rows.ts'
import { afterwards, BUSY, READ_AGAIN, type Turn, withoutSlot } from './afterwards.ts'
import { itemOfCancel, itemOfMove, itemOfNote, itemOfStop } from './commit_item.ts'
import { itemOfFork } from './fork.ts'
import { unheld } from './held.ts'
import type { Here } from './here.ts'
import { answered, mayBegin, type Next, nextOf } from './next.ts'
import { endOf, type HeldStep, runStep, type StepEnd } from './run_step.ts'
import { safely } from './safely.ts'
import { aloneWith, claimOf } from './solitude.ts'
import { stopOfIllegal, stopOfUnwritten } from './unwritten.ts'

type Closing = NonNullable<Parameters<typeof itemOfMove>[3]>

/** Undefined when there is nothing to do. */
export async function think(here: Here): Promise<Turn | undefined> {
  const { world, served, task } = here
  const next = safely({ cause: 'engine', cause_no: null }, () => nextOf(served, task))
  switch (next.kind) {
    case 'park':
      return park(here)
    case 'claim': {
      // Steps opened together are done together, by whoever is free.
      const others = mayBegin(task.open_steps).some((it) => it.step_no !== next.step.step_no)
      if (others) await world.database.wakeTasks([task.task_id])
      if (next.step.suspect) {
        const turn = await aloneWith(here, next.step, work)
        return turn === 'busy' ? BUSY : turn
      }
      const attempt = await world.database.claimStep(claimOf(here, next.step))
      if (attempt === 'busy') return BUSY
      if (attempt === 'no_slot') return withoutSlot(here, next.step)
      return attempt === null ? refused(here) : { task, held: { ...next.step, attempt } }
    }
    case 'fork':
      return write(here, await itemOfFork(here, next.told))
    case 'drop': {
      const dropped = await world.database.dropEvent(task.task_id, next.event_no, task.revision)
      return dropped === 'busy' ? BUSY : READ_AGAIN
    }
    default:
      return write(here, itemOf(here, next))
  }
}

/** A task that was woken for nothing is not ready any more. */
async function park({ world, served, task }: Here): Promise<Turn | undefined> {
  if (task.status !== 'ready' && task.inbox.length === 0) return undefined
  const review =
    served.host.tagsOf(task.state).includes('review') &&
    task.open_steps.every((it) => it.kind === 'child')
  const event_nos = task.inbox.map((it) => it.event_no)
  const status = review ? 'review' : 'waiting'
  const parked = await world.database.parkTask({ ...task, status, event_nos })
  return parked === 'busy' ? BUSY : undefined
}

/** Undefined when this worker has lost the step. */
export async function work(here: Here, held: HeldStep): Promise<Turn | undefined> {
  const { world, served, task } = here
  const { step_no, attempt } = held
  using hand = world.hands.hold({ task_id: task.task_id, step_no, attempt })
  // Awaited here: until its end is written it is in hand, and no stray.
  return await follow(here, held, await runStep(world, served, hand, held))
}

async function follow(here: Here, held: HeldStep, end: StepEnd): Promise<Turn | undefined> {
  switch (end.kind) {
    case 'over':
      return undefined
    case 'again': {
      const { step_no, attempt } = held
      const { task_id } = here.task
      await unheld(here, () =>
        here.world.database.endAttempt({ task_id, step_no, attempt, ...end }),
      )
      here.world.dispatcher.nudge(end.delay_ms)
      return READ_AGAIN
    }
    case 'succeeded':
    case 'failed':
      try {
        return await (held.kind === 'action' ? endAction : deliver)(here, held, end)
      } catch (error) {
        if (end.kind === 'failed' || isLostConnection(error)) throw error
        // What the database cannot store the step cannot have brought.
        return follow(here, held, endOf(here.world, held, error))
      }
    default:
      return end satisfies never
  }
}

type Ended = Extract<StepEnd, { kind: 'succeeded' | 'failed' }>

/** Nothing waits for it, and so it moves nothing. */
async function endAction(here: Here, held: HeldStep, end: Ended): Promise<Turn> {
  const ended = {
    task_id: here.task_id,
    step_no: held.step_no,
    attempt: held.attempt,
    status: end.kind,
    output: end.kind === 'succeeded' ? end.output : null,
    error: end.kind === 'failed' ? end.error : null,
  }
  await unheld(here, () => here.world.database.endAction(ended))
  return READ_AGAIN
}

async function deliver(here: Here, held: HeldStep, end: Ended): Promise<Turn | undefined> {
  const closing: Closing = {
    step_no: held.step_no,
    attempt: held.attempt,
    status: end.kind,
    output: end.kind === 'succeeded' ? end.output : null,
    error: end.kind === 'failed' ? end.error : null,
    ...(end.kind === 'succeeded' && { attach: end.attach }),
  }
  const answer = { ...closing, actor_id: held.actor_id }
  const next = safely({ cause: 'step', cause_no: held.step_no }, () =>
    answered(here.served, here.task, answer),
  )
  return write(here, itemOf(here, next, closing))
}

function itemOf(
  { world, served, task, mayClaim }: Here,
  next: Next,
  closing?: Closing,
): CommitItem {
  switch (next.kind) {
    case 'move':
      return itemOfMove(world, task, { ...next, claim: mayClaim() }, closing)
    case 'stop':
      return itemOfStop(world, served, task, next, closing)
    case 'note':
      return itemOfNote(world, served, task, next, closing)
    case 'cancel':
      return itemOfCancel(world, served, task, next)
    case 'claim':
    case 'fork':
    case 'drop':
    case 'park':
      throw new TypeError(`${next.kind} writes nothing`)
    default:
      return next satisfies never
  }
}

async function write(here: Here, item: CommitItem): Promise<Turn | undefined> {
  const commit = () => here.world.database.commit(item)
  let answer: CommitAnswer | undefined
  try {
    answer = await (item.step ? unheld<Exclude<CommitAnswer, 'busy'>>(here, commit) : commit())
  } catch (error) {
    return write(here, stopOfUnwritten(here, item, error))
  }
  switch (answer) {
    case 'accepted':
    case 'unclaimed':
      return afterwards(here, item, answer === 'accepted')
    case 'deferred':
      return READ_AGAIN
    case 'busy':
      return BUSY
    case 'fenced':
      return refused(here)
    case 'illegal':
      return write(here, stopOfIllegal(here, item))
    case undefined:
      return undefined
    default:
      return answer satisfies never
  }
}

/** Somebody else has it, as a rule.  Or this worker was buried, and took a wake-up with it. */
const refused = async ({ world }: Here): Promise<undefined> => void (await world.checkAlive())
