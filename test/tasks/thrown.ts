/** What a step throws arrives as it was thrown, and is tried again only where nobody meant it. */
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { errorValue } from '../../src/tasks/errors.ts'
import { isFinal } from '../../src/tasks/final.ts'
import { ToolFailure } from '../../src/tools/outcomes.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { caughtStep } from '../fixtures/small_machines.ts'
import { worldOf } from '../fixtures/workers.ts'

const db = await freshDatabase(t)

async function thrownBy(act: () => unknown): Promise<unknown> {
  try {
    return await act()
  } catch (error) {
    return error
  }
}

const coded = (code: string, more: object = {}) => Object.assign(new Error('no'), { code, ...more })

/** What onError sees, and after how many attempts. */
async function seenOf(error: unknown) {
  const world = await worldOf(
    t,
    caughtStep(async () => {
      throw error
    }),
    db,
  )
  const worker = await world.work()
  const task_id = await world.submit('caught')
  const { output } = await world.hurried(task_id)
  const { rows } = await db.query('select from pawl.attempts where task_id = $1', [task_id])
  await worker.stop()
  return { output, attempts: rows.length }
}

t.test('a plain value that is thrown arrives as it is', async (t) => {
  const declined = { code: 'declined', reason: 'funds', at: [{ shop: 7, open: [true, null] }] }
  t.strictSame(await seenOf(declined), { output: declined, attempts: 1 })
  t.strictSame(await seenOf('out of stock'), { output: 'out of stock', attempts: 3 })
})

t.test('an error keeps its nested details and its cause', async (t) => {
  const cause = Object.assign(new RangeError('too far'), { metres: 12 })
  const error = Object.assign(new Error('not delivered', { cause }), {
    code: 'TOO_FAR',
    details: { limits: [{ metres: 10 }] },
    asked: new Date(0),
  })
  t.strictSame(await seenOf(error), {
    output: {
      name: 'Error',
      message: 'not delivered',
      code: 'TOO_FAR',
      details: { limits: [{ metres: 10 }] },
      cause: { name: 'RangeError', message: 'too far', metres: 12 },
    },
    attempts: 1,
  })
})

t.test('no error is endless, and none tells a row of PostgreSQL', async (t) => {
  const ring = new Error('round')
  ring.cause = ring
  t.ok(JSON.stringify(errorValue(ring)).length < 25_000)
  const crowd = Array.from({ length: 500 }, (_, at) => new Error(`${at} ${'x'.repeat(1000)}`))
  t.ok(JSON.stringify(errorValue(Object.assign(new Error('many'), { crowd }))).length < 25_000)
  const large = { code: 'large', page: 'x'.repeat(30_000), pages: Array(30_000).fill(null) }
  t.strictSame(errorValue(large), { code: 'large' })
  t.strictSame(errorValue(undefined), { name: 'thrown', message: 'undefined' })
  const row = await thrownBy(() =>
    db.query(`insert into pawl.prices select 'secret', null, 0, 1, 1, 1, 1, 1`),
  )
  t.match(row, { detail: /secret/ })
  const wrapped = new Error('the price was not kept', { cause: row })
  t.match(errorValue(wrapped), { cause: { code: '23502', table: 'prices' } })
  t.notMatch(JSON.stringify(errorValue(wrapped)), /secret/)
})

t.test('a code of the system is tried again, and one of the author’s is an answer', async (t) => {
  const system = [
    await thrownBy(() => readFile('/no/such/file')),
    await thrownBy(() => db.query('select 1 / 0')),
    await thrownBy(() => Buffer.alloc(Number.NaN)),
    coded('ECONNRESET'),
    coded('EAI_AGAIN'),
    coded('ENOTFOUND'),
    coded('UND_ERR_SOCKET'),
    new ToolFailure('busy', { retryable: true }),
    new Error('nobody foresaw this'),
    'a text',
  ]
  for (const error of system) t.equal(isFinal(error), false, JSON.stringify(errorValue(error)))
  const own = ['EXPIRED', 'E_DECLINED', 'ENOUGH', 'ERR_DECLINED', 'FATAL', '23505', 'declined']
  for (const code of own) t.equal(isFinal(coded(code)), true, code)
  t.equal(isFinal({ code: 'ECONNRESET' }), true, 'a plain value is always an author’s')
  t.strictSame((await seenOf(coded('EXPIRED'))).attempts, 1)
})
