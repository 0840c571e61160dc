/**
 * Between an intent and its sending a worker may be held up for so long that it counts as dead and
 * somebody else has the step: nothing is sent later than half a lease after it was asked for.
 */
import t, { type Test } from 'tap'
import { z } from 'zod'
import type { App } from '../../src/app/define_app.ts'
import { anthropic } from '../../src/models/anthropic.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectTools } from '../fixtures/effect_tools.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import { message, messagesServer } from '../fixtures/messages_server.ts'
import { oneStep } from '../fixtures/small_machines.ts'
import { worldOf } from '../fixtures/workers.ts'

const LEASE_MS = 1500
const HELD_UP_S = 1

/** The first intent takes longer than half a lease to be written; what came of each. */
async function heldUp(t: Test, app: App, calls: 'tool_calls' | 'model_calls') {
  const db = await freshDatabase(t)
  const world = await worldOf(t, app, db)
  await db.query(`
    create sequence public.written;
    create function public.hold_up() returns trigger language plpgsql security definer as $$
    begin
      if nextval('public.written') = 1 then
        perform pg_sleep(${HELD_UP_S});
      end if;
      return new;
    end
    $$;
    create trigger hold_up before insert on pawl.${calls}
      for each row execute function public.hold_up()`)
  const worker = await world.work({ figures: { lease_ms: LEASE_MS } })
  const task_id = await world.submit('one', { id: 1 })
  const { status } = await world.becomes(task_id)
  t.equal(status, 'succeeded')
  const { rows } = await db.query(
    `select outcome, error ->> 'message' as message, latency_ms
     from pawl.${calls} where task_id = $1 order by call_no`,
    [task_id],
  )
  t.match(rows, [
    { outcome: 'failed', message: /^not sent: the intent was older than half a lease$/ },
    { outcome: 'found', message: null },
  ])
  t.equal(rows.length, 2)
  t.same(await world.verify(), [])
  await worker.stop()
}

t.test('a tool call whose intent is old is asked for again, and sent once', async (t) => {
  const outside = await effectsServer()
  t.teardown(() => outside.close())
  const tools = effectTools(outside.url)
  await heldUp(
    t,
    oneStep((ctx) => ctx.tool('once', ctx.input), { tools }),
    'tool_calls',
  )
  t.same(
    outside.log.map((it) => it.did),
    ['applied'],
  )
})

t.test('a model call whose intent is old is asked for again, and sent once', async (t) => {
  const server = await messagesServer()
  t.teardown(() => server.close())
  server.script(message('{"verdict": "continue"}'))
  const tiers = { cheap: { model: 'claude-haiku-5-5' } }
  const models = anthropic({ tiers, apiKey: 'test-key', baseURL: server.url, name: 'scripted' })
  const schema = z.object({ verdict: z.string() })
  const request = { tier: 'cheap', purpose: 'judge', system: '', prompt: 'Well?', schema }
  const work = oneStep((ctx) => ctx.model({ ...request, max_tokens: 500 }), { models })
  await heldUp(t, work, 'model_calls')
  t.equal(server.requests.length, 1)
})
