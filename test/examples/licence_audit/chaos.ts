/** `npm start -- --chaos`: workers killed each second, an unreliable register, and no harm done. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { countRegister } from '../../../examples/licence_audit/count_register.ts'
import { startRegister } from '../../../examples/licence_audit/register.ts'
import { isHarmless } from '../../../examples/licence_audit/start/chaos.ts'
import {
  freshCheckout,
  lastLine,
  npmStart,
  registerLines,
} from '../../fixtures/started_checkout.ts'

t.setTimeout(400_000)

const finding = { package: 'kettle@1.0.0', licence: 'MIT', verdict: 'allowed' }

t.test('workers die, the register is unreliable, and nothing is lost or doubled', async (t) => {
  const root = freshCheckout(t)
  const started = npmStart(t, root, ['--chaos', '--limit', '20', '--json'])
  const { code, stderr } = await started.ended
  t.equal(code, 0, `${stderr}${started.said().slice(-3000)}`)
  t.match(lastLine(started.said()), { packages: 20, failed: 0, lost: 0, doubled: 0 })
  t.match(started.said(), /under chaos/)
  t.match(started.said(), /workers +[1-9]\d* kills? with -9/)
  t.match(started.said(), /0 lost, 0 doubled, by the register's own log/)
  t.same(registerLines(root), [], 'the log of an ordinary run is left alone')
  t.ok(existsSync(join(root, '.pawl/register-chaos.jsonl')))
  const processes = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout
  t.notOk(processes.includes(root), 'nothing is left running')
})

t.test(
  'a chaos that lost something, doubled something, blamed a step or killed nobody has failed',
  async (t) => {
    const figures = { lost: 0, doubled: 0, failed: 0, poisoned: 0 }
    t.equal(isHarmless(3, figures), true)
    t.equal(isHarmless(0, figures), false)
    t.equal(isHarmless(3, { ...figures, lost: 1 }), false)
    t.equal(isHarmless(3, { ...figures, doubled: 1 }), false)
    t.equal(isHarmless(3, { ...figures, failed: 1 }), false)
    t.equal(isHarmless(3, { ...figures, poisoned: 1 }), false)
  },
)

t.test('chaos is not for a real model', async (t) => {
  const { code, stderr } = await npmStart(t, freshCheckout(t), ['--chaos', '--real']).ended
  t.equal(code, 2)
  t.match(stderr, /--chaos goes with the stand-in/)
})

t.test('a register puts requests off and loses replies, and its log says which', async (t) => {
  const log_file = join(t.testdir({}), 'register.log')
  const trouble = { seed: 7, unavailable: 0.3, lost_replies: 0.3 }
  const register = await startRegister({ port: 0, log_file, dedupe: true, trouble })
  t.teardown(() => register.close())
  const met = { fine: 0, unavailable: 0, lost: 0 }
  for (let n = 0; n < 60; n++) {
    const response = await fetch(`${register.url}/findings`, {
      method: 'POST',
      headers: { 'idempotency-key': `key ${n}` },
      body: JSON.stringify({ ...finding, package: `kettle@${n}.0.0` }),
    }).catch(() => undefined)
    if (response === undefined) met.lost++
    else met[response.status === 503 ? 'unavailable' : 'fine']++
    await response?.arrayBuffer()
  }
  const count = countRegister(log_file)
  t.ok(met.lost > 5 && met.unavailable > 5 && met.fine > 5, JSON.stringify(met))
  t.match(count, { unavailable: met.unavailable, lost_replies: met.lost, doubled: [] })
  t.equal(
    count.applied.size,
    met.fine + met.lost,
    'what lost its reply was done, what was put off was not',
  )
})
