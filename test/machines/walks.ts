import fc from 'fast-check'
import t from 'tap'
import { anyChance, dice } from '../fixtures/chance.ts'
import { randomMachine } from '../fixtures/random_machines.ts'
import { byContext, drawnIfSound, pickByContext, walkBoth } from '../fixtures/walk_both.ts'

t.test('on random charts host and live actor agree, and every move is an edge', async (t) => {
  const seen = { charts: 0, parallel: 0, moves: 0, waits: 0, loops: 0 }
  fc.assert(
    fc.property(anyChance, fc.nat(), (chance, walk) => {
      const machine = randomMachine(chance, byContext, pickByContext)
      const chart = drawnIfSound(machine)
      if (!chart) return
      seen.charts++
      if (chart.states.some(({ state }) => state.includes('|'))) seen.parallel++
      const walked = walkBoth(machine, chart, dice(walk))
      seen.moves += walked.moves
      seen.waits += walked.waits
      seen.loops += walked.loops
    }),
    { seed: 20261107, numRuns: 120 },
  )
  t.comment(JSON.stringify(seen))
  t.ok(seen.charts >= 60, 'enough charts come to rest')
  t.ok(seen.parallel >= 30, 'enough of them are parallel')
  t.ok(seen.moves > 500, 'and are walked')
  t.ok(seen.waits > 50, 'past events that nobody takes')
})
