/** A parent that is retried lets its stopped child go on, and nothing is done twice outside. */
import t, { type Test } from 'tap'
import { type AnyStateMachine, createMachine } from 'xstate'
import { z } from 'zod'
import { defineApp } from '../../src/app/define_app.ts'
import { type Actor, defineMachine } from '../../src/app/define_machine.ts'
import { connect } from '../../src/client.ts'
import { freshDatabase } from '../fixtures/database.ts'
import { effectTools } from '../fixtures/effect_tools.ts'
import { effectsServer } from '../fixtures/effects_server.ts'
import { until } from '../fixtures/until.ts'
import { worldOf } from '../fixtures/workers.ts'

const input = z.looseObject({})
const outputOf = { output: ({ event }: { event: { output?: unknown } }) => event.output ?? null }
const done = { type: 'final' as const, ...outputOf }

const child = createMachine({
  id: 'child',
  ...outputOf,
  initial: 'charging',
  states: {
    charging: { invoke: { id: 'charge', src: 'charge', onDone: 'posting' } },
    posting: { after: { 3600000: 'done' }, invoke: { id: 'post', src: 'post', onDone: 'done' } },
    done,
  },
})

/** Nobody in them catches what becomes of their child. */
const above = (id: string) =>
  createMachine({
    id,
    ...outputOf,
    initial: 'caring',
    states: {
      caring: { invoke: { id: 'c', src: 'below', input: {}, onDone: 'proud' } },
      proud: done,
    },
  })

/** Has something of its own to do beside its child. */
const region = (src: string) => ({
  initial: 'busy',
  states: {
    busy: { invoke: { id: src, src, input: {}, onDone: 'over' } },
    over: { type: 'final' as const },
  },
})
const beside = createMachine({
  id: 'beside',
  initial: 'at_work',
  states: {
    at_work: {
      type: 'parallel',
      states: { care: region('below'), own: region('own') },
      onDone: 'done',
    },
    done: { type: 'final' },
  },
})

async function ground(t: Test, work: { post: Actor; own?: Actor }) {
  const outside = await effectsServer()
  t.teardown(() => outside.close())
  const charge: Actor = async (ctx) => (await ctx.tool('keyed', { id: 1 })).outcome
  const actors = { charge, post: work.post }
  const lowest = defineMachine(child, { input, actors })
  const middle = defineMachine(above('parent'), {
    input,
    actors: { below: lowest },
    budget: { tool_calls: 4 },
  })
  const define = (machine: AnyStateMachine, more: Parameters<typeof defineMachine>[1]['actors']) =>
    defineMachine(machine, { input, actors: more })
  const app = defineApp({
    machines: [
      lowest,
      middle,
      define(above('grandparent'), { below: middle }),
      define(beside, { below: lowest, own: work.own ?? (async () => null) }),
    ],
    tools: effectTools(outside.url),
  })
  const world = await worldOf(t, app, await freshDatabase(t))
  const client = await connect(world.url)
  t.teardown(() => client.close())
  await world.work()
  const tasks = async () => {
    const { rows } = await world.query<{ task_id: string; machine: string; status: string }>(
      'select task_id, machine, status from pawl.tasks order by task_id',
    )
    return rows
  }
  const theChild = async () => (await tasks()).find((it) => it.machine === 'child')?.task_id ?? ''
  return { world, client, outside, tasks, theChild }
}

/** Fails until it is mended; what it did before is done. */
function fragile() {
  const state = { isBroken: true }
  const post: Actor = async (ctx) => {
    await ctx.tool('keyed', { id: 2 })
    if (state.isBroken) throw Object.assign(new Error('it is broken'), { code: 'broken' })
    await ctx.tool('keyed', { id: 3 })
    return 'posted'
  }
  return { state, post }
}

for (const machine of ['parent', 'grandparent'] as const) {
  t.test(`a ${machine} is retried, and what its child had done is not done again`, async (t) => {
    const { state, post } = fragile()
    const { world, client, outside, tasks } = await ground(t, { post })
    const task_id = await client.submit(machine, {})
    t.match(await world.becomes(task_id), { status: 'failed', error: { code: 'broken' } })
    t.equal(outside.applied().size, 2)
    const before = (await tasks()).map((it) => it.task_id)
    state.isBroken = false
    await client.retry(task_id, 'mended')
    t.match(await world.becomes(task_id), { status: 'succeeded', output: 'posted' })
    t.same(
      outside.log.map((it) => it.body),
      [1, 2, 3].map((id) => JSON.stringify({ id })),
    )
    t.same(
      (await tasks()).map((it) => it.task_id),
      before,
    )
    t.same(new Set((await tasks()).map((it) => it.status)), new Set(['succeeded']))
    const { rows } = await world.query(
      `select b.reserved_tool_calls::int as held, b.spent_tool_calls::int as spent
       from pawl.budgets as b join pawl.tasks as t using (task_id) where t.machine = 'parent'`,
    )
    t.same(rows, [{ held: 0, spent: 3 }], 'each call is borne once')
    t.same(await world.verify(), [])
  })
}

t.test('retried twice it fails twice, and still nothing is done twice', async (t) => {
  const { state, post } = fragile()
  const { world, client, outside, tasks } = await ground(t, { post })
  const task_id = await client.submit('parent', {})
  for (const revision of [2, 4]) {
    t.match(await world.becomes(task_id), { status: 'failed', revision })
    await client.retry(task_id)
    t.match(await world.becomes(task_id), { status: 'failed', revision: revision + 2 })
  }
  t.same(await world.verify(), [])
  state.isBroken = false
  await client.retry(task_id)
  await world.becomes(task_id, 'succeeded')
  t.equal(outside.log.length, 3)
  t.equal((await tasks()).length, 2)
  t.same(await world.verify(), [])
})

t.test('a child that was cancelled with its parent goes on, its timers too', async (t) => {
  let isBroken = true
  let held = 0
  const failing = Promise.withResolvers<void>()
  const post: Actor = ({ signal }) =>
    new Promise((resolve, reject) => {
      held++
      signal.addEventListener('abort', () => reject(signal.reason))
      if (!isBroken) resolve(null)
      failing.resolve()
    })
  const own: Actor = async () => {
    await failing.promise
    if (isBroken) throw Object.assign(new Error('it is broken'), { code: 'broken' })
    return null
  }
  const { world, client, outside, tasks, theChild } = await ground(t, { post, own })
  const task_id = await client.submit('beside', {})
  t.match(await world.becomes(task_id), { status: 'failed' })
  const below = await theChild()
  t.match(await world.becomes(below), { status: 'cancelled', state: 'posting' })
  const timer = async () => {
    const { rows } = await world.query(
      'select isfinite(fire_at) as awake, left_ms > 3500000 as left from pawl.timers where task_id = $1',
      [below],
    )
    return rows
  }
  t.same(await timer(), [{ awake: false, left: true }])
  isBroken = false
  await client.retry(task_id)
  t.match(await world.becomes(task_id), { status: 'succeeded' })
  t.equal(held, 2)
  t.equal(outside.log.length, 1)
  t.match(await tasks(), [{ status: 'succeeded' }, { task_id: below, status: 'succeeded' }])
  t.same(await timer(), [])
  t.same(await world.verify(), [])
})

t.test('a child somebody cancelled goes on, and can be cancelled once more', async (t) => {
  let begun = 0
  const post: Actor = ({ signal }) =>
    new Promise((_, reject) => {
      begun++
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  const { world, client, outside, tasks, theChild } = await ground(t, { post })
  const task_id = await client.submit('parent', {})
  for (const times of [1, 2]) {
    await until('the child is at work', () => begun === times)
    t.equal(await client.cancel(await theChild()), 'cancelled')
    t.match(await world.becomes(task_id), { status: 'failed', error: { code: 'cancelled' } })
    await client.retry(task_id)
  }
  await until('the child is at work again', () => begun === 3)
  t.equal(outside.log.length, 1)
  await client.pause(task_id)
  t.match(await tasks(), [{ status: 'paused' }, { status: 'paused' }])
  await client.cancel(task_id)
  t.match(await tasks(), [{ status: 'cancelled' }, { status: 'cancelled' }])
  t.same(await world.verify(), [])
})
