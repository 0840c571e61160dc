/**
 * Guards as far as a chart can know them.  What a predicate will say depends on context and event,
 * so it is a choice, though always the same one as long as neither changes; `stateIn` depends only
 * on where the machine stands, so it is evaluated; `and`, `or` and `not` are put together in
 * three-valued logic (true, false, undefined = either).
 */
import { type AnyStateMachine, and, not, or, type StateValue, stateIn } from 'xstate'

export type GuardTree =
  | { kind: 'named'; name: string; params: unknown; guard: GuardTree | undefined }
  | { kind: 'choice'; guard: object }
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

/** A guard that only context and event decide. */
export type Predicate = GuardTree & { kind: 'named' | 'choice' }

/** What is known while a guard is asked. */
export type Knowledge = {
  stands(value: StateValue): boolean
  /** Undefined where nobody has asked yet. */
  says(predicate: Predicate): boolean | undefined
}

/** True, false, or undefined where it depends on predicates that nobody has asked yet. */
export function weigh(tree: GuardTree, known: Knowledge): boolean | undefined {
  switch (tree.kind) {
    case 'choice':
      return known.says(tree)
    case 'named':
      if (!tree.guard || tree.guard.kind === 'choice') return known.says(tree)
      return weigh(tree.guard, known)
    case 'in':
      return known.stands(tree.value)
    case 'not': {
      const inner = weigh(tree.guard, known)
      return inner === undefined ? undefined : !inner
    }
    case 'and':
      return decided(tree, false, known)
    case 'or':
      return decided(tree, true, known)
    default:
      return tree satisfies never
  }
}

/** One false decides an `and`, one true decides an `or`; else any doubt stays a doubt. */
function decided(
  tree: { guards: GuardTree[] },
  decisive: boolean,
  known: Knowledge,
): boolean | undefined {
  const weights = tree.guards.map((guard) => weigh(guard, known))
  if (weights.includes(decisive)) return decisive
  return weights.includes(undefined) ? undefined : !decisive
}

/** The first predicate that stands between this guard and an answer. */
export function openIn(tree: GuardTree, known: Knowledge): Predicate | undefined {
  if (weigh(tree, known) !== undefined) return undefined
  if (isPredicate(tree)) return tree
  for (const part of partsOf(tree)) {
    const open = openIn(part, known)
    if (open) return open
  }
  return undefined
}

function partsOf(tree: GuardTree): GuardTree[] {
  switch (tree.kind) {
    case 'named':
      return tree.guard ? [tree.guard] : []
    case 'not':
      return [tree.guard]
    case 'and':
    case 'or':
      return tree.guards
    default:
      return []
  }
}

/** A name that stands for a function, or for nothing yet; not for another guard. */
function isPredicate(tree: GuardTree): tree is Predicate {
  if (tree.kind === 'choice') return true
  return tree.kind === 'named' && (!tree.guard || tree.guard.kind === 'choice')
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
  if (check === undefined) return { kind: 'choice', guard }
  if (check === CHECKS.in) return { kind: 'in', value: stateValue(fieldOf(guard, 'stateValue')) }
  const parts = fieldOf(guard, 'guards')
  const guards = Array.isArray(parts) ? parts.map((part) => guardTree(machine, part)) : []
  if (check === CHECKS.and) return { kind: 'and', guards }
  if (check === CHECKS.or) return { kind: 'or', guards }
  const [only] = guards
  return check === CHECKS.not && only ? { kind: 'not', guard: only } : { kind: 'choice', guard }
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
