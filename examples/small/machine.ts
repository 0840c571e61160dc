import { createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp, defineMachine, defineTool, found, ToolFailure } from '../../src/index.ts'

const Refund = z.object({ order: z.string(), amount_cents: z.int().positive() })
const Receipt = z.object({ receipt: z.string() })

const payBack = defineTool({
  name: 'pay_back',
  description: 'Pays an amount back to the customer of an order.',
  input: Refund,
  output: Receipt,
  class: 'A', // It takes our key: sending it twice pays once.
  run: async (refund, { call_key, signal }) => {
    const headers = { 'Idempotency-Key': call_key }
    const request = { method: 'POST', headers, signal, body: JSON.stringify(refund) }
    const response = await fetch(`${process.env['SHOP_URL']}/refunds`, request)
    if (response.status === 422) throw new ToolFailure('the shop refused this refund')
    return found(Receipt.parse(await response.json()))
  },
})

const refund = createMachine({
  id: 'refund',
  context: ({ input }) => ({ refund: input }),
  initial: 'paying',
  states: {
    paying: {
      invoke: {
        id: 'pay',
        src: 'pay',
        input: ({ context }) => context['refund'],
        onDone: 'waiting',
        onError: 'stuck',
      },
    },
    waiting: { after: { 86400000: 'done' }, on: { OBJECTED: 'stuck' } },
    stuck: { on: { SETTLED: 'done' } },
    done: { type: 'final' },
  },
})

export default defineApp({
  tools: [payBack],
  machines: [
    defineMachine(refund, {
      input: Refund,
      actors: {
        pay: async (ctx) => {
          const paid = await ctx.tool('pay_back', ctx.input)
          if (paid.outcome !== 'found') throw new ToolFailure(`not paid: ${paid.outcome}`)
          return paid.value
        },
      },
    }),
  ],
})
