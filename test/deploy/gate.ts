/** pawl deploy compares the new versions with the tasks in flight before it writes anything. */
import t, { type Test } from 'tap'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { type DeployOptions, deployApp } from '../../src/app/deploy.ts'
import type { MachinePlan } from '../../src/app/deploy_plan.ts'
import { delivery, deliveryApp } from '../fixtures/deliveries.ts'
import { refused } from '../fixtures/refused.ts'
import { until } from '../fixtures/until.ts'
import { type World, worldOf } from '../fixtures/workers.ts'

t.setTimeout(120_000)

const STAY: DeployOptions = { map: [], migrate: false, drain: false, dry_run: false }

/** One task calls, one waits, one has not begun; no worker runs any more. */
async function inFlight(t: Test): Promise<World & { calling: string; waiting: string }> {
  const never = () => new Promise<never>(() => undefined)
  const world = await worldOf(t, deliveryApp(1, { call: never }))
  const [calling, waiting] = [
    await world.submit('delivery', { to: 'ada' }),
    await world.submit('delivery', { to: 'bob' }),
  ]
  const worker = await world.work()
  for (const [task_id, type] of [
    [calling, 'PACKED'],
    [waiting, 'WAIT'],
  ]) {
    await world.becomes(task_id ?? '', 'waiting')
    await world.query('select pawl.send_event(task_id => $1, event => $2)', [task_id, { type }])
  }
  await stands(world, { calling: 1, waiting: 1 })
  void worker.stop()
  await world.query(`select pawl.stop_worker('${worker.worker_id}')`)
  await world.submit('delivery', { to: 'cay' })
  return { ...world, calling, waiting }
}

async function stands(world: World, wanted: Record<string, number>): Promise<void> {
  await until('the tasks stand', async () => {
    const { rows } = await world.query('select state, tasks::integer from pawl.tasks_in_flight')
    const counted = Object.fromEntries(rows.map((row) => [row['state'], row['tasks']]))
    return (
      JSON.stringify(Object.entries(counted).sort()) ===
      JSON.stringify(Object.entries(wanted).sort())
    )
  })
}

const versions = async (world: World) =>
  (await world.query('select version, current from pawl.machines order by version')).rows

const where = async (world: World) =>
  (
    await world.query(
      `select m.version, t.state from pawl.tasks as t join pawl.machines as m using (machine_id)
       order by t.task_id`,
    )
  ).rows.map((row) => `${row['version']} ${row['state']}`)

const refusals = (world: World, map: string[]) =>
  deployApp(world.url, deliveryApp(2), { ...STAY, map })

t.test(
  'a deploy that would leave tasks without a place is refused, and writes nothing',
  async (t) => {
    const world = await inFlight(t)
    const plans: MachinePlan[] = []
    const onPlan = (plan: readonly MachinePlan[]) => void plans.push(...plan)
    await t.rejects(deployApp(world.url, deliveryApp(2), { ...STAY, onPlan }), {
      code: 'PW607',
      message: /no place to go: 1 of delivery version 1 in 'calling' \(no such state\)$/,
      hint: /--map old\.state=new\.state.*--drain/,
    })
    t.match(plans, [
      {
        machine: 'delivery',
        version: 2,
        is_new: true,
        places: [
          { version: 1, state: '(new)', tasks: 1, goes: { to: '(new)' } },
          { version: 1, state: 'calling', tasks: 1, goes: { nowhere: 'no such state' } },
          { version: 1, state: 'waiting', tasks: 1, goes: { to: 'waiting' } },
        ],
      },
    ])
    t.same(await versions(world), [{ version: 1, current: true }])

    await t.test('with a map, a dry run says what would be and writes nothing', async (t) => {
      const dry = { ...STAY, map: ['calling=phoning'], dry_run: true }
      t.equal(await deployApp(world.url, deliveryApp(2), dry), undefined)
      t.same(await versions(world), [{ version: 1, current: true }])
    })

    await t.test(
      'with --drain, tasks stay on their version and new ones begin on the new',
      async (t) => {
        const drained = await deployApp(world.url, deliveryApp(2), { ...STAY, drain: true })
        t.equal(drained?.migrations.size, 0)
        t.same(await where(world), ['1 calling', '1 waiting', '1 (new)'])
        t.same(await versions(world), [
          { version: 1, current: false },
          { version: 2, current: true },
        ])
      },
    )

    await t.test('with --drain --migrate, those with a place go and the others stay', async (t) => {
      const moved = await deployApp(world.url, deliveryApp(2), {
        ...STAY,
        drain: true,
        migrate: true,
      })
      t.same(moved?.migrations.get('delivery'), {
        moved: 2,
        left: new Map([["'calling' has no place", 1]]),
      })
      t.same(await where(world), ['1 calling', '2 waiting', '2 (new)'])
      t.same(await world.verify(), [])
    })
  },
)

t.test('a malformed state map is refused at once, by name', async (t) => {
  const world = await inFlight(t)
  const wrong = async (map: string[], message: RegExp, hint: RegExp) => {
    await t.rejects(refusals(world, map), { code: 'PW606', message, hint }, map.join(' '))
  }
  await wrong(['calling'], /'calling' is no state map/, /--map old\.state=new\.state/)
  await wrong(['=phoning'], /is no state map/, /--map/)
  await wrong(['caling=phoning'], /no other version of delivery has a state 'caling'/, /calling/)
  await wrong(['calling=foning'], /has no state 'foning'/, /did you mean .*phoning/)
  await wrong(['calling=phoning', 'calling=waiting'], /sends 'calling' of delivery twice/, /one/)
  await wrong(['done=waiting'], /'done' of delivery is final/, /ended/)
  await wrong(['calling=done'], /'done' of delivery is final/, /cancel_task/)
  await wrong(['(new)=asked'], /speaks of '\(new\)'/, /has not begun/)
  await wrong(['other:calling=phoning'], /no other version of delivery has a state/, /./)
  t.same(await versions(world), [{ version: 1, current: true }])
})

t.test('a state that two machines have is mapped with the machine’s name', async (t) => {
  const both = (version: 1 | 2) =>
    defineApp({ machines: [delivery(version), delivery(version, {}, 'pickup')] })
  const world = await worldOf(t, both(1))
  const deploy = (map: string[]) => deployApp(world.url, both(2), { ...STAY, map, dry_run: true })
  await t.rejects(deploy(['calling=phoning']), {
    code: 'PW606',
    message: /'calling' is a state of delivery and of pickup/,
    hint: /--map delivery:calling=phoning/,
  })
  t.equal(await deploy(['delivery:calling=phoning', 'pickup:calling=waiting']), undefined)
})

t.test('a task that has not begun goes only where its input fits', async (t) => {
  const world = await worldOf(t, deliveryApp(1))
  await world.submit('delivery', { to: 'ada' })
  await world.submit('delivery', { to: 'ada', at: 'noon' })
  const strict = defineApp({
    machines: [delivery(2, {}, 'delivery', z.object({ to: z.string(), at: z.string() }))],
  })
  await t.rejects(deployApp(world.url, strict, { ...STAY, migrate: true }), {
    code: 'PW607',
    message: /1 of delivery version 1 in '\(new\)' \(input does not fit at \$/,
  })
  const moved = await deployApp(world.url, strict, { ...STAY, migrate: true, drain: true })
  t.match(moved?.migrations.get('delivery'), { moved: 1 })
  t.same(await where(world), ['1 (new)', '2 (new)'])
})

t.test('a deploy of what is current already changes nothing', async (t) => {
  const world = await worldOf(t, deliveryApp(1))
  const again = await deployApp(world.url, deliveryApp(1), STAY)
  t.match(again?.registered, [{ machine: 'delivery', version: 1, is_new: false }])
})

t.test('a task changes its version by no other way than a move in its diary', async (t) => {
  const world = await worldOf(t, deliveryApp(1))
  const task_id = await world.submit('delivery', { to: 'ada' })
  await deployApp(world.url, deliveryApp(2), STAY)
  const newer = `(select machine_id from pawl.machines where version = 2)`
  const change = world.query(`update pawl.tasks set machine_id = ${newer} where task_id = $1`, [
    task_id,
  ])
  t.match(await refused(change), { code: 'PW003' })
  const worker = await world.as('pawl_worker')
  const migrate = worker.query(`select pawl.migrate_tasks(machine_id => 2, items => '[]')`)
  t.match(await refused(migrate), { code: '42501' })
})
