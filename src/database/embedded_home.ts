/**
 * Where the embedded cluster of a checkout lives, and as whom it runs.  Usually that is
 * <root>/.pawl, as whoever started us.  PostgreSQL refuses to run as root, so root hands it to an
 * unprivileged user; and where that user cannot enter the checkout (a home that only root may
 * enter), data and programs live in a folder outside it, one per checkout.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Refusal } from '../refusal.ts'
import type { OsUser } from './make_cluster.ts'

export interface Home {
  /** Holds the data folder, the log, the lock and the state file. */
  dir: string
  data: string
  user: OsUser | undefined
  /** The data does not live inside the checkout. */
  outside: boolean
}

// Existing ones only: giving a machine a new user is not ours to do.
const UNPRIVILEGED_USERS = ['postgres', 'nobody', 'daemon']
// /var/tmp comes last: what nobody touches for a month is deleted there.
const OUTSIDE_FOLDERS = ['/var/lib', '/var/tmp']
const HASH_CHARS = 12

/** Makes the folder. */
export function openHome(root: string): Home {
  const all = candidates(root)
  if (process.getuid?.() !== 0) return homeIn(make(all[0]), undefined, false)
  const nobody = unprivilegedUser()
  const begun = all.filter((dir) => existsSync(join(dir, 'postgres', 'PG_VERSION')))
  for (const dir of [...begun, ...all]) {
    if (tryMake(dir) === undefined) continue
    const home = homeIn(dir, nobody, dir !== all[0])
    if (canEnter(dir, home.user ?? nobody)) return home
  }
  throw new Refusal(
    'PW503',
    `PostgreSQL cannot run as root, and uid ${nobody.uid} can reach no folder for its data`,
    'make the project folder reachable (chmod o+x), or set DATABASE_URL',
  )
}

/** Where clusters of this checkout were made before, if any; touches nothing. */
export function findHomes(root: string): Home[] {
  const all = candidates(root)
  return all.flatMap((dir) => {
    if (!existsSync(join(dir, 'postgres'))) return []
    try {
      return [homeIn(dir, undefined, dir !== all[0])]
    } catch {
      return [] // Another user's: not ours to read.
    }
  })
}

function candidates(root: string): [string, ...string[]] {
  const real = realpathSync(root)
  const hash = createHash('sha256').update(real).digest('hex').slice(0, HASH_CHARS)
  return [join(real, '.pawl'), ...OUTSIDE_FOLDERS.map((folder) => join(folder, `pawl-${hash}`))]
}

function homeIn(dir: string, user: OsUser | undefined, outside: boolean): Home {
  const data = join(dir, 'postgres')
  const owner = existsSync(data) ? statSync(data) : undefined
  const me = process.getuid?.()
  if (owner !== undefined && me !== undefined && me !== 0 && owner.uid !== me) {
    throw new Refusal(
      'PW503',
      `${data} belongs to another user (uid ${owner.uid})`,
      'start as that user, or as root if root made it; or set DATABASE_URL',
    )
  }
  // Root goes on as whoever began the data, be it an ordinary user.
  const owned = me === 0 && owner !== undefined && owner.uid !== 0
  return { dir, data, user: owned ? { uid: owner.uid, gid: owner.gid } : user, outside }
}

/** Everybody may write to /var/tmp: a folder that a stranger put there is not used. */
function tryMake(dir: string): string | undefined {
  try {
    make(dir)
    const stat = lstatSync(dir)
    const isOurs = stat.isDirectory() && stat.uid === 0
    return isOurs || !dir.startsWith('/var/tmp/') ? dir : undefined
  } catch {
    return undefined
  }
}

/** Open to all (0755) whatever the umask. */
function make(dir: string): string {
  if (mkdirSync(dir, { recursive: true, mode: 0o755 }) !== undefined) chmodSync(dir, 0o755)
  return dir
}

/** Whom root lets PostgreSQL run as. */
export function unprivilegedUser(): OsUser {
  for (const name of UNPRIVILEGED_USERS) {
    const [uid, gid] = ['-u', '-g'].map((flag) => {
      const printed = spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout
      return printed ? Number(printed) : undefined
    })
    if (uid && gid) return { uid, gid }
  }
  throw new Refusal(
    'PW503',
    'PostgreSQL cannot run as root, and this machine has no user postgres or nobody',
    'start as an ordinary user, or set DATABASE_URL',
  )
}

/** Asked of the kernel, by going there as that user: modes alone do not tell of ACLs. */
function canEnter(dir: string, user: OsUser): boolean {
  const tried = spawnSync('/bin/sh', ['-c', 'cd "$0" && cd "$0"', dir], { ...user, cwd: '/' })
  return tried.status === 0
}
