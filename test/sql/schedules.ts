/** Schedules are rows that people set; their tasks are submitted by whoever looks first, once. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker = world.roles.pawl_worker
const submitter = world.roles.pawl_submitter
const dispatch = async (as = worker) => (await as.query('select * from pawl.dispatch()')).rows[0]
const schedule = async (name: string) =>
  (await world.rows('select * from pawl.schedules where schedule = $1', [name]))[0]
const keys = async (name: string) =>
  (
    await world.rows<{ key: string }>('select key from pawl.tasks where key ^@ $1 order by key', [
      `schedule:${name}:`,
    ])
  ).map((it) => it.key.slice(`schedule:${name}:`.length))
const set = (columns: Record<string, unknown>, as = submitter) => {
  const all = { cron: '0 * * * *', machine: 'errand', input: { n: 1 }, ...columns }
  const names = Object.keys(all)
  return as.query(
    `insert into pawl.schedules (${names.join()}) values (${names.map((_, i) => `$${i + 1}`).join()})`,
    Object.values(all),
  )
}
const HOUR = 3_600_000
/** The stopped clock, moved on to ten seconds past a full hour. */
const [{ at: now } = { at: new Date() }] = await world.rows<{ at: Date }>(
  'select pawl.clock() as at',
)
await world.tick(HOUR - (now.getTime() % HOUR) + 10_000)
const time = (ms: number) => new Date(Math.floor(ms / 60_000) * 60_000).toISOString().slice(0, 16)

t.test('a schedule submits its task when it is due, with what it was set to', async (t) => {
  await set({
    schedule: 'hourly',
    labels: { team: 'night' },
    priority: 3,
    budget: { tokens: 500 },
  })
  const before = await schedule('hourly')
  t.match(before, { enabled: true, last_at: null, last_task_id: null })
  t.match(await dispatch(), { done: '0' })
  const at = await world.tick(HOUR)
  t.match(await dispatch(), { done: '1' })
  t.same(await keys('hourly'), [`${time(at.getTime())}Z`])
  const after = await schedule('hourly')
  t.same(after?.['last_at'], before?.['next_at'])
  t.equal(after?.['next_at'].getTime(), before?.['next_at'].getTime() + HOUR)
  const [task] = await world.rows('select * from pawl.tasks where task_id = $1', [
    after?.['last_task_id'],
  ])
  t.match(task, {
    machine: 'errand',
    input: { n: 1 },
    labels: { team: 'night' },
    priority: 3,
    budget: { tokens: 500 },
    submitted_by: await world.value('select session_user::text', [], submitter),
    status: 'ready',
  })
  t.match(await dispatch(), { done: '0' }, 'and once')
  await world.query('delete from pawl.schedules')
})

t.test('however many runs were missed, one makes up for them', async (t) => {
  await set({ schedule: 'busy', cron: '* * * * *' })
  const due: Date = (await schedule('busy'))?.['next_at']
  const at = await world.tick(30 * 60_000)
  t.match(await dispatch(), { done: '1' })
  t.same(await keys('busy'), [`${time(due.getTime())}Z`], 'the first of them')
  t.equal((await schedule('busy'))?.['next_at'].getTime(), at.getTime() + 50_000)
  t.match(await dispatch(), { done: '0' })
  await world.query('delete from pawl.schedules')
})

t.test('a tick comes again when a schedule is due', async (t) => {
  await set({ schedule: 'soon', cron: '* * * * *' })
  await world.query('delete from pawl.timers')
  t.match(await dispatch(), { next_ms: 1000 })
  await world.tick(49_700)
  t.match(await dispatch(), { next_ms: 300 })
  await world.tick(300)
  t.match(await dispatch(), { done: '1', next_ms: 1000 })
  await world.query('delete from pawl.schedules')
  await world.tick(10_000)
})

t.test('of workers that look at the same time one submits it', async (t) => {
  await set({ schedule: 'crowded', cron: '* * * * *' })
  await world.tick(60_000)
  const workers = await Promise.all(Array.from({ length: 6 }, () => world.as('pawl_worker')))
  const [first] = workers
  await first?.query('begin')
  t.match(first && (await dispatch(first)), { done: '1' })
  const others = await Promise.all(workers.slice(1).map((it) => dispatch(it)))
  t.same(new Set(others.map((it) => it.done)), new Set(['0']))
  await first?.query('rollback')
  const again = await Promise.all(workers.map((it) => dispatch(it)))
  t.equal(
    again.reduce((sum, it) => sum + Number(it.done), 0),
    1,
    'one whose transaction failed has submitted nothing',
  )
  t.equal((await keys('crowded')).length, 1)
  await world.query(`update pawl.schedules set next_at = last_at`)
  t.match(await dispatch(), { done: '1' })
  t.equal((await keys('crowded')).length, 1, 'the same time is the same task, whatever happens')
  await world.query('delete from pawl.schedules')
})

t.test('it rests while it is not enabled, and makes up for nothing then', async (t) => {
  await set({ schedule: 'resting', cron: '* * * * *' })
  await submitter.query(`update pawl.schedules set enabled = false where schedule = 'resting'`)
  t.match(await schedule('resting'), { next_at: null })
  const at = await world.tick(HOUR)
  t.match(await dispatch(), { done: '0' })
  await submitter.query(`update pawl.schedules set enabled = true where schedule = 'resting'`)
  t.equal((await schedule('resting'))?.['next_at'].getTime(), at.getTime() + 50_000)
  t.match(await dispatch(), { done: '0' })
  await world.query('delete from pawl.schedules')
})

t.test('one that its machine refuses by now can be put to rest, and not back', async (t) => {
  await set({ schedule: 'outgrown', cron: '* * * * *' })
  const schema = await world.value('select input_schema from pawl.machines')
  const grow = (to: unknown) => world.query('update pawl.machines set input_schema = $1', [to])
  await grow({ type: 'object', required: ['m'] })
  await world.tick(60_000)
  await dispatch()
  t.match(await schedule('outgrown'), { last_error: /^PW101 / })
  await submitter.query(`update pawl.schedules set enabled = false`)
  t.match(await schedule('outgrown'), { enabled: false, next_at: null })
  const back = await refused(submitter.query(`update pawl.schedules set enabled = true`))
  t.match(back, { code: 'PW101' })
  await grow(schema)
  await world.query('delete from pawl.schedules')
})

t.test('a new cron text moves the next run; a new input does not', async (t) => {
  await set({ schedule: 'moved' })
  const next = (await schedule('moved'))?.['next_at']
  await world.tick(60_000)
  await submitter.query(`update pawl.schedules set input = '{"n": 2}' where schedule = 'moved'`)
  t.same((await schedule('moved'))?.['next_at'], next)
  await submitter.query(`update pawl.schedules set cron = '5 * * * *' where schedule = 'moved'`)
  t.equal((await schedule('moved'))?.['next_at'].getTime() % HOUR, 5 * 60_000)
  await world.query('delete from pawl.schedules')
})

t.test('what each run would be refused for is refused at once', async (t) => {
  for (const [columns, code] of [
    [{ cron: '61 * * * *' }, 'PW111'],
    [{ cron: '0 0 31 4 *' }, 'PW111'],
    [{ machine: 'errant' }, 'PW102'],
    [{ input: { n: 'one' } }, 'PW101'],
    [{ input: '[]' }, 'PW103'],
    [{ budget: { tokens: -1 } }, 'PW105'],
    [{ labels: '[]' }, 'PW110'],
    [{ priority: 40_000 }, 'PW110'],
  ] as const) {
    t.match(await refused(set({ schedule: 'bad', ...columns })), { code, hint: /./ })
  }
  t.match(await refused(set({ schedule: 'two words' })), { code: '23514' })
  t.match(await refused(set({ schedule: 'x', next_at: new Date() })), { code: '42501' })
  await set({ schedule: 'good' })
  const change = (to: string) => refused(submitter.query(`update pawl.schedules set ${to}`))
  t.match(await change(`cron = 'never'`), { code: 'PW111' })
  t.match(await change(`machine = 'none'`), { code: 'PW102' })
  t.match(await change('next_at = pawl.clock()'), { code: '42501' })
  t.match(await refused(set({ schedule: 'mine' }, worker)), { code: '42501' })
  await submitter.query(`delete from pawl.schedules`)
})

t.test('a run that is refused says so, and keeps no other from running', async (t) => {
  await set({ schedule: 'a_broken', machine: 'errand', cron: '* * * * *' })
  await set({ schedule: 'b_sound', cron: '* * * * *' })
  await world.register('errand', { input_schema: { type: 'object', required: ['zip'] } })
  await world.query(`update pawl.schedules set input = '{"zip": 1}' where schedule = 'b_sound'`)
  await world.tick(60_000)
  t.match(await dispatch(), { done: '1' })
  t.match(await schedule('a_broken'), { last_task_id: null, last_error: /^PW101 .*zip/ })
  t.match(await schedule('b_sound'), { last_error: null })
  t.ok((await schedule('a_broken'))?.['next_at'] > (await schedule('a_broken'))?.['last_at'])
})

t.test('the laws still hold', async (t) => {
  t.same(await world.verify(), [])
})
