/**
 * A seeded share of `npm run prove:faults`, so that each run of the tests proves some of it; and
 * that the programme strikes at every crash point there is.
 */
import t from 'tap'
import { CRASH_POINTS } from '../../src/crashpoint.ts'
import { tcpProxy } from '../fixtures/tcp_proxy.ts'
import { until } from '../fixtures/until.ts'
import { allCases, runCases } from './prove/cases.ts'
import { Child } from './prove/child.ts'
import { runCrowd } from './prove/crowd.ts'
import { POINTS, type Workflow } from './prove/points.ts'
import { runPowerCuts } from './prove/power_cuts.ts'
import { Report } from './prove/report.ts'
import { FAULTS } from './prove/strike.ts'
import { Lane, openOutside, type World } from './prove/world.ts'

const SEED = 20261123
const SHARE = 18
const ID = 30_000_000

t.setTimeout(900_000)
const outside = await openOutside()
t.teardown(() => outside.close())

t.test(
  'every crash point is struck with every fault, but cut only where a statement follows',
  async (t) => {
    t.same(Object.keys(POINTS).sort(), [...CRASH_POINTS].sort())
    const cases = allCases({ seed: SEED, only: [] })
    const struck = new Set(cases.map(({ point, fault }) => `${point} ${fault}`))
    const uncut = ['deploy.done cut_before', 'deploy.done cut_after']
    t.same(
      CRASH_POINTS.flatMap((point) => FAULTS.map((fault) => `${point} ${fault}`)).filter(
        (it) => !struck.has(it),
      ),
      uncut,
    )
  },
)

t.test('every crash point is come to', async (t) => {
  const lane = await Lane.open()
  t.teardown(() => lane.close())
  await using world = await lane.world('bare', outside)
  const passed = new Set<string>()
  const wait = async (child: Child) => {
    await child.ended
    for (const point of child.stood) passed.add(point)
  }
  await wait(new Child('deployer', { url: world.url, all: true, args: ['deployer'] }))
  await wait(new Child('client', { url: world.url, all: true, args: ['client', String(ID)] }))
  const proxy = await tcpProxy(t, world.url)
  proxy.cutAt('pawl.commit', (nth) => (nth === 1 ? 'after' : undefined))
  outside.effects.losing.add(`/plain ${JSON.stringify({ id: ID + 1 })}`)
  const worker = new Child('worker', { url: proxy.through(world.url), all: true })
  await submitBoth(world)
  await until('all is done', async () => (await world.ended()).ended === 3, 60_000)
  worker.signal('SIGTERM')
  await wait(worker)
  await world.submit('errand', [ID + 3])
  await wait(new Child('mover', { url: world.url, all: true, args: ['mover'] }))
  t.same([...passed].sort(), [...CRASH_POINTS].sort())
})

async function submitBoth(world: World): Promise<void> {
  const workflows: Workflow[] = ['errand', 'courier']
  for (const [n, workflow] of workflows.entries()) await world.submit(workflow, [ID + 1 + n])
}

t.test('whatever is struck, nothing is lost and nothing doubled', async (t) => {
  const report = new Report((line) => t.comment(line))
  await runCases({ seed: SEED, only: [], share: SHARE, lanes: 2 }, outside, report)
  t.match(report.sums, { cases: SHARE, fired: SHARE, lost: 0, doubled: 0, verify_rows: 0 })
  t.same(report.failed, [])
})

t.test('workers are killed at random, and nothing is lost and nothing doubled', async (t) => {
  const report = new Report((line) => t.comment(line))
  await runCrowd({ seed: SEED, tasks: 60, kills: 8, workers: 3 }, outside, report)
  t.match(report.sums, { ended: 60, fired: 8, lost: 0, doubled: 0, verify_rows: 0 })
  t.same(report.failed, [])
})

t.test('Postgres is killed, and every acknowledged insert is there', async (t) => {
  const report = new Report((line) => t.comment(line))
  await runPowerCuts({ seed: SEED, cuts: 2 }, outside, report)
  t.match(report.sums, { fired: 2, lost: 0, doubled: 0, verify_rows: 0 })
  t.same(report.failed, [])
})

t.test('a run in which something was missed is a failed run', async (t) => {
  const end = { fired: 1, tasks: 10, ended: 10, lost: 0, doubled: 0, verify_rows: 0, faults: [] }
  const failsWith = (more: object) => {
    const report = new Report(() => undefined)
    report.add('a case', { ...end, ...more }, 1)
    return !report.ok
  }
  t.equal(failsWith({}), false)
  t.equal(failsWith({ fired: 0 }), true)
  t.equal(failsWith({ ended: 8 }), true)
  t.equal(failsWith({ lost: 1 }), true)
  t.equal(failsWith({ doubled: 1 }), true)
  t.equal(failsWith({ verify_rows: 1 }), true)
  t.equal(new Report(() => undefined).ok, false, 'as is a run of nothing')
})
