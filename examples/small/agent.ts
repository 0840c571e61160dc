import { z } from 'zod'
import { anthropic, defineAgent, defineApp, defineTool, found, nothing } from '../../src/index.ts'

const Orders = z.array(z.object({ order: z.string(), total_cents: z.int() }))

const findOrders = defineTool({
  name: 'find_orders',
  description: 'Orders of a customer, newest first, by e-mail address.',
  input: z.object({ email: z.email() }),
  output: Orders,
  class: 'read',
  run: async ({ email }, { signal }) => {
    const response = await fetch(`${process.env['SHOP_URL']}/orders?email=${email}`, { signal })
    const orders = Orders.parse(await response.json())
    return orders.length > 0 ? found(orders) : nothing(`${email} has never ordered`)
  },
})

const support = defineAgent({
  name: 'support',
  goal: 'Find the order this customer writes about and say what they paid for it.',
  input: z.object({ email: z.email(), letter: z.string() }),
  tools: [findOrders],
  budget: { microusd: 200_000, tokens: 60_000, tool_calls: 25, wall_clock_ms: 300_000 },
})

export default defineApp({
  agents: [support],
  models: anthropic({
    tiers: { strong: { model: 'claude-opus-5-5' }, cheap: { model: 'claude-haiku-5-5' } },
  }),
})
