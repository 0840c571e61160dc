/**
 * `old.state=new.state`, as somebody typed it: where tasks of other versions go in the new one.
 * Whatever is wrong with it is said before anything is written.
 */
import type { OldState } from '../database/deploys.ts'
import type { ChartState } from '../machines/chart_rows.ts'
import { NEW } from '../machines/nodes.ts'
import { Refusal } from '../refusal.ts'

/** What a map may speak of, by machine. */
export type Sides = ReadonlyMap<string, { from: readonly OldState[]; to: readonly ChartState[] }>

/** By machine, then by old state. */
export type StateMap = ReadonlyMap<string, ReadonlyMap<string, string>>

export type Nearest = (name: string, candidates: readonly string[]) => Promise<string[]>

const SHAPE = '--map old.state=new.state, or --map machine:old.state=new.state'

/** Refused with PW606 where it is malformed. */
export async function stateMapOf(
  entries: readonly string[],
  sides: Sides,
  nearest: Nearest,
): Promise<StateMap> {
  const maps = new Map<string, Map<string, string>>()
  for (const entry of entries) {
    const { machine, from, to } = await entryOf(entry, sides, nearest)
    const map = maps.get(machine) ?? new Map<string, string>()
    if (map.has(from)) {
      const both = `to '${map.get(from)}' and to '${to}'`
      throw wrong(`the state map sends '${from}' of ${machine} twice: ${both}`, 'give it one place')
    }
    maps.set(machine, map.set(from, to))
  }
  return maps
}

async function entryOf(entry: string, sides: Sides, nearest: Nearest) {
  const named = [...sides.keys()].find((it) => entry.startsWith(`${it}:`))
  const text = named === undefined ? entry : entry.slice(named.length + 1)
  const machines = named === undefined ? [...sides.keys()] : [named]
  const known = (machine: string) => sides.get(machine)?.from.map((it) => it.state) ?? []
  const [from, to] = splitAt(text, new Set(machines.flatMap(known)))
  if (from === '' || to === undefined || to === '') {
    throw wrong(`'${entry}' is no state map`, SHAPE)
  }
  const meant = machines.filter((machine) => known(machine).includes(from))
  const [machine] = meant
  if (machine === undefined) {
    const near = await nearest(from, machines.flatMap(known))
    throw wrong(`no other version of ${machines.join(' or ')} has a state '${from}'`, like(near))
  }
  if (meant.length > 1) {
    const hint = `say which: --map ${machine}:${text}`
    throw wrong(`'${from}' is a state of ${meant.join(' and of ')}`, hint)
  }
  await judge(machine, from, to, sides, nearest)
  return { machine, from, to }
}

/** A key may hold `=`; then it is the known state that says where the name ends. */
function splitAt(text: string, known: ReadonlySet<string>): [string, string | undefined] {
  const cuts = [...text.matchAll(/=/g)].map((it) => it.index)
  const cut = cuts.find((at) => known.has(text.slice(0, at))) ?? cuts[0]
  return cut === undefined ? [text, undefined] : [text.slice(0, cut), text.slice(cut + 1)]
}

async function judge(machine: string, from: string, to: string, sides: Sides, nearest: Nearest) {
  const side = sides.get(machine)
  const live = side?.to.filter((it) => !it.final && it.state !== NEW).map((it) => it.state) ?? []
  if (from === NEW || to === NEW) {
    const hint = 'a task that has not begun needs no map, and one that has begun stays begun'
    throw wrong(`the state map of ${machine} speaks of '${NEW}'`, hint)
  }
  if (side?.from.some((it) => it.state === from && it.final)) {
    const hint = 'tasks that have ended are not moved'
    throw wrong(`'${from}' of ${machine} is final`, hint)
  }
  if (live.includes(to)) return
  if (side?.to.some((it) => it.state === to)) {
    const hint = 'map it to a state that goes on, or end those tasks with pawl.cancel_task'
    throw wrong(`'${to}' of ${machine} is final: moving a task does not end it`, hint)
  }
  const near = await nearest(to, live)
  throw wrong(`the new version of ${machine} has no state '${to}'`, like(near))
}

function like(near: readonly string[]): string {
  return near.length > 0 ? `did you mean ${near.join(' or ')}?` : '`pawl chart MACHINE` shows them'
}

function wrong(message: string, hint: string): Refusal {
  return new Refusal('PW606', message, hint)
}
