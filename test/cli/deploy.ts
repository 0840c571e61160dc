/** pawl deploy as somebody types it: what it prints, refuses and leaves behind. */
import { join } from 'node:path'
import t from 'tap'
import { registerApp } from '../../src/app/register.ts'
import { pawl } from '../fixtures/cli.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { deliveryApp } from '../fixtures/deliveries.ts'
import { until } from '../fixtures/until.ts'
import { workerProcess } from '../fixtures/workers.ts'

t.setTimeout(120_000)

const appOf = (version: 1 | 2) =>
  join(import.meta.dirname, '..', 'fixtures', 'apps', `delivery_${version}.ts`)

t.test('a deploy prints what is in flight and where it would go', async (t) => {
  const db = await freshDatabase(t)
  await registerApp(db.url, deliveryApp(1))
  const deploy = (...more: string[]) =>
    pawl(['deploy', '--app', appOf(2), ...more], { url: db.url })
  const { rows } = await db.query<{ task_id: string }>(
    `insert into pawl.tasks (machine, input) values ('delivery', '{"to": "ada"}') returning task_id`,
  )
  const worker = await workerProcess(t, { url: db.url, app: appOf(1) })
  const task_id = rows[0]?.task_id
  await db.query('select pawl.send_event($1, $2)', [task_id, { type: 'CHECK' }])
  await until('it was checked', async () => {
    const seen = await db.query(
      `select from pawl.tasks where task_id = $1 and state = 'asked' and revision >= 3`,
      [task_id],
    )
    return seen.rowCount === 1
  })
  await worker.stop()

  const dry = await deploy('--dry-run', '--migrate')
  t.same([dry.code, dry.err], [0, ''])
  t.equal(
    dry.out,
    [
      'delivery version 2 (new)',
      '  version  state  tasks  goes to',
      '  1        asked      1  asked',
      'nothing was written: this was a dry run',
      '',
    ].join('\n'),
  )

  const wrong = await deploy('--map', 'askd=asked')
  t.equal(wrong.code, 1)
  t.match(wrong.err, /^pawl: no other version of delivery has a state 'askd'\nhint: did you mean/)

  const stays = await deploy()
  t.same([stays.code, stays.err], [0, ''])
  t.match(stays.out, '  1        asked      1  stays; with --migrate: asked')
  t.match(stays.out, /^delivery: 1 task in flight on version 1: keep a worker of that version/m)

  const moved = await deploy('--map', 'asked=waiting')
  t.match(moved.out, '  1        asked      1  waiting')
  t.match(moved.out, /^delivery: version 2 is current$/m)
  t.match(moved.out, /^delivery: 1 task moved$/m)
  const trace = await pawl(['trace', task_id ?? ''], { url: db.url })
  t.match(trace.out, /asked → waiting +migrated/)

  const done = await deploy('--migrate')
  t.match(done.out, '  no task of another version is in flight')
})

t.test('a refused deploy shows the table first and ends with 1', async (t) => {
  const db = await freshDatabase(t)
  await registerApp(db.url, deliveryApp(2))
  await db.query(`insert into pawl.tasks (machine, input) values ('delivery', '{"to": "ada"}')`)
  await db.query(`update pawl.machines set definition_hash = 'another', planned = true`)
  const { code, out, err } = await pawl(['deploy', '--app', appOf(2)], { url: db.url })
  t.equal(code, 1)
  t.match(out, /^ {2}1 {8}\(new\) {6}1 {2}nowhere: an agent does not become a plain machine/m)
  t.match(err, /^pawl: tasks in flight would have no place to go: 1 of delivery version 1/)
  t.match(err, /hint: say where they go with --map old\.state=new\.state/)
})
