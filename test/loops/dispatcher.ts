/** The loop that does what is due sleeps until it is told to wake, and no longer than a second. */
import t from 'tap'
import { Dispatcher } from '../../src/loops/dispatcher.ts'
import { until } from '../fixtures/until.ts'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** When it ticked, in milliseconds since it was started; each tick answers with the next number. */
function ticking(...rests: (number | Error)[]) {
  const started = performance.now()
  const ticks: number[] = []
  const dispatcher = new Dispatcher(silent, async () => {
    ticks.push(performance.now() - started)
    const rest = rests.shift() ?? 1000
    if (rest instanceof Error) throw rest
    return rest
  })
  t.teardown(() => dispatcher.stop())
  return { ticks, dispatcher: dispatcher.start() }
}

t.test('it comes again when it was told that something is due', async (t) => {
  const { ticks, dispatcher } = ticking(200, 100)
  await until('three ticks', () => ticks.length === 3)
  const [first = 0, second = 0, third = 0] = ticks
  t.ok(second - first >= 199 && second - first < 450, `after ${second - first} ms`)
  t.ok(third - second >= 99 && third - second < 350, `after ${third - second} ms`)
  await dispatcher.stop()
})

t.test('a timer set here brings it forward, and one for later changes nothing', async (t) => {
  const { ticks, dispatcher } = ticking()
  await until('the first tick', () => ticks.length === 1)
  dispatcher.nudge(5000)
  dispatcher.nudge(100)
  dispatcher.nudge(300)
  await until('the second tick', () => ticks.length === 2)
  const waited = (ticks[1] ?? 0) - (ticks[0] ?? 0)
  t.ok(waited >= 99 && waited < 290, `after ${waited} ms`)
  await dispatcher.stop()
})

t.test('one that is set while it ticks is not forgotten', async (t) => {
  let ticks = 0
  const dispatcher: Dispatcher = new Dispatcher(silent, async () => {
    if (++ticks === 1) dispatcher.nudge(50)
    return 1000
  })
  dispatcher.start()
  const begun = performance.now()
  await until('the second tick', () => ticks === 2)
  t.ok(performance.now() - begun < 500)
  await dispatcher.stop()
})

t.test('however much is due, it is no storm', async (t) => {
  const { ticks, dispatcher } = ticking(...Array.from({ length: 1000 }, () => 0))
  await until('it has ticked for a while', () => (ticks.at(-1) ?? 0) > 500)
  await dispatcher.stop()
  t.ok(ticks.length <= 55, `${ticks.length} ticks in half a second`)
})

t.test('after an error it goes on, and when it is told to stop it stops at once', async (t) => {
  const { ticks, dispatcher } = ticking(new Error('the database is away'))
  await until('it has ticked again', () => ticks.length === 2)
  const begun = performance.now()
  await dispatcher.stop()
  t.ok(performance.now() - begun < 200)
  t.equal(ticks.length, 2)
})
