/** Every story played by a live XState actor and by pawl's host, with nothing but memory below. */
import t from 'tap'
import { playHost } from '../fixtures/host_side.ts'
import { playLive } from '../fixtures/live_side.ts'
import { stories } from '../fixtures/stories/all.ts'

for (const [name, story] of Object.entries(stories)) {
  t.test(name, async (t) => {
    const live = await playLive(story)
    t.strictSame(playHost(story), live, 'pawl stands where XState stands')
    t.strictSame(live.value, story.ends, 'and where the script says')
    if (story.context !== undefined) t.match(live.context, story.context)
    if (story.output !== undefined) t.strictSame(live.output, story.output)
  })
}
