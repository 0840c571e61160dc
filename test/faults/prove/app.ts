/**
 * The two workflows that are struck: `errand`, a machine with steps, a retry, a timer and an event
 * from outside; and `courier`, an agent with a plan, a critic and consequential tools.  Each task
 * has two effects outside, one by a tool that takes our key and one by a tool that can be asked.
 */
import { assign, createMachine } from 'xstate'
import { z } from 'zod'
import { defineAgent } from '../../../src/app/define_agent.ts'
import { defineApp } from '../../../src/app/define_app.ts'
import { defineMachine } from '../../../src/app/define_machine.ts'
import { anthropic, type ModelDoor } from '../../../src/models/anthropic.ts'
import type { StepContext } from '../../../src/steps/context.ts'
import { defineTool } from '../../../src/tools/define_tool.ts'
import { found, nothing, ToolFailure } from '../../../src/tools/outcomes.ts'

const Text = z.object({ text: z.string() })
const Id = z.strictObject({ id: z.int() })
const REST_MS = 100
const common = {
  input: Id,
  output: Text,
  retry: { tries_max: 20, base_ms: 50, cap_ms: 200 },
  timeout_ms: 10_000,
}

const look = defineTool({
  ...common,
  name: 'look',
  description: 'Looks a parcel up.',
  class: 'read',
  run: async ({ id }, { signal }) => found(await json(`/read?id=${id}`, { signal })),
})

const ready = defineTool({
  ...common,
  name: 'ready',
  description: 'Is a parcel ready?  Never the first time it is asked.',
  class: 'read',
  run: async ({ id }, { signal }) => found(await json(`/unready?id=${id}`, { signal })),
})

const post = defineTool({
  ...common,
  name: 'post',
  description: 'Posts a parcel; takes our key.',
  class: 'A',
  run: async (args, { call_key, signal }) => found(await send('/keyed', call_key, args, signal)),
})

const tell = defineTool({
  ...common,
  name: 'tell',
  description: 'Tells whoever waits for a parcel; can be asked whether it did.',
  class: 'B',
  run: async (args, { call_key, signal }) => found(await send('/plain', call_key, args, signal)),
  reconcile: async (call_key, _args, { signal }) => {
    const answer = await fetch(`${outside()}/happened?key=${call_key}`, { signal })
    return answer.status === 404 ? nothing() : found(Text.parse(await answer.json()))
  },
})

const tools = [look, ready, post, tell]

function outside(): string {
  return process.env['EFFECTS_URL'] ?? ''
}

async function send(path: string, key: string, body: object, signal: AbortSignal) {
  const headers = { 'idempotency-key': key }
  return json(path, { method: 'POST', headers, body: JSON.stringify(body), signal })
}

async function json(path: string, init: RequestInit) {
  const answer = await fetch(`${outside()}${path}`, init)
  if (answer.status === 503) throw new ToolFailure('not now', { retryable: true })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  return Text.parse(await answer.json())
}

const does = (tool: string) => async (ctx: StepContext) => {
  const outcome = await ctx.tool(tool, ctx.input)
  if (outcome.outcome !== 'found') throw new Error(`${tool}: ${outcome.outcome}`)
  return outcome.value
}

const idOf = ({ context }: { context: { id: number } }) => ({ id: context.id })
const step = (src: string, target: string) => ({
  invoke: { id: src, src, input: idOf, onDone: { target, actions: 'counted' } },
})

/** Who speaks is known when somebody is asked: this file is read before the stand-in listens. */
let door: ModelDoor | undefined
const tiers = { strong: { model: 'claude-opus-5-5' }, cheap: { model: 'claude-haiku-5-5' } }
const voice: ModelDoor = {
  name: 'stand-in',
  tiers,
  send(body, options) {
    const baseURL = process.env['VOICE_URL'] ?? 'http://127.0.0.1:1'
    door ??= anthropic({ tiers, name: 'stand-in', apiKey: 'stand-in', baseURL })
    return door.send(body, options)
  },
}

/** Another release knows one event more, and so is another version. */
const errand = (more: { ASKED?: 'waiting' }) =>
  defineMachine(
    createMachine(
      {
        types: {} as { input: { id: number }; context: { id: number; steps: number } },
        id: 'errand',
        context: ({ input }) => ({ id: input.id, steps: 0 }),
        initial: 'looking',
        states: {
          looking: step('look', 'preparing'),
          preparing: step('ready', 'posting'),
          posting: step('post', 'resting'),
          resting: { after: { [REST_MS]: 'waiting' } },
          waiting: { on: { PAID: 'telling', ...more } },
          telling: step('tell', 'delivered'),
          delivered: { type: 'final' },
        },
        output: ({ context }) => ({ steps: context.steps }),
      },
      { actions: { counted: assign({ steps: ({ context }) => context.steps + 1 }) } },
    ),
    {
      input: Id,
      events: { PAID: z.object({}) },
      actors: { look: does('look'), ready: does('ready'), post: does('post'), tell: does('tell') },
    },
  )

const courier = defineAgent({
  name: 'courier',
  goal: 'Look the parcel up, post it, and tell whoever waits for it.',
  input: Id,
  tools: [look, post, tell],
  budget: { microusd: 2_000_000, tokens: 2_000_000, tool_calls: 200, wall_clock_ms: 600_000 },
})

const release = (more: { ASKED?: 'waiting' }) =>
  defineApp({ machines: [errand(more)], agents: [courier], tools, models: voice })

export default release({})
export const next = release({ ASKED: 'waiting' })
