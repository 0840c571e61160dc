/** A limit is set while others work, and one of them may have gone for coffee. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { doneItem, newStep, startItem } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const setLimit = async () => (await world.as()).query(`select pawl.set_limit('errand', 5)`)

t.test('who keeps the limits is named, and nobody waits long for who waits for them', async (t) => {
  const site = await world.begun(worker_id)
  const holder = await world.as()
  await holder.query('begin')
  await holder.query('select from pawl.limits')
  const answer = refused(setLimit())
  await world.waiting()
  await world.roles.pawl_worker.query(`set statement_timeout = '1s'`)
  t.same(await world.commit(doneItem(site)), ['accepted'])
  t.match(await answer, { code: 'PW112', hint: /pg_stat_activity/ })
  await holder.query('rollback')
})

t.test('it is set as soon as they are let go', async (t) => {
  const holder = await world.as()
  await holder.query('begin')
  await holder.query('select from pawl.limits')
  const set = setLimit()
  await world.waiting()
  await holder.query('rollback')
  await set
  t.equal(await world.value('select in_hand_max from pawl.limits'), 5)
  const task_id = await world.submit()
  const start = startItem(task_id, worker_id, { open_steps: [newStep(1, true)] })
  t.same(await world.commit(start), ['unclaimed'])
})

t.test('who sets one in a transaction and leaves it open is ended soon', async (t) => {
  const setter = await world.as()
  await setter.query('begin')
  await setter.query(`select pawl.set_limit('errand', 6)`)
  const idle_ms = `current_setting('idle_in_transaction_session_timeout')`
  t.same((await setter.query(`select ${idle_ms} as it`)).rows, [{ it: '2s' }])
  await setter.query('rollback')
  t.not((await setter.query(`select ${idle_ms} as it`)).rows[0]?.it, '2s')
})
