/**
 * As whom a connection speaks.  Straight to PostgreSQL it takes its role when it begins.  A pooler
 * that lends connections by the transaction lets nobody begin one: there the login itself must be
 * a member of the role, and must not be the owner, whom no rule binds.
 */
import { Refusal } from '../refusal.ts'
import { connectionConfig, isPooled, newClient, type Role } from './connection.ts'

/** Asked once for each pool of connections. */
export const LOGIN = `
  select
    current_user::text as name,
    pg_has_role(current_user, $1::text, 'usage') as member,
    exists (
      select from pg_namespace as n
      where n.nspname = 'pawl' and pg_has_role(current_user, n.nspowner, 'usage')
    ) as owner`

export type Login = { name: string; member: boolean; owner: boolean }

/** Refused with PW505 where it is not who it should be. */
export function checkLogin(url: string, role: Role, { name, member, owner }: Login): void {
  if (!isPooled(url)) {
    if (name === role) return
    throw new Refusal('PW505', `the connection speaks as ${name}, not as ${role}`, POOLER)
  }
  const grant = `create role pawl_app login password '…' in role pawl_submitter, pawl_worker, pawl_reviewer, pawl_observer`
  if (owner) {
    throw new Refusal('PW505', `${name} owns pawl, and no rule binds an owner`, grant)
  }
  if (!member) throw new Refusal('PW505', `${name} is no member of ${role}`, grant)
}

/** The same, on a connection of its own. */
export async function lookAtLogin(url: string, role: Role): Promise<void> {
  const client = newClient(connectionConfig(url, role))
  await client.connect()
  try {
    const { rows } = await client.query<Login>(LOGIN, [role])
    if (rows[0]) checkLogin(url, role, rows[0])
  } finally {
    await client.end()
  }
}

const POOLER =
  'a pooler in between drops what a connection begins with: add ?pgbouncer=true to the URL, with a login as the README says'
