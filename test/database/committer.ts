/**
 * The group committer, on a flush that does as the test says.
 */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { type Flush, GroupCommitter } from '../../src/database/committer.ts'
import type { CommitAnswer, CommitItem } from '../../src/database/rows.ts'

function item(task_id: string): CommitItem {
  return {
    task_id,
    revision: 1,
    commit_id: randomUUID(),
    worker_id: randomUUID(),
    release: 'r',
    snapshot: null,
    state: 'a',
    status: 'ready',
    output: null,
    error: null,
    open_steps: [],
    stop_steps: [],
    set_timers: [],
    remove_timers: [],
  }
}

/** Answers each flush as told, and keeps what was in it. */
function recorded(answer: (it: CommitItem) => CommitAnswer | Error) {
  const flushes: string[][] = []
  const flush: Flush = async (items) => {
    flushes.push(items.map((it) => it.task_id))
    await new Promise(setImmediate)
    return items.map((it) => {
      const told = answer(it)
      if (told instanceof Error) throw told
      return told
    })
  }
  return { committer: new GroupCommitter(flush), flushes }
}

t.test('while one flush is under way the next one gathers', async (t) => {
  const { committer, flushes } = recorded(() => 'accepted')
  const first = committer.commit(item('a'))
  await new Promise((resolve) => process.nextTick(resolve))
  const rest = ['b', 'c', 'd'].map((id) => committer.commit(item(id)))
  t.same(await Promise.all([first, ...rest]), Array(4).fill('accepted'))
  t.same(flushes, [['a'], ['b', 'c', 'd']])
})

t.test('a flush holds one item of a task at most, and no more than 64', async (t) => {
  const { committer, flushes } = recorded(() => 'accepted')
  const ids = ['a', 'b', 'a', 'a', ...Array.from({ length: 600 }, (_, n) => `t${n}`)]
  await Promise.all(ids.map((id) => committer.commit(item(id))))
  for (const flush of flushes) {
    t.equal(new Set(flush).size, flush.length, 'each task once')
    t.ok(flush.length <= 64)
  }
  t.equal(flushes.flat().length, ids.length)
})

t.test('one item that nobody foresaw does not sink the others', async (t) => {
  const fault = new Error('an unforeseen constraint')
  const { committer, flushes } = recorded((it) => (it.task_id === 't37' ? fault : 'accepted'))
  const ids = Array.from({ length: 100 }, (_, n) => `t${n}`)
  const ends = await Promise.allSettled(ids.map((id) => committer.commit(item(id))))
  const failed = ends.flatMap((end, n) => (end.status === 'rejected' ? [[n, end.reason]] : []))
  t.same(failed, [[37, fault]])
  t.ok(flushes.length <= 16, `found in ${flushes.length} flushes`)
})

t.test('a busy item is told so, and holds up nobody that rides with it', async (t) => {
  const { committer, flushes } = recorded((it) => (it.task_id === 'held' ? 'busy' : 'accepted'))
  const both = ['held', 'free'].map((id) => committer.commit(item(id)))
  t.same(await Promise.all(both), ['busy', 'accepted'])
  t.same(flushes, [['held', 'free']])
})

t.test('without a database a batch is given up whole, not by halves', async (t) => {
  const lost = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const { committer, flushes } = recorded(() => lost)
  const ids = Array.from({ length: 50 }, (_, n) => `t${n}`)
  const ends = await Promise.allSettled(ids.map((id) => committer.commit(item(id))))
  t.ok(ends.every((end) => end.status === 'rejected' && end.reason === lost))
  t.equal(flushes.length, 2, 'its two halves, once each')
})

t.test('a crowd goes out in two halves at once, and a few wait for one of them', async (t) => {
  const { committer, flushes } = recorded(() => 'accepted')
  const crowd = Array.from({ length: 40 }, (_, n) => committer.commit(item(`t${n}`)))
  await new Promise((resolve) => process.nextTick(resolve))
  const few = [committer.commit(item('a')), committer.commit(item('t0'))]
  t.same(
    flushes.map((it) => it.length),
    [20, 20],
  )
  await Promise.all([...crowd, ...few])
  t.same(flushes.slice(2).flat().sort(), ['a', 't0'], 't0 not while it was under way')
})

t.test('each of the other answers reaches the one who asked', async (t) => {
  const answers: Record<string, CommitAnswer> = { a: 'accepted', b: 'deferred', c: 'fenced' }
  const { committer } = recorded((it) => answers[it.task_id] ?? 'illegal')
  const given = await Promise.all(['d', 'c', 'b', 'a'].map((id) => committer.commit(item(id))))
  t.same(given, ['illegal', 'fenced', 'deferred', 'accepted'])
})
