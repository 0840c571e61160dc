/**
 * Named points of the code at which a test may strike.  They are dead unless PAWL_CRASHPOINT names
 * one, and then the process does there what it says:
 *
 *   commit.sent           kill -9 of itself, the first time it comes there
 *   commit.sent:3         the third time
 *   commit.sent:3:wait    tells its parent over IPC that it stands there, {crashpoint: name}, and
 *                         waits to be told {go_on: name}; the parent may strike meanwhile
 *   *                     tells its parent of every point it passes, and waits nowhere
 */
import { pause } from './pause.ts'

export const CRASH_POINTS = [
  'submit.begun', // A client is about to submit a task, or an event,
  'submit.done', // and knows that it is there, but has told nobody.
  'event.begun',
  'event.done',
  'deploy.begun', // An app's machines are about to be registered,
  'deploy.uncommitted', // are written,
  'deploy.done', // and are there.
  'deploy.moving', // A batch of tasks is about to come to another version,
  'deploy.moved', // and has.
  'worker.introduced', // A worker has its row, and no heart yet.
  'worker.stopping', // It was told to stop, with work in hand,
  'worker.finished', // and has finished what it had, or given up waiting for it.
  'wake.taken', // A job has brought tasks.
  'load.begun',
  'load.done',
  'claim.begun',
  'claim.done', // The attempt is a row, and nobody has begun it.
  'step.begun',
  'step.done', // The function has answered; nothing of that is written.
  'plan.made', // The planner has answered; the plan is not stored.
  'envelope.made',
  'assessment.made',
  'verdict.made',
  'begin_call.begun',
  'begin_call.done', // The intent is a row, and nothing was sent.
  'send.begun', // About to send, unless the intent is too old.
  'send.sent', // It is out, and may have happened.
  'send.answered',
  'reconcile.begun', // Somebody is asked whether it happened,
  'reconcile.answered', // and has said so.
  'settle.begun',
  'settle.done',
  'ask.begun', // As send, of a model.
  'ask.sent',
  'ask.answered',
  'commit.gathered', // A batch is ready to go,
  'commit.sent', // is on its way,
  'commit.answered', // was answered.
  'commit.doubtful', // Its answer was lost, and it is about to be looked up.
  'retry.begun', // A step that must wait ends its attempt.
  'retry.done',
  'park.begun',
  'park.done',
  'sweep.begun',
  'sweep.done',
  'timers.begun',
  'timers.done',
  'strays.begun', // What a worker does not know it has is about to be handed back.
] as const

export type CrashPoint = (typeof CRASH_POINTS)[number]

type Message = { go_on?: unknown } | null

/** What was handed to a socket before the point is out by then. */
const FLUSH_MS = 20

const strike = armed(process.env['PAWL_CRASHPOINT'] ?? '')

/** Nothing at all, as a rule. */
export function crashpoint(name: CrashPoint): Promise<void> | undefined {
  return strike?.(name)
}

function armed(text: string): ((name: CrashPoint) => Promise<void>) | undefined {
  if (text === '') return undefined
  const [name = '', nth = '1', how = 'kill'] = text.split(':')
  if (text === '*') return async (passed) => tell(passed)
  const known = CRASH_POINTS.some((it) => it === name)
  if (!known || !/^[1-9]\d*$/.test(nth) || !/^(kill|wait)$/.test(how)) {
    throw new TypeError(`PAWL_CRASHPOINT=${text} names no crash point`)
  }
  let times = 0
  return async (passed) => {
    if (passed !== name || ++times !== Number(nth)) return
    await pause(FLUSH_MS, new AbortController().signal)
    if (how === 'kill') process.kill(process.pid, 'SIGKILL')
    await stand(name)
  }
}

function tell(name: string): void {
  process.send?.({ crashpoint: name })
}

function stand(name: string): Promise<void> {
  return new Promise((resolve) => {
    const onMessage = (message: unknown) => {
      if ((message as Message)?.go_on !== name) return
      process.off('message', onMessage)
      resolve()
    }
    process.on('message', onMessage)
    tell(name)
  })
}
