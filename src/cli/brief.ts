/**
 * Any JSON on one line of a given width: `{package: "pg", files: ["LICENSE", …]}`.  It stops
 * reading when the line is full, so a document of a megabyte costs no more than a short one.
 */
import { isObject, type Json, type JsonObject } from '../json.ts'
import { cut, plain } from './columns.ts'

const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/

export function brief(value: Json, columns_max: number): string {
  return cut(plain(pieces(value, columns_max)), columns_max)
}

/** As a call is written: `package: "pg", limit: 3`. */
export function briefArguments(value: Json, columns_max: number): string {
  return isObject(value)
    ? cut(plain(entries(value, columns_max)), columns_max)
    : brief(value, columns_max)
}

function pieces(value: Json, room: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, room + 1))
  if (Array.isArray(value)) return `[${items(value, room)}]`
  if (isObject(value)) return `{${entries(value, room)}}`
  return String(value)
}

function items(values: readonly Json[], room: number): string {
  let text = ''
  for (const value of values) {
    if (text.length > room) break
    text += `${text === '' ? '' : ', '}${pieces(value, room - text.length)}`
  }
  return text
}

function entries(value: JsonObject, room: number): string {
  let text = ''
  for (const [key, item] of Object.entries(value)) {
    if (text.length > room) break
    const name = PLAIN_KEY.test(key) ? key : JSON.stringify(key)
    text += `${text === '' ? '' : ', '}${name}: ${pieces(item, room - text.length)}`
  }
  return text
}

/** Nothing for what is no text. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
