import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { anyChance } from '../fixtures/chance.ts'
import { everyMacrostep, macrostepsOf } from '../fixtures/every_way.ts'
import { randomMachine } from '../fixtures/random_machines.ts'
import { drawnIfSound } from '../fixtures/walk_both.ts'

t.test('a chart holds every macrostep that guards could allow, and no other', async (t) => {
  const seen = { charts: 0, parallel: 0, edges: 0, refused: 0 }
  fc.assert(
    fc.property(anyChance, (chance) => {
      const chart = drawnIfSound(randomMachine(chance, () => false))
      const every = everyMacrostep(chance)
      if (!every) return
      if (!chart) {
        strictEqual(every.torn, true)
        seen.refused++
        return
      }
      deepStrictEqual([...macrostepsOf(chart)].sort(), [...every.taken].sort())
      seen.charts++
      seen.edges += every.taken.size
      if (chart.states.some(({ state }) => state.includes('|'))) seen.parallel++
    }),
    { seed: 20261108, numRuns: 80 },
  )
  t.comment(JSON.stringify(seen))
  t.ok(seen.charts > 15, 'enough charts are small enough to be tried every way')
  t.ok(seen.parallel > 5, 'enough of them are parallel')
  t.ok(seen.refused > 0, 'what is refused is what XState loses its way in')
  t.ok(seen.edges > 200, 'and have edges to compare')
})
