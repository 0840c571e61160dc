import t from 'tap'
import { PRICE_BOOK } from '../../src/models/prices.ts'

t.test('every price is a whole number of micro-dollars with a date', async (t) => {
  for (const { model, valid_from, ...figures } of PRICE_BOOK) {
    t.match(model, /^claude-/)
    t.equal(new Date(valid_from).toISOString().replace('.000', ''), valid_from)
    for (const [name, figure] of Object.entries(figures)) {
      t.ok(Number.isSafeInteger(figure) && figure >= 0, `${model} ${name}`)
    }
  }
})

t.test(
  'no two rows speak of the same model, day and band, and every model has a band at 0',
  async (t) => {
    const keys = PRICE_BOOK.map((row) => `${row.model} ${row.valid_from} ${row.band_from_tokens}`)
    t.equal(new Set(keys).size, keys.length)
    for (const { model, valid_from } of PRICE_BOOK) t.ok(keys.includes(`${model} ${valid_from} 0`))
  },
)

t.test('cache writes cost what Anthropic multiplies them by', async (t) => {
  for (const row of PRICE_BOOK) {
    t.equal(row.cache_write_5m_microusd_per_mtok, row.input_microusd_per_mtok * 1.25)
    t.equal(row.cache_write_1h_microusd_per_mtok, row.input_microusd_per_mtok * 2)
    t.ok(row.cache_read_microusd_per_mtok <= row.input_microusd_per_mtok / 10)
  }
})
