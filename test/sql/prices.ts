/** The price book, and what a usage costs by it. */
import t from 'tap'
import { PRICES } from '../fixtures/sql_calls.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
await world.query('select pawl.set_prices($1)', [JSON.stringify(PRICES)])
const observer = world.roles.pawl_observer
const cost = (model: string, usage: object) =>
  world.value<string>(
    `select pawl.cost_microusd(
       pawl.price_of(model => $1, prompt_tokens => pawl.prompt_tokens($2)), usage => $2)`,
    [model, usage],
    observer,
  )
const band = (model: string, tokens: number, at: string | null = null) =>
  world.value<string>(
    'select (pawl.price_of($1, $2, $3)).band_from_tokens',
    [model, tokens, at],
    observer,
  )

t.test('what Anthropic’s own example costs', async (t) => {
  const usage = { input_tokens: 3, cache_write_5m_input_tokens: 12_304, output_tokens: 550 }
  t.equal(await cost('opus', usage), '54399')
})

t.test('each kind of token has its own price', async (t) => {
  t.equal(await cost('opus', { input_tokens: 1_000_000 }), '3000000')
  t.equal(await cost('opus', { output_tokens: 1_000_000 }), '15000000')
  t.equal(await cost('opus', { cache_read_input_tokens: 1_000_000 }), '300000')
  t.equal(await cost('opus', { cache_write_5m_input_tokens: 1_000_000 }), '3750000')
  t.equal(await cost('opus', { cache_write_1h_input_tokens: 1_000_000 }), '6000000')
  t.equal(await cost('opus', {}), '0')
})

t.test('a part of a micro-dollar is a whole one', async (t) => {
  t.equal(await cost('haiku', { input_tokens: 1 }), '1')
  t.equal(await cost('haiku', { input_tokens: 10 }), '1')
  t.equal(await cost('haiku', { input_tokens: 11 }), '2')
})

t.test('a large prompt falls into the band it reaches, caches included', async (t) => {
  t.equal(await band('haiku', 99_999), '0')
  t.equal(await band('haiku', 100_000), '100000')
  t.equal(await cost('haiku', { input_tokens: 99_999 }), '10000')
  t.equal(await cost('haiku', { input_tokens: 100_000 }), '50000')
  t.equal(
    await cost('haiku', { input_tokens: 1, cache_read_input_tokens: 99_999, output_tokens: 1 }),
    '5003',
  )
})

t.test('a price holds from its day on, with all its bands', async (t) => {
  const [opus, haiku] = PRICES
  if (!opus || !haiku) throw new Error('there are prices')
  const newer = { ...haiku, valid_from: '2026-06-01T00:00:00Z', input_microusd_per_mtok: 7 }
  await world.query('select pawl.set_prices($1)', [JSON.stringify([newer])])
  t.equal(await band('haiku', 200_000, '2026-05-31T23:59:59Z'), '100000')
  t.equal(await band('haiku', 200_000, '2026-06-01T00:00:00Z'), '0')
  t.equal(await band('haiku', 1, '2025-12-31T00:00:00Z'), null)
  t.equal(await band('nobody', 1), null)
})

t.test('a price that is there stays as it is', async (t) => {
  const [opus] = PRICES
  await world.query('select pawl.set_prices($1)', [
    JSON.stringify([{ ...opus, input_microusd_per_mtok: 1 }]),
  ])
  t.equal(await cost('opus', { input_tokens: 1_000_000 }), '3000000')
})
