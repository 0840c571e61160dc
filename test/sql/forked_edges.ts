/** A machine that an older release registered may lack the moves that lead into a fork. */
import t from 'tap'
import { refused } from '../fixtures/refused.ts'
import { CHART } from '../fixtures/sql_chart.ts'
import { sqlWorld } from '../fixtures/sql_world.ts'

const world = await sqlWorld(t)
const worker_id = await world.worker()
const fork = (task_id: string, revision: number) =>
  world.value<string>('select pawl.fork_task($1, $2)', [task_id, revision])

t.test('a fork that no edge leads to is refused before there is one', async (t) => {
  const { task_id } = await world.begun(worker_id)
  const before = await world.counted()
  t.match(await refused(fork(task_id, 1)), {
    code: 'PW003',
    message: /pawl\.forked .* calling/,
    hint: /pawl register/,
  })
  t.same(await world.counted(), before)
})

t.test('one of the beginning needs no such edge', async (t) => {
  const { task_id } = await world.begun(worker_id)
  t.ok(await fork(task_id, 0))
  t.same(await world.verify(), [])
})

t.test('it is begun once the machine has been given its newer moves', async (t) => {
  const { task_id } = await world.begun(worker_id)
  const into = (to_state: string, more: number) => ({
    edge_no: CHART.edges.length + more,
    from_state: '(new)',
    event: 'pawl.forked',
    to_state,
    kind: 'engine',
  })
  const edges = [...CHART.edges, into('waiting', 0)]
  await world.register('errand', { chart: { ...CHART, edges } })
  t.match(await refused(fork(task_id, 1)), { code: 'PW003' }, 'it leads elsewhere')
  await world.register('errand', { chart: { ...CHART, edges: [...edges, into('calling', 1)] } })
  t.ok(await fork(task_id, 1))
})
