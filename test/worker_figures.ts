/** How patient a worker may be told to be. */
import t from 'tap'
import { figuresOf } from '../src/worker_figures.ts'

t.test('one lease carries the other figures', async (t) => {
  t.match(figuresOf(), { lease_ms: 4500, beat_ms: 1000, sweep_ms: 500, patience_ms: 30_000 })
  t.match(figuresOf({ lease_ms: 900 }), { beat_ms: 200, sweep_ms: 100, silent_ms: 20_000 })
  t.match(figuresOf({ lease_ms: 60_000 }), { patience_ms: 60_000, silent_ms: 60_000 })
  t.match(figuresOf({ lease_ms: 900, beat_ms: 300 }), { beat_ms: 300 })
  t.match(figuresOf(), { slice_steps_max: 50, slice_ms_max: 30_000 })
})

t.test('figures that would bury the living or never the dead are refused', async (t) => {
  for (const wrong of [
    { lease_ms: 0 },
    { lease_ms: Number.NaN },
    { lease_ms: 499 },
    { lease_ms: 4500.5 },
    { lease_ms: 3_600_001 },
    { beat_ms: 0 },
    { beat_ms: 1501 },
    { sweep_ms: 4501 },
    { sweep_ms: 0 },
    { patience_ms: 4499 },
    { grace_ms: -1 },
    { grace_ms: 3_600_001 },
    { silent_ms: 0 },
    { slice_steps_max: 0 },
    { slice_steps_max: 1.5 },
    { slice_ms_max: 0 },
    { slice_ms_max: Number.POSITIVE_INFINITY },
  ]) {
    t.throws(() => figuresOf(wrong), { code: 'PW608' }, JSON.stringify(wrong))
  }
  t.match(figuresOf({ grace_ms: 0 }), { grace_ms: 0 })
})
