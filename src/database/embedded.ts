/**
 * The embedded PostgreSQL: `pawl dev` and `npm start` need a database and nothing but npm.  One
 * cluster per checkout, kept between runs, a real server with real durability; several processes
 * of the checkout share it.  Whoever started it stops it, unless others still use it: then the
 * last of them does.
 */
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../refusal.ts'
import { newClient } from './connection.ts'
import { prepareBinaries } from './embedded_binaries.ts'
import { findHomes, type Home, openHome } from './embedded_home.ts'
import { choosePort, enter, keep, lastPort, leave } from './embedded_state.ts'
import { withLock } from './lock_file.ts'
import { type Cluster, makeCluster, urlOf } from './make_cluster.ts'
import { halt, launch, running, settled } from './postgres_server.ts'

export interface Embedded {
  url: string
  data_dir: string
  /** False when a server of this checkout ran already. */
  started: boolean
  /** Says that we are done: the server stops, unless others use it or it was kept. */
  stop(): Promise<void>
  /** Leaves the server running when we are done; `stopEmbedded` stops it. */
  keep(): Promise<void>
}

const DATABASE = 'pawl'
const PORT_TRIES_MAX = 10
const LOG_BYTES_MAX = 10_000_000
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: 200,
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // A failed statement and its row may hold private input; whoever sent it is told.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}
// PostgreSQL's own collation: the same on every machine, and no libc update breaks an index.
const LOCALE = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']

export async function startEmbedded(options: {
  root: string
  log: (line: string) => void
}): Promise<Embedded> {
  const home = openHome(options.root)
  return withLock(lockOf(home), async () => {
    const { port, started } = await reach(options.root, home, options.log)
    enter(home, port, started)
    return {
      url: urlOf(home.data, port, DATABASE),
      data_dir: home.data,
      started,
      stop: () => withLock(lockOf(home), () => stop(home, options.log)),
      keep: () => withLock(lockOf(home), async () => keep(home)),
    }
  })
}

/** Stops it whoever uses it; false when none was running. */
export async function stopEmbedded(root: string): Promise<boolean> {
  const home = runningHome(root)
  return home !== undefined && withLock(lockOf(home), () => halt(home.data))
}

/** Of the cluster that is running now, if one is. */
export function embeddedUrl(root: string): string | undefined {
  const home = runningHome(root)
  const there = home && running(home.data)
  return there && urlOf(home.data, there.port, DATABASE)
}

async function stop(home: Home, log: (line: string) => void): Promise<void> {
  if (leave(home) === 'last') await halt(home.data)
  else if (running(home.data) !== undefined) log('PostgreSQL stays: others use it, or it was kept')
}

function lockOf(home: Home): string {
  return join(home.dir, 'postgres.lock')
}

function runningHome(root: string): Home | undefined {
  return findHomes(root).find((home) => running(home.data) !== undefined)
}

async function reach(
  root: string,
  home: Home,
  log: (line: string) => void,
): Promise<{ port: number; started: boolean }> {
  const there = await settled(home.data)
  const port = there?.port ?? (await start(root, home, log))
  try {
    await createDatabase(urlOf(home.data, port, 'postgres'))
  } catch (error) {
    // One that is being killed is found, and serves nobody any more.
    if (there === undefined || running(home.data)?.pid === there.pid) throw error
    return reach(root, home, log)
  }
  return { port, started: there === undefined }
}

async function start(root: string, home: Home, log: (line: string) => void): Promise<number> {
  const { bin, major } = await prepareBinaries(root, home.dir, home.user)
  const cluster = { bin, data: home.data, log: join(home.dir, 'postgres.log'), user: home.user }
  const begun = performance.now()
  await makeData(home, cluster, major)
  rotate(cluster.log)
  let wish = lastPort(home)
  for (let tries = 0; tries < PORT_TRIES_MAX; tries++) {
    const port = await choosePort(wish)
    if ((await launch(cluster, { ...SETTINGS, port })) === 'ready') {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1)
      log(`PostgreSQL ${major} on 127.0.0.1:${port} in ${seconds} s, data in ${home.data}`)
      if (home.outside) log(`(its user cannot enter ${root}, so its files live there)`)
      return port
    }
    wish = undefined // Somebody was quicker.
  }
  throw new Error(`no free port on 127.0.0.1 after ${PORT_TRIES_MAX} tries`)
}

async function makeData(home: Home, cluster: Cluster, major: string): Promise<void> {
  for (const name of await readdir(home.dir)) {
    if (name.startsWith('postgres.new-')) await rm(join(home.dir, name), { recursive: true })
  }
  if (existsSync(home.data)) {
    const made = readFileSync(join(home.data, 'PG_VERSION'), 'utf8').trim()
    if (made === major) return
    throw new Refusal(
      'PW503',
      `${home.data} was made by PostgreSQL ${made} and the embedded one is ${major}`,
      'move the folder away to begin anew, or dump it with the old one and load it here',
    )
  }
  await makeCluster(cluster, LOCALE)
}

function rotate(path: string): void {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (bytes > LOG_BYTES_MAX) renameSync(path, `${path}.old`)
}

async function createDatabase(url: string): Promise<void> {
  const client = newClient({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [
      DATABASE,
    ])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}
