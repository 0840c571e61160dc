/**
 * What a tool's definition must hold to.  Types say most of it already; this says it to people
 * who write JavaScript, and in words.
 */
import { Refusal } from '../refusal.ts'

const name_chars_max = 64
const timeout_ms_max = 600_000
const tries_max_max = 20
const wait_ms_max = 3_600_000

const NAME = /^[a-z][a-z0-9_]*$/
const CLASSES = ['read', 'A', 'B', 'C']

type Spec = {
  name: string
  description: string
  input: unknown
  output: unknown
  class: string
  consequential?: boolean
  version?: string
  timeout_ms: number
  retry: { tries_max: number; base_ms: number; cap_ms: number }
  reconcile?: unknown
  run: unknown
}

/** @throws Refusal PW604, the first thing wrong, with what to do about it. */
export function checkSpec(spec: Spec): void {
  checkName(spec.name)
  checkWords(spec)
  checkClass(spec)
  checkLimits(spec)
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && name.length <= name_chars_max && NAME.test(name)) return
  refuse(
    `a tool cannot be named ${JSON.stringify(name)}`,
    `use snake_case of at most ${name_chars_max} characters, such as read_manifest`,
  )
}

function checkWords(spec: Spec): void {
  if (typeof spec.description !== 'string' || spec.description.trim() === '') {
    refuse(`tool ${spec.name} has no description`, 'say what it does and what it answers')
  }
  if (spec.version !== undefined && !/^\S{1,64}$/.test(spec.version)) {
    refuse(`the version of tool ${spec.name} is not a short word`, "such as version: '2'")
  }
  if (!isSchema(spec.input)) refuse(`the input of tool ${spec.name} is not a zod schema`, WITH_ZOD)
  if (!isSchema(spec.output))
    refuse(`the output of tool ${spec.name} is not a zod schema`, WITH_ZOD)
  if (typeof spec.run !== 'function') {
    refuse(`tool ${spec.name} has no run`, 'run(args, { call_key, signal }) does the work')
  }
}

const WITH_ZOD = 'import { z } from "zod" (version 4) and use z.object({ … })'

function isSchema(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && '_zod' in schema
}

function checkClass(spec: Spec): void {
  if (!CLASSES.includes(spec.class)) {
    refuse(
      `tool ${spec.name} has no class of effect`,
      'class: read (nothing changes), A (takes our key), B (can be asked), C (neither)',
    )
  }
  if (spec.class === 'read' && spec.consequential === true) {
    refuse(
      `tool ${spec.name} is consequential and of class read`,
      'what changes nothing needs no approval; what changes something is of class A, B or C',
    )
  }
  if (spec.class === 'B' && typeof spec.reconcile !== 'function') {
    refuse(
      `tool ${spec.name} is of class B and has no reconcile`,
      'add reconcile(call_key, args), or use class C if nobody can be asked whether it happened',
    )
  }
  if (['read', 'C'].includes(spec.class) && spec.reconcile !== undefined) {
    refuse(
      `tool ${spec.name} has a reconcile and is of class ${spec.class}`,
      'what can be asked whether it happened is of class B; elsewhere drop reconcile',
    )
  }
}

function checkLimits(spec: Spec): void {
  const { tries_max, base_ms, cap_ms } = spec.retry
  checkNumber(spec, 'timeout_ms', spec.timeout_ms, timeout_ms_max)
  checkNumber(spec, 'retry.tries_max', tries_max, tries_max_max)
  checkNumber(spec, 'retry.base_ms', base_ms, wait_ms_max)
  checkNumber(spec, 'retry.cap_ms', cap_ms, wait_ms_max)
  if (base_ms > cap_ms) {
    refuse(
      `tool ${spec.name} waits longer at first (${base_ms} ms) than at most (${cap_ms} ms)`,
      'retry.base_ms is the first wait and doubles up to retry.cap_ms',
    )
  }
}

function checkNumber(spec: Spec, field: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return
  refuse(
    `${field} of tool ${spec.name} is ${String(value)}`,
    `a whole number from 1 to ${max.toLocaleString('en')}`,
  )
}

function refuse(message: string, hint: string): never {
  throw new Refusal('PW604', message, hint)
}
