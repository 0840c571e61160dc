import t from 'tap'
import { createMachine } from 'xstate'
import {
  leavesOfName,
  leavesOfValue,
  nameOfLeaves,
  nameOfValue,
  valueOfLeaves,
} from '../../src/machines/nodes.ts'

const pair = (first: string, second: string) => ({
  initial: first,
  states: { [first]: {}, [second]: {} },
})

const { root } = createMachine({
  id: 'm',
  initial: 'run',
  states: {
    run: {
      type: 'parallel',
      states: {
        up: pair('sending', 'sent'),
        scan: { type: 'parallel', states: { disk: pair('x', 'y'), beacon: {} } },
        log: {},
      },
    },
    rest: pair('in', 'out'),
    end: { type: 'final' },
  },
})

t.test(
  'a state is named by its leaves in document order, whatever order jsonb chose',
  async (t) => {
    const name = 'run.up.sending|run.scan.disk.y|run.scan.beacon|run.log'
    const value = { run: { log: {}, up: 'sending', scan: { beacon: {}, disk: 'y' } } }
    t.equal(nameOfValue(value, root), name)
    const leaves = leavesOfName(name, root) ?? []
    t.equal(nameOfLeaves(leaves.toReversed()), name)
    t.strictSame(leavesOfValue(value, root), leaves)
    const canonical = { run: { up: 'sending', scan: { disk: 'y', beacon: {} }, log: {} } }
    t.equal(JSON.stringify(valueOfLeaves(leaves, root)), JSON.stringify(canonical))
  },
)

t.test('a single leaf is named by its path', async (t) => {
  t.equal(nameOfValue('end', root), 'end')
  t.equal(nameOfValue({ rest: 'out' }, root), 'rest.out')
  t.equal(valueOfLeaves(leavesOfName('end', root) ?? [], root), 'end')
  t.strictSame(valueOfLeaves(leavesOfName('rest.out', root) ?? [], root), { rest: 'out' })
})

t.test('a state that the machine does not have is named and not found', async (t) => {
  t.equal(nameOfValue({ rest: 'gone' }, root), 'rest.gone')
  t.equal(leavesOfValue({ rest: 'gone' }, root), undefined)
  t.equal(leavesOfName('rest.in|lost', root), undefined)
})
