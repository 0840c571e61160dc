/**
 * Moves the tasks in flight of a machine's other versions to this one, in batches, each batch a
 * transaction.  Killed midway it has moved what it has moved: run again, it goes on with the rest.
 */
import { randomUUID } from 'node:crypto'
import { crashpoint } from '../crashpoint.ts'
import type { Deploys, MigratingTask, MigrationItem } from '../database/deploys.ts'
import type { NewStep } from '../database/rows.ts'
import { type Asked, askedAt, type Migrated } from '../machines/migration.ts'
import type { Effect } from '../machines/moves.ts'
import { pause } from '../pause.ts'
import type { MachineDefinition } from './define_machine.ts'
import { destinationOf, STRANGERS } from './deploy_plan.ts'

export type Migration = {
  moved: number
  /** Tasks that stay on their version, by why. */
  left: Map<string, number>
}

export type MigrationOptions = {
  map: ReadonlyMap<string, string>
  onBatch?: (moved: number) => void
}

const BATCH = 200
const PASSES_MAX = 20
const PASS_MS = 250
const FIRST = '00000000-0000-0000-0000-000000000000'
/** As what a worker opens. */
const ATTEMPTS_MAX = 3

type Ground = MigrationOptions & {
  deploys: Deploys
  machine: MachineDefinition
  machine_id: number
  /** Undefined where an agent and a plain machine only share a name. */
  asked: (machine_id: number, state: string) => Promise<Asked | undefined>
}

export async function migrateTasks(
  deploys: Deploys,
  machine: MachineDefinition,
  machine_id: number,
  options: MigrationOptions,
): Promise<Migration> {
  const ground = { ...options, deploys, machine, machine_id, asked: askedBy(deploys, machine) }
  let moved = 0
  let pass = await passOver(ground)
  // A task that somebody held, or that moved on meanwhile, has its turn in the next pass.
  for (let passes = 1; ; passes++) {
    moved += pass.moved
    if (pass.again === 0 || passes === PASSES_MAX) break
    await pause(PASS_MS, new AbortController().signal)
    pass = await passOver(ground)
  }
  if (pass.again > 0) pass.left.set('busy all the time', pass.again)
  return { moved, left: pass.left }
}

type Pass = Migration & { again: number }

async function passOver(ground: Ground): Promise<Pass> {
  const pass: Pass = { moved: 0, again: 0, left: new Map() }
  for (let after = FIRST; ; ) {
    const page = await ground.deploys.loadMigrating(ground.machine_id, after, BATCH)
    const last = page.at(-1)
    if (!last) return pass
    after = last.task_id
    await moveBatch(ground, page, pass)
  }
}

async function moveBatch(
  ground: Ground,
  page: readonly MigratingTask[],
  pass: Pass,
): Promise<void> {
  const items: MigrationItem[] = []
  for (const task of page) {
    const item = await itemOf(ground, task)
    if ('item' in item) items.push({ ...item.item, item_no: items.length })
    else pass.left.set(item.why, (pass.left.get(item.why) ?? 0) + 1)
  }
  if (items.length === 0) return
  await crashpoint('deploy.moving')
  const answers = await ground.deploys.migrateTasks(ground.machine_id, items)
  await crashpoint('deploy.moved')
  const accepted = answers.filter((it) => it.answer === 'accepted').length
  pass.moved += accepted
  // Fenced: it has ended, or another deploy was here first.
  pass.again += answers.filter((it) => it.answer === 'busy' || it.answer === 'deferred').length
  ground.onBatch?.(accepted)
}

type Item = { item: Omit<MigrationItem, 'item_no'> } | { why: string }

async function itemOf(ground: Ground, task: MigratingTask): Promise<Item> {
  const { state, misfit } = task
  const { chart, migrate } = ground.machine
  const to = destinationOf(state, ground.map, chart.states)
  if (to === undefined) return { why: `'${state}' has no place` }
  if (misfit !== null) return { why: `input does not fit at ${misfit}` }
  const asked = await ground.asked(task.machine_id, state)
  if (!asked) return { why: STRANGERS }
  try {
    return { item: asItem(task, migrate(task, asked, to)) }
  } catch (error) {
    // The machine's own functions had a say: an input or a delay they could not make of this context.
    return { why: `'${to}': ${error instanceof Error ? error.message : String(error)}` }
  }
}

function asItem(task: MigratingTask, moved: Migrated): Omit<MigrationItem, 'item_no'> {
  const { task_id, revision, state: from_state } = task
  const { open_steps, stop_steps, beyond, busy } = stepsOf(task, moved.effects)
  const set_timers = moved.effects.flatMap((it) =>
    it.kind === 'set_timer'
      ? [{ timer_id: it.timer_id, delay_ms: Math.ceil(it.delay_ms), event: it.event }]
      : [],
  )
  const remove_timers = moved.effects.flatMap((it) =>
    it.kind === 'remove_timer' ? [it.timer_id] : [],
  )
  const idle = moved.tags.includes('review') ? 'review' : 'waiting'
  return {
    task_id,
    revision,
    commit_id: randomUUID(),
    from_state,
    state: moved.to_state,
    status: busy || moved.snapshot === null ? 'ready' : idle,
    snapshot: moved.snapshot,
    ...(open_steps.length > 0 && { open_steps }),
    ...(stop_steps.length > 0 && { stop_steps }),
    ...(set_timers.length > 0 && { set_timers }),
    ...(remove_timers.length > 0 && { remove_timers }),
    ...(Object.keys(beyond).length > 0 && { beyond }),
  }
}

/** As a worker does with a move's effects; `busy`: something is to be done here and now. */
function stepsOf(task: MigratingTask, effects: readonly Effect[]) {
  const begun = effects.filter((it) => it.kind === 'open_step' || it.kind === 'start_child')
  const open_steps = begun.map(({ kind, actor_id, src, input }, index): NewStep => {
    const step_no = task.next_step_no + index
    const is_child = kind === 'start_child'
    const attempts_max = is_child ? 1 : ATTEMPTS_MAX
    const step = { step_no, actor_id, src, input, attempts_max, claimed: false }
    return { ...step, kind: is_child ? 'child' : 'actor' }
  })
  const start = begun.flatMap((it, index) =>
    it.kind === 'start_child' ? [{ step_no: task.next_step_no + index, machine: it.machine }] : [],
  )
  const gone = task.steps.filter((step) =>
    effects.some(
      (it) =>
        it.kind === (step.kind === 'child' ? 'stop_child' : 'stop_step') &&
        step.kind !== 'action' &&
        it.actor_id === step.actor_id,
    ),
  )
  const stop = gone
    .filter((it) => it.kind === 'child' && it.status === 'open')
    .map((it) => it.step_no)
  const left = task.steps.filter((it) => !gone.includes(it))
  return {
    open_steps,
    stop_steps: gone.map((it) => it.step_no),
    beyond: { ...(start.length > 0 && { start }), ...(stop.length > 0 && { stop }) },
    busy:
      open_steps.some((it) => it.kind !== 'child') ||
      left.some((it) => it.kind !== 'child' || it.status !== 'open'),
  }
}

/** Each version's chart is read once. */
function askedBy(deploys: Deploys, { registration }: MachineDefinition): Ground['asked'] {
  const charts = new Map<number, ReturnType<Deploys['chartOf']>>()
  return async (machine_id, state) => {
    const chart = charts.get(machine_id) ?? deploys.chartOf(machine_id)
    charts.set(machine_id, chart)
    const known = await chart
    return known.planned === registration['planned'] ? askedAt(state, known) : undefined
  }
}
