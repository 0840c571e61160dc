/**
 * The little that is remembered beside an embedded cluster: its port, so that a URL stays good
 * between runs, and who uses it, so that the first to leave does not stop it under the others.
 * Everything here can be lost; the password lives with the data.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import type { Home } from './embedded_home.ts'
import { own } from './make_cluster.ts'
import { isAlive } from './processes.ts'

const stateSchema = z.object({
  port: z.int().optional(),
  /** The process that stops the server when it leaves. */
  owner: z.int().optional(),
  users: z.array(z.int()).default([]),
  /** Somebody asked for the server to stay. */
  kept: z.boolean().default(false),
})

type State = z.infer<typeof stateSchema>

/** Called by whoever started the server or found it running. */
export function enter(home: Home, port: number, started: boolean): void {
  const { owner, users, kept } = readState(home)
  // An owner that died without stopping it is succeeded by the next to come.
  const orphaned = !kept && (owner === undefined || !isAlive(owner))
  writeState(home, {
    port,
    owner: started || orphaned ? process.pid : owner,
    users: [...new Set([...users, process.pid])],
    kept: kept && !started,
  })
}

/** `last`: the server is ours to stop. */
export function leave(home: Home): 'last' | 'stays' {
  const state = readState(home)
  const users = state.users.filter((pid) => pid !== process.pid)
  const isOwner = state.owner === process.pid && !state.kept
  writeState(home, { ...state, users, owner: isOwner ? users[0] : state.owner })
  return isOwner && users.length === 0 ? 'last' : 'stays'
}

export function keep(home: Home): void {
  writeState(home, { ...readState(home), kept: true })
}

export function lastPort(home: Home): number | undefined {
  return readState(home).port
}

/** Processes that ended without a word are no users any more. */
function readState(home: Home): State {
  const found = stateSchema.safeParse(readJson(join(home.dir, 'postgres.json')))
  const state = found.success ? found.data : stateSchema.parse({})
  return { ...state, users: state.users.filter(isAlive) }
}

function writeState(home: Home, state: State): void {
  const path = join(home.dir, 'postgres.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 })
  own(`${path}.new`, home.user)
  renameSync(`${path}.new`, path)
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** The wished-for port if it is free, else any that is. */
export async function choosePort(wish: number | undefined): Promise<number> {
  return (wish === undefined ? undefined : await tryPort(wish)) ?? (await tryPort(0)) ?? 0
}

function tryPort(port: number): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const server = createServer()
  server.once('error', () => resolve(undefined))
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
  })
  return promise
}
