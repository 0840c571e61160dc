/**
 * Every story played by a live XState actor and by pawl as it is, a worker and a database, where
 * both end in the same snapshot.
 */
import t from 'tap'
import { playLive } from '../fixtures/live_side.ts'
import { stageOf } from '../fixtures/stage.ts'
import { stories } from '../fixtures/stories/all.ts'

const stage = await stageOf(t, stories)

for (const [name, story] of Object.entries(stories)) {
  t.test(name, async (t) => {
    const live = await playLive(story)
    const { seen, waiting } = await stage.play(name, story)
    t.strictSame(seen, live, 'pawl stands where XState stands')
    t.strictSame(live.value, story.ends, 'and where the script says')
    t.same(waiting, story.waiting ?? [], 'and what XState dropped waits')
  })
}

t.test('and every law holds in the database in which they were played', async (t) => {
  t.same(await stage.world.verify(), [])
})
