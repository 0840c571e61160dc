/**
 * What people type, parsed; what does not parse is a usage error (exit 2).
 */
import { InvalidArgumentError } from 'commander'
import { isObject, type Json, type JsonObject } from '../json.ts'

export function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) > 0) return Number(text)
  throw new InvalidArgumentError('A whole number above zero is meant.')
}

/** Seconds, as milliseconds. */
export function seconds(text: string): number {
  if (/^\d{1,5}(\.\d{1,3})?$/.test(text)) return Math.round(Number(text) * 1000)
  throw new InvalidArgumentError('Seconds are meant, such as 4.5.')
}

export function anyInteger(text: string): number {
  if (/^[+-]?\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('A whole number is meant.')
}

export function json(text: string): Json {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : ''
    throw new InvalidArgumentError(`JSON is meant, in quotes for the shell: ${reason}`)
  }
}

export function jsonObject(text: string): JsonObject {
  const value = json(text)
  if (isObject(value)) return value
  throw new InvalidArgumentError('A JSON object is meant: {"…": …}')
}

/** ISO 8601, or what else JavaScript reads as a time. */
export function time(text: string): Date {
  const at = new Date(text)
  if (!Number.isNaN(at.getTime())) return at
  throw new InvalidArgumentError('A time is meant, such as 2027-01-31T09:00Z.')
}

/** `--label a=1 b=2`, as often as one likes. */
export function label(text: string, labels: JsonObject = {}): JsonObject {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('name=value is meant.')
  return { ...labels, [text.slice(0, at)]: text.slice(at + 1) }
}
