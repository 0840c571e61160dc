/** Actions of one move are done in their order, whoever does them. */
import t from 'tap'
import { createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { defineMachine } from '../../src/app/define_machine.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { until } from '../fixtures/until.ts'
import { endPauses, worldOf } from '../fixtures/workers.ts'

const machine = createMachine({
  id: 'keeper',
  initial: 'open',
  states: {
    open: { entry: ['save', 'mail', 'log'], on: { LOG: { actions: 'log' } } },
  },
})

t.test('the next begins when the one before has ended; another move waits for none', async (t) => {
  const done: string[] = []
  const saved = Promise.withResolvers<void>()
  t.teardown(() => saved.resolve())
  const act = (name: string, work?: () => Promise<void>) => async () => {
    done.push(`${name} begins`)
    await work?.()
    done.push(`${name} ends`)
  }
  let tries = 0
  const actions = {
    save: act('save', async () => {
      await saved.promise
      if (++tries === 1) throw new Error('the disk is busy')
    }),
    mail: act('mail'),
    log: act('log'),
  }
  const spec = { input: z.object({}), actors: {}, actions }
  const app = defineApp({ machines: [defineMachine(machine, spec)] })
  const world = await worldOf(t, app, await freshDatabase(t))
  for (let n = 0; n < 2; n++) await world.work()
  const task_id = await world.submit('keeper', {})
  await until('it saves', () => done.includes('save begins'))
  await world.query(`select pawl.send_event($1, '{"type": "LOG"}')`, [task_id])
  await until('the other move logs', () => done.includes('log ends'))
  t.same(done, ['save begins', 'log begins', 'log ends'])
  saved.resolve()
  await until('all is done', async () => {
    await endPauses(world, task_id)
    return done.filter((it) => it === 'log ends').length === 2
  })
  t.same(done.slice(3), [
    'save begins',
    'save ends',
    'mail begins',
    'mail ends',
    'log begins',
    'log ends',
  ])
  t.same(await world.verify(), [])
})
