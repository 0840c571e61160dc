import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'

const { query } = await freshDatabase(t)
const MACHINES = ['licence_audit', 'refund', 'refunds', 'onboarding', 'roll_back']

async function nearest(name: string | null, candidates: string[] | null, most?: number) {
  const { rows } = await query<{ names: string[] }>(
    'select pawl.nearest_names($1, $2, at_most => $3) as names',
    [name, candidates, most ?? 3],
  )
  return rows[0]?.names
}

t.test('a mistyped name finds the one that was meant', async (t) => {
  t.same(await nearest('licence_audti', MACHINES), ['licence_audit'])
  t.same(await nearest('license-audit', MACHINES), ['licence_audit'])
  t.same(await nearest('Onboarding', MACHINES), ['onboarding'])
  t.same(await nearest('rollback', MACHINES), ['roll_back'])
})

t.test('the nearest comes first, and no more come than were asked for', async (t) => {
  t.same(await nearest('refunds', MACHINES), ['refunds', 'refund'])
  t.same(await nearest('refunds', MACHINES, 1), ['refunds'])
  t.same(await nearest('a', ['d', 'c', 'b', 'a', 'a']), ['a', 'b', 'c'])
})

t.test('a name that resembles nothing finds nothing', async (t) => {
  t.same(await nearest('invoice', MACHINES), [])
  t.same(await nearest('refund', []), [])
  t.same(await nearest('refund', null), [])
  t.same(await nearest(null, MACHINES), [])
  t.same(await nearest('x'.repeat(10_000), MACHINES), [])
})

t.test(
  'the distance of two names is how many letters it takes to make one the other',
  async (t) => {
    const { rows } = await query<{ distance: number | null }>(
      `select pawl.edit_distance(one, other, 3) as distance
     from (values
       ('kitten', 'sitting'), ('', 'abc'), ('abc', ''), ('abc', 'abc'), ('abcd', 'wxyz'),
       ('über', 'uber')
     ) as pairs(one, other)`,
    )
    t.same(
      rows.map((row) => row.distance),
      [3, 3, 3, 0, null, 1],
    )
  },
)
