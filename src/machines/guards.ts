/**
 * Guards as far as a chart can know them.  What a predicate will say depends on context and event,
 * so it is a choice; `stateIn` depends only on where the machine stands, so it is evaluated;
 * `and`, `or` and `not` are put together in three-valued logic (true, false, undefined = either).
 */
import { type AnyStateMachine, and, not, or, type StateValue, stateIn } from 'xstate'

export type GuardTree =
  | { kind: 'named'; name: string; params: unknown; guard: GuardTree | undefined }
  | { kind: 'choice' }
  | { kind: 'in'; value: StateValue }
  | { kind: 'not'; guard: GuardTree }
  | { kind: 'and' | 'or'; guards: GuardTree[] }

/** Takes an XState guard apart; a name without an implementation has an undefined guard. */
export function guardTree(machine: AnyStateMachine, guard: unknown): GuardTree {
  if (typeof guard === 'function') return functionTree(machine, guard)
  const name = typeof guard === 'string' ? guard : String(fieldOf(guard, 'type'))
  const known: unknown = machine.implementations.guards[name]
  return {
    kind: 'named',
    name,
    params: fieldOf(guard, 'params'),
    guard: known === undefined ? undefined : guardTree(machine, known),
  }
}

/** True, false, or undefined where either may come. */
export function weigh(
  tree: GuardTree | undefined,
  stands: (value: StateValue) => boolean,
): boolean | undefined {
  switch (tree?.kind) {
    case undefined:
    case 'choice':
      return undefined
    case 'named':
      return weigh(tree.guard, stands)
    case 'in':
      return stands(tree.value)
    case 'not': {
      const inner = weigh(tree.guard, stands)
      return inner === undefined ? undefined : !inner
    }
    case 'and':
      return decided(tree, false, stands)
    case 'or':
      return decided(tree, true, stands)
    default:
      return tree satisfies never
  }
}

/** One false decides an `and`, one true decides an `or`; else any doubt stays a doubt. */
function decided(
  tree: { guards: GuardTree[] },
  decisive: boolean,
  stands: (value: StateValue) => boolean,
): boolean | undefined {
  const weights = tree.guards.map((guard) => weigh(guard, stands))
  if (weights.includes(decisive)) return decisive
  return weights.includes(undefined) ? undefined : !decisive
}

// XState's own combinators are told apart by the check they carry; their names a user may copy.
const CHECKS = {
  not: fieldOf(not('sample'), 'check'),
  and: fieldOf(and([]), 'check'),
  or: fieldOf(or([]), 'check'),
  in: fieldOf(stateIn('sample'), 'check'),
}

function functionTree(machine: AnyStateMachine, guard: object): GuardTree {
  const check = fieldOf(guard, 'check')
  if (check === undefined) return { kind: 'choice' }
  if (check === CHECKS.in) return { kind: 'in', value: stateValue(fieldOf(guard, 'stateValue')) }
  const parts = fieldOf(guard, 'guards')
  const guards = Array.isArray(parts) ? parts.map((part) => guardTree(machine, part)) : []
  if (check === CHECKS.and) return { kind: 'and', guards }
  if (check === CHECKS.or) return { kind: 'or', guards }
  const [only] = guards
  return check === CHECKS.not && only ? { kind: 'not', guard: only } : { kind: 'choice' }
}

function stateValue(value: unknown): StateValue {
  if (typeof value === 'string') return value
  return Object.fromEntries(
    Object.entries(value ?? {}).map(([key, inner]) => [key, stateValue(inner)]),
  )
}

/** A property of something XState made and does not type. */
export function fieldOf(holder: unknown, key: string): unknown {
  const holds = typeof holder === 'function' || (typeof holder === 'object' && holder !== null)
  return holds ? Reflect.get(holder, key) : undefined
}
