/** Who may begin when: slots, room for more, and being alone. */
import t from 'tap'
import { Slots } from '../../src/tasks/slots.ts'

const NOW = { priority: 0, run_at: new Date('2030-01-02T03:04:05Z') }

const never = new AbortController().signal
const LONG_MS = 60_000

/** Work that goes on until it is told to end; taken in now, if it was not before. */
function begin(slots: Slots, taken = slots.takeIn(1), place = NOW) {
  const { promise, resolve } = Promise.withResolvers<void>()
  let begun = false
  t.equal(taken, 1, 'only what was taken in is run')
  const ended = slots.run(place, async () => {
    begun = true
    await promise
  })
  return {
    begun: () => begun,
    end: async () => {
      resolve()
      await ended
    },
  }
}

/** A suspect: it wants to be alone for so long at most. */
function suspect(slots: Slots, wait_ms = LONG_MS, signal = never) {
  const over = Promise.withResolvers<void>()
  let alone: boolean | undefined
  slots.takeIn(1)
  const ended = slots.run(NOW, async () => {
    alone = await slots.alone(wait_ms, signal)
    if (!alone) return
    await over.promise
    slots.leaveAlone()
  })
  return {
    alone: () => alone,
    ended,
    end: async () => {
      over.resolve()
      await ended
    },
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

t.test('who has nothing else in hand is alone at once', async (t) => {
  const slots = new Slots(3)
  const taken = slots.takeIn(1)
  const only = suspect(slots)
  await settled()
  t.equal(only.alone(), true)
  const next = begin(slots, taken)
  await settled()
  t.equal(next.begun(), false, 'nothing begins beside it')
  t.equal(slots.takeIn(5), 0, 'nor is anything taken in')
  await only.end()
  await settled()
  t.equal(next.begun(), true, 'it goes on')
  await next.end()
  await slots.drained()
  t.equal(slots.takeIn(100), 6, 'all is as before')
})

t.test('what is in hand ends first, and nothing new begins meanwhile', async (t) => {
  const slots = new Slots(3)
  const [one, other] = [begin(slots), begin(slots)]
  const taken = slots.takeIn(1)
  const lonely = suspect(slots)
  await settled()
  t.same([one.begun(), other.begun(), lonely.alone()], [true, true, undefined])
  await one.end()
  const late = begin(slots, taken)
  await settled()
  t.same([late.begun(), lonely.alone()], [false, undefined])
  await other.end()
  await settled()
  t.same([late.begun(), lonely.alone()], [false, true])
  await lonely.end()
  await settled()
  t.equal(late.begun(), true)
  await late.end()
})

t.test('two suspects are alone one after the other', async (t) => {
  const slots = new Slots(3)
  const [first, second] = [suspect(slots), suspect(slots)]
  await settled()
  t.same([first.alone(), second.alone()], [true, undefined])
  await first.end()
  await settled()
  t.equal(second.alone(), true)
  await second.end()
  await slots.drained()
})

t.test('who waits for minutes of work in vain gives up, and others begin again', async (t) => {
  const slots = new Slots(3)
  const long = begin(slots)
  const taken = slots.takeIn(1)
  const lonely = suspect(slots, 30)
  const next = begin(slots, taken)
  await settled()
  t.equal(next.begun(), false)
  await lonely.ended
  t.equal(lonely.alone(), false)
  await settled()
  t.equal(next.begun(), true)
  await long.end()
  await next.end()
  await slots.drained()
})

t.test('who is told to stop waits no longer', async (t) => {
  const slots = new Slots(2)
  const stopping = new AbortController()
  const long = begin(slots)
  const lonely = suspect(slots, LONG_MS, stopping.signal)
  await settled()
  stopping.abort()
  await lonely.ended
  t.equal(lonely.alone(), false)
  await long.end()
  await slots.drained()
})

t.test('room is told of when there is some again, or when it does not matter', async (t) => {
  const slots = new Slots(1)
  const over = new AbortController()
  const [held, waiting] = [begin(slots), begin(slots)]
  let roomy = 0
  const room = () => slots.room(over.signal).then(() => void roomy++)
  const first = room()
  await settled()
  t.equal(roomy, 0)
  await held.end()
  await first
  t.equal(roomy, 1)
  begin(slots)
  const second = room()
  await settled()
  t.equal(roomy, 1)
  over.abort()
  await second
  t.equal(roomy, 2)
  await waiting.end()
})

t.test('the line in here is the line of the database', async (t) => {
  const slots = new Slots(1)
  const only = begin(slots)
  const line = [
    NOW,
    { ...NOW, priority: 1 },
    { ...NOW, run_at: new Date('2030-01-02T03:04:04Z') },
    { ...NOW, priority: -1 },
    NOW,
  ]
  // There is room for two in all; the rest of a wake-up would be passed on.
  const waiting = line.map((place) => begin(slots, 1, place))
  const order: number[] = []
  let ending = only
  while (order.length < line.length) {
    await ending.end()
    await settled()
    const next = waiting.findIndex((it, index) => it.begun() && !order.includes(index))
    order.push(next)
    ending = waiting[next] ?? only
  }
  await ending.end()
  t.same(order, [3, 2, 0, 4, 1], 'priority, then time, then who came first')
})
