/**
 * What the models cost, as dated rows for `pawl.prices`, in whole micro-dollars per million
 * tokens: $4 per million is 4_000_000.  A call is priced by the newest row of its model that
 * is not younger than the call, in the highest band its prompt reaches (cache reads and writes
 * counted in).  A model without a row here is refused, not guessed: bundled prices grow stale
 * within weeks, so add rows, never edit one.
 *
 * Standard service tier, no regional inference (which is billed 1.1 times), no batch (0.5).
 *
 * Sources: platform.claude.com/docs/en/about-claude/pricing and the models' own pages, read in
 * November 2026.  `valid_from` is the day the model, or that price, was published: Opus 5.5 on
 * 2026-09-22 and Sonnet 5.5 on 2026-09-28 by the changelog of @anthropic-ai/sdk, Haiku 5.5 on
 * 2026-10-07 by its page, as is the cut of Sonnet's cache reads from $0.20 to $0.10.
 */
export type PriceRow = {
  readonly model: string
  readonly valid_from: string
  /** Holds for prompts of at least this many tokens. */
  readonly band_from_tokens: number
  readonly input_microusd_per_mtok: number
  readonly output_microusd_per_mtok: number
  readonly cache_read_microusd_per_mtok: number
  readonly cache_write_5m_microusd_per_mtok: number
  readonly cache_write_1h_microusd_per_mtok: number
}

export const PRICE_BOOK: readonly PriceRow[] = Object.freeze([
  {
    model: 'claude-opus-5-5',
    valid_from: '2026-09-22T00:00:00Z',
    band_from_tokens: 0,
    input_microusd_per_mtok: 4_000_000,
    output_microusd_per_mtok: 20_000_000,
    cache_read_microusd_per_mtok: 200_000,
    cache_write_5m_microusd_per_mtok: 5_000_000,
    cache_write_1h_microusd_per_mtok: 8_000_000,
  },
  {
    model: 'claude-sonnet-5-5',
    valid_from: '2026-09-28T00:00:00Z',
    band_from_tokens: 0,
    input_microusd_per_mtok: 2_000_000,
    output_microusd_per_mtok: 10_000_000,
    cache_read_microusd_per_mtok: 200_000,
    cache_write_5m_microusd_per_mtok: 2_500_000,
    cache_write_1h_microusd_per_mtok: 4_000_000,
  },
  {
    model: 'claude-sonnet-5-5',
    valid_from: '2026-10-07T00:00:00Z',
    band_from_tokens: 0,
    input_microusd_per_mtok: 2_000_000,
    output_microusd_per_mtok: 10_000_000,
    cache_read_microusd_per_mtok: 100_000,
    cache_write_5m_microusd_per_mtok: 2_500_000,
    cache_write_1h_microusd_per_mtok: 4_000_000,
  },
  {
    model: 'claude-haiku-5-5',
    valid_from: '2026-10-07T00:00:00Z',
    band_from_tokens: 0,
    input_microusd_per_mtok: 100_000,
    output_microusd_per_mtok: 500_000,
    cache_read_microusd_per_mtok: 10_000,
    cache_write_5m_microusd_per_mtok: 125_000,
    cache_write_1h_microusd_per_mtok: 200_000,
  },
  {
    // "Over 100,000": a prompt of exactly 100,000 still pays the lower price.
    model: 'claude-haiku-5-5',
    valid_from: '2026-10-07T00:00:00Z',
    band_from_tokens: 100_001,
    input_microusd_per_mtok: 500_000,
    output_microusd_per_mtok: 2_500_000,
    cache_read_microusd_per_mtok: 50_000,
    cache_write_5m_microusd_per_mtok: 625_000,
    cache_write_1h_microusd_per_mtok: 1_000_000,
  },
])
