/**
 * What a move does to the steps of its task, and what it asks for beyond it: child tasks begun and
 * let go, events between tasks, actions, words to the world.
 */
import type { Beyond } from '../database/beyond.ts'
import type { LoadedTask, NewStep, NewTimer, OpenStep } from '../database/rows.ts'
import { PARENT } from '../machines/effects.ts'
import type { Effect, Move } from '../machines/moves.ts'

export const attempts_max_default = 3

type Running = Pick<OpenStep, 'step_no' | 'actor_id' | 'kind'>

export type Work = {
  opened: NewStep[]
  stopped: number[]
  /** What is open afterwards. */
  left: Running[]
  beyond: Beyond | undefined
}

/** Of the steps opened one is claimed at most: the committing worker goes on with it. */
export function workOf(
  task: LoadedTask,
  move: Move,
  claim: boolean,
  closed: number | undefined,
): Work {
  const work = new WorkOfMove(task, claim, closed)
  for (const effect of move.effects) work.take(effect)
  if (move.done) work.end()
  return work.done()
}

/** What stops when a task ends before its machine does. */
export function stopAll(task: LoadedTask, closed: number | undefined): Work {
  const work = new WorkOfMove(task, false, closed)
  work.end()
  return work.done()
}

class WorkOfMove {
  readonly #opened: NewStep[] = []
  readonly #stopped: number[] = []
  readonly #start: NonNullable<Beyond['start']> = []
  readonly #send: NonNullable<Beyond['send']> = []
  readonly #stop: number[] = []
  readonly #emitted: NonNullable<Beyond['emitted']> = []
  /** For children that this move has yet to begin. */
  #unsaid: Extract<Effect, { kind: 'send_child' }>[] = []
  #left: Running[]
  readonly #undelivered: LoadedTask['undelivered']
  #step_no: number
  #claim: boolean
  #ended = false

  constructor(task: LoadedTask, claim: boolean, closed: number | undefined) {
    this.#left = task.open_steps.filter((it) => it.step_no !== closed)
    this.#undelivered = task.undelivered
    this.#step_no = task.next_step_no
    this.#claim = claim
  }

  take(effect: Effect): void {
    switch (effect.kind) {
      case 'open_step':
        this.#open({ ...effect, kind: 'actor' })
        return
      case 'run_action':
        this.#open({
          actor_id: effect.name,
          src: effect.name,
          input: effect.params,
          kind: 'action',
        })
        return
      case 'start_child':
        this.#begin(effect)
        return
      case 'stop_step':
      case 'stop_child':
        this.#letGo(effect.actor_id)
        return
      case 'send_parent':
        this.#send.push({ step_no: null, event: effect.event })
        return
      case 'send_child': {
        const child = this.#left.find((it) => isChild(it, effect.actor_id))
        if (child) this.#send.push({ step_no: child.step_no, event: effect.event })
        else this.#unsaid.push(effect)
        return
      }
      case 'emit':
        this.#emitted.push(effect.event)
        return
      case 'set_timer':
      case 'remove_timer':
        return
      default:
        effect satisfies never
    }
  }

  /** Only actions outlive their task. */
  end(): void {
    this.#ended = true
    this.#stopWhere((it) => it.kind !== 'action')
  }

  done(): Work {
    const acts = this.#ended && this.#left.length > 0
    const beyond: Beyond = {
      ...(this.#start.length > 0 && { start: this.#start }),
      ...(this.#send.length > 0 && { send: this.#send }),
      ...(this.#stop.length > 0 && { stop: this.#stop }),
      ...(this.#emitted.length > 0 && { emitted: this.#emitted }),
      ...(acts && { acts }),
    }
    return {
      opened: this.#opened,
      stopped: this.#stopped,
      left: this.#left,
      beyond: Object.keys(beyond).length > 0 ? beyond : undefined,
    }
  }

  #open(step: Pick<NewStep, 'actor_id' | 'src' | 'input' | 'kind'>): number {
    const { actor_id, src, input, kind } = step
    const step_no = this.#step_no++
    const claimed = this.#claim && kind === 'actor'
    if (claimed) this.#claim = false
    const attempts_max = kind === 'child' ? 1 : attempts_max_default
    this.#opened.push({ step_no, kind, actor_id, src, input, attempts_max, claimed })
    this.#left.push({ step_no, kind, actor_id })
    return step_no
  }

  #begin(child: Extract<Effect, { kind: 'start_child' }>): void {
    const step_no = this.#open({ ...child, kind: 'child' })
    this.#start.push({ step_no, machine: child.machine })
    const told = this.#unsaid.filter((it) => it.actor_id === child.actor_id)
    this.#unsaid = this.#unsaid.filter((it) => it.actor_id !== child.actor_id)
    this.#send.push(...told.map(({ event }) => ({ step_no, event })))
  }

  /** Its result, too: it may have ended before anybody heard it. */
  #letGo(actor_id: string): void {
    this.#stopWhere((it) => it.kind !== 'action' && it.actor_id === actor_id)
    const unheard = this.#undelivered.filter((it) => it.actor_id === actor_id)
    this.#stopped.push(...unheard.map((it) => it.step_no))
  }

  #stopWhere(stops: (step: Running) => boolean): void {
    const gone = this.#left.filter(stops)
    this.#left = this.#left.filter((it) => !stops(it))
    this.#stopped.push(...gone.map((it) => it.step_no))
    this.#stop.push(...gone.filter((it) => it.kind === 'child').map((it) => it.step_no))
  }
}

function isChild(step: Running, actor_id: string): boolean {
  return step.kind === 'child' && step.actor_id === actor_id
}

/** A word to a child that is not there is not said later, either. */
export function timersOf(effects: readonly Effect[], left: readonly Running[]): NewTimer[] {
  return effects.flatMap((effect) => {
    if (effect.kind !== 'set_timer') return []
    const { timer_id, to, event } = effect
    const timer = { timer_id, delay_ms: Math.ceil(effect.delay_ms), event }
    if (to === undefined) return [timer]
    const sends_to = to === PARENT ? 0 : left.find((it) => isChild(it, to))?.step_no
    return sends_to === undefined ? [] : [{ ...timer, sends_to }]
  })
}
