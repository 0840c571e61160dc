/**
 * What an actor's function is given.  Everything it does outside goes through here, and every
 * call is a row before it is sent.  A step tried again runs its function from the top: calls that
 * were answered return their answers by position, so the function must make the same calls in the
 * same order.  Where a call must wait, the step parks: it throws, and whatever else the function
 * does with this context fails the same way.
 */
import type { z } from 'zod'
import type { Attachments } from '../database/agent_rows.ts'
import type { CallSite } from '../database/call_rows.ts'
import type { Database } from '../database/database.ts'
import { isHeld, isLostConnection } from '../database/refused.ts'
import type { Json } from '../json.ts'
import type { ModelDoor } from '../models/anthropic.ts'
import type { ModelRequest } from '../models/request.ts'
import type { ToolLog } from '../tools/define_tool.ts'
import type { Outcome } from '../tools/outcomes.ts'
import type { ToolRegistry } from '../tools/registry.ts'
import { callModel, ModelFailure } from './call_model.ts'
import { type ActSite, callTool } from './call_tool.ts'
import { Parked } from './stops.ts'

/** Before a step that lost the database in the middle is tried again. */
const LOST_MS = 1000
/** Before one is whose budget somebody holds in a transaction that is still open. */
const HELD_MS = 5000

export interface StepContext {
  readonly task_id: string
  readonly step_no: number
  /** What the machine handed to this invoke. */
  readonly input: Json
  /** Fires when this attempt is over: its task was cancelled, its state left, its worker buried. */
  readonly signal: AbortSignal
  readonly log: ToolLog
  /** One tool call.  Never throws for what a tool may do; see the five outcomes. */
  tool(name: string, args: Json): Promise<Outcome>
  /** One model call; the answer has the schema's shape. */
  model<S extends z.ZodType>(request: ModelRequest<S>): Promise<z.output<S>>
  /** A fact to be remembered with the task, stored when the step succeeds. */
  remember(fact: string): void
}

export type StepWorld = {
  database: Database
  tools: ToolRegistry
  models: ModelDoor | undefined
  /** Half a lease: an intent older than this is asked for again, not sent. */
  intent_ms_max: number
}

export type StepSite = Omit<CallSite, 'position'>

/** The whole context; pawl's own steps of agents use more of it than users' functions see. */
export class Context implements StepContext {
  readonly world: StepWorld
  readonly site: StepSite
  readonly input: Json
  readonly log: ToolLog
  readonly attach: Attachments = {}
  readonly #hand: { readonly signal: AbortSignal }
  #position = 0
  readonly #under_way = new Set<Promise<unknown>>()
  #ended = false
  #parked: Parked | undefined

  /** `hand`: bears the signal that fires when this attempt is over. */
  constructor(
    world: StepWorld,
    site: StepSite,
    input: Json,
    hand: { readonly signal: AbortSignal },
    log: ToolLog,
  ) {
    this.world = world
    this.site = site
    this.input = input
    this.#hand = hand
    this.log = log
  }

  get signal(): AbortSignal {
    return this.#hand.signal
  }

  get task_id(): string {
    return this.site.task_id
  }

  get step_no(): number {
    return this.site.step_no
  }

  tool(name: string, args: Json): Promise<Outcome> {
    return this.act(name, args)
  }

  /** A tool call on behalf of a plan step. */
  act(name: string, args: Json, act?: ActSite): Promise<Outcome> {
    return this.#once((site) => callTool(this, site, { name, args, ...(act && { act }) }))
  }

  model<S extends z.ZodType>(request: ModelRequest<S>, act_no?: number): Promise<z.output<S>> {
    return this.#once((site) => callModel(this, site, request, act_no))
  }

  remember(fact: string): void {
    this.attach.memories = [...(this.attach.memories ?? []), { kind: 'fact', body: fact }]
  }

  /** Set once a call had to wait: the step ends there. */
  get parked(): Parked | undefined {
    return this.#parked
  }

  /**
   * When the function has ended and none of its calls is under way any more.  Before that nobody
   * may have the step: a call that has yet to be answered would look like one that was lost.
   */
  async quiet(): Promise<void> {
    this.#ended = true
    await Promise.all(this.#under_way)
  }

  #once<T>(call: (site: CallSite) => Promise<T>): Promise<T> {
    const answer = this.#ask(call)
    // Whoever does not wait for it must not end the process with it.
    const over: Promise<unknown> = answer
      .catch(() => undefined)
      .finally(() => this.#under_way.delete(over))
    this.#under_way.add(over)
    return answer
  }

  async #ask<T>(call: (site: CallSite) => Promise<T>): Promise<T> {
    if (this.#parked !== undefined) throw this.#parked
    this.signal.throwIfAborted()
    if (this.#ended) throw new Error('the function of this step has ended')
    const site = { ...this.site, position: this.#position++ }
    try {
      return await call(site)
    } catch (error) {
      const stop = stopOf(error)
      if (stop instanceof Parked) this.#parked = stop
      throw stop
    }
  }
}

/** What is no fault of the step counts against nothing. */
function stopOf(error: unknown): unknown {
  if (error instanceof ModelFailure) return error
  if (isLostConnection(error)) return new Parked('the database was lost', LOST_MS)
  return isHeld(error) ? new Parked('somebody holds its budget', HELD_MS) : error
}
