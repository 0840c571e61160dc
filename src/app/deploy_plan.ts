/**
 * The deploy gate: for every task in flight in another version, is there a place in the new one?
 * A state's place is where the state map sends it, else the state of the same name.
 */
import type { Deploys, InFlight } from '../database/deploys.ts'
import type { ChartState } from '../machines/chart_rows.ts'
import { NEW } from '../machines/nodes.ts'
import { Refusal } from '../refusal.ts'
import type { App } from './define_app.ts'
import type { MachineDefinition } from './define_machine.ts'
import { type Sides, type StateMap, stateMapOf } from './state_map.ts'

/** Tasks of one version in one state. */
export type Place = {
  version: number
  state: string
  tasks: number
  /** The state it would go to, or why there is none. */
  goes: { to: string } | { nowhere: string }
}

export type MachinePlan = {
  machine: string
  /** What this code's version is, or will be. */
  version: number
  is_new: boolean
  is_current: boolean
  map: ReadonlyMap<string, string>
  places: Place[]
}

/** What tasks may call is settled when they begin. */
export const STRANGERS = 'an agent does not become a plain machine, nor the other way round'

/** Reads only.  Refused with PW606 where the state map is malformed. */
export async function planOf(
  deploys: Deploys,
  app: App,
  entries: readonly string[],
): Promise<MachinePlan[]> {
  const machines = [...app.machines.values()]
  const maps = await mapsOf(deploys, machines, entries)
  const plans: MachinePlan[] = []
  for (const machine of machines) plans.push(await planMachine(deploys, machine, maps))
  return plans
}

/** Refused with PW607, naming what has no place. */
export function passGate(plans: readonly MachinePlan[]): void {
  const lost = plans.flatMap(({ machine, places }) =>
    places.flatMap(({ version, state, tasks, goes }) =>
      'nowhere' in goes
        ? [`${tasks} of ${machine} version ${version} in '${state}' (${goes.nowhere})`]
        : [],
    ),
  )
  if (lost.length === 0) return
  throw new Refusal(
    'PW607',
    `tasks in flight would have no place to go: ${lost.join(', ')}`,
    'say where they go with --map old.state=new.state, or leave them to workers of their own ' +
      'version with --drain',
  )
}

/** Where a task of another version goes; undefined: nowhere. */
export function destinationOf(
  state: string,
  map: ReadonlyMap<string, string>,
  states: readonly ChartState[],
): string | undefined {
  const mapped = map.get(state)
  if (mapped !== undefined) return mapped
  return states.some((it) => it.state === state && !it.final) ? state : undefined
}

async function mapsOf(
  deploys: Deploys,
  machines: readonly MachineDefinition[],
  entries: readonly string[],
): Promise<StateMap> {
  if (entries.length === 0) return new Map()
  const sides: [string, { from: Awaited<ReturnType<Deploys['oldStates']>>; to: ChartState[] }][] =
    []
  for (const { name, chart, registration } of machines) {
    const here = await deploys.find(registration)
    const from = await deploys.oldStates(name, here?.machine_id ?? null)
    sides.push([name, { from, to: chart.states }])
  }
  const known: Sides = new Map(sides)
  return stateMapOf(entries, known, (name, among) => deploys.nearest(name, among))
}

async function planMachine(
  deploys: Deploys,
  machine: MachineDefinition,
  maps: StateMap,
): Promise<MachinePlan> {
  const { name, registration } = machine
  const versions = await deploys.versions(name)
  const here = await deploys.find(registration)
  const others = (await deploys.inFlight(name)).filter((it) => it.machine_id !== here?.machine_id)
  const map = maps.get(name) ?? new Map<string, string>()
  return {
    machine: name,
    version: here?.version ?? (versions.at(-1)?.version ?? 0) + 1,
    is_new: here === undefined,
    is_current: here?.current ?? false,
    map,
    places: await placesOf(deploys, machine, map, others),
  }
}

async function placesOf(
  deploys: Deploys,
  { chart, registration }: MachineDefinition,
  map: ReadonlyMap<string, string>,
  others: readonly InFlight[],
): Promise<Place[]> {
  if (others.length === 0) return []
  const misfits = await deploys.misfits(registration)
  const strangers = new Set<number>()
  for (const machine_id of new Set(others.map((it) => it.machine_id))) {
    const { planned } = await deploys.chartOf(machine_id)
    if (planned !== registration['planned']) strangers.add(machine_id)
  }
  return others.flatMap(({ machine_id, version, state, tasks }): Place[] => {
    const at = { version, state }
    if (strangers.has(machine_id)) {
      return [{ ...at, tasks, goes: { nowhere: STRANGERS } }]
    }
    const to = destinationOf(state, map, chart.states)
    if (to === undefined) return [{ ...at, tasks, goes: { nowhere: 'no such state' } }]
    const misfit = state === NEW ? misfits.find((it) => it.version === version) : undefined
    if (!misfit) return [{ ...at, tasks, goes: { to } }]
    const nowhere = `input does not fit at ${misfit.path}`
    const fitting = tasks - misfit.tasks
    return [
      ...(fitting > 0 ? [{ ...at, tasks: fitting, goes: { to } }] : []),
      { ...at, tasks: misfit.tasks, goes: { nowhere } },
    ]
  })
}
