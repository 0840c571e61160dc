/**
 * Says sql/ again: views are dropped and made anew, functions replaced, and what sql/ no longer
 * defines is dropped.  Skipped while neither the files nor what they left in the database have
 * changed; both are hashed, so a function edited by hand is put back.
 */
import pg from 'pg'
import { SQL_ROW } from './migrate_tables.ts'
import { GRANTS, type Migration, runFile, type SqlFile, sha256 } from './migration_files.ts'

// Undefined function, table, object: a later file may bring it.
const NOT_YET = new Set(['42883', '42P01', '42704'])
const SIGNATURE_CHANGED = '42P13'
const DEPENDED_ON = '2BP01'

/** False when there was nothing to do. */
export async function applySql(
  client: pg.ClientBase,
  files: SqlFile[],
  migrations: Migration[],
): Promise<boolean> {
  const source = sha256(files.map(({ name, text }) => `${name}\0${text}`).join('\0'))
  const { rows } = await client.query<{ checksum: string }>(
    'select checksum from pawl.migrations where name = $1',
    [SQL_ROW],
  )
  if (rows[0]?.checksum === `${source} ${await fingerprint(client)}`) return false
  await dropViews(client)
  const before = await functions(client)
  await applyAll(
    client,
    files.filter(({ name }) => name !== GRANTS),
  )
  await dropForgotten(client, before, migrations)
  await applyAll(
    client,
    files.filter(({ name }) => name === GRANTS),
  )
  await client.query(
    `insert into pawl.migrations (name, checksum) values ($1, $2)
     on conflict (name) do update
     set checksum = excluded.checksum,
         applied_at = statement_timestamp()`,
    [SQL_ROW, `${source} ${await fingerprint(client)}`],
  )
  return true
}

/** In order; a file that names what is not there yet is tried again after the others. */
async function applyAll(client: pg.ClientBase, files: SqlFile[]): Promise<void> {
  let waiting = files
  while (waiting.length > 0) {
    const next: SqlFile[] = []
    let reason: unknown
    for (const file of waiting) {
      const error = await applyOne(client, file)
      if (error === undefined) continue
      next.push(file)
      reason ??= error
    }
    if (next.length === waiting.length) throw reason
    waiting = next
  }
}

/** The error, where another file may be what is missing. */
async function applyOne(client: pg.ClientBase, file: SqlFile): Promise<unknown> {
  await client.query('savepoint one_file')
  try {
    await runFile(client, file)
    await client.query('release one_file')
    return undefined
  } catch (error) {
    await client.query('rollback to one_file')
    if (!(error instanceof pg.DatabaseError)) throw error
    if (NOT_YET.has(error.code ?? '')) return error
    // The hint names the exact overload in every language: "Use DROP FUNCTION pawl.f(integer) …".
    const statement = /DROP (?:FUNCTION|PROCEDURE) .+\)/.exec(error.hint ?? '')?.[0]
    if (error.code !== SIGNATURE_CHANGED || statement === undefined) throw error
    await drop(client, statement)
    return applyOne(client, file)
  }
}

/** With the functions whose signature names a view's row: they are said again, too. */
async function dropViews(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ drops: string | null }>(`
    with views as (
      select c.oid, c.reltype, t.typarray
      from pg_class c
      join pg_type t on t.oid = c.reltype
      where c.relnamespace = 'pawl'::regnamespace
        and c.relkind = 'v'
    ),
    users as (
      select distinct d.objid
      from pg_depend d
      join views v
        on d.refclassid = 'pg_type'::regclass and d.refobjid in (v.reltype, v.typarray)
        or d.refclassid = 'pg_class'::regclass and d.refobjid = v.oid
      where d.classid = 'pg_proc'::regclass
    )
    select concat_ws('; ',
      'drop routine ' || (select string_agg(objid::regprocedure::text, ', ') from users),
      'drop view ' || (select string_agg(oid::regclass::text, ', ') from views)) as drops`)
  if (rows[0]?.drops) await drop(client, rows[0].drops)
}

/** Never cascades: what somebody built on ours is not ours to take away. */
async function drop(client: pg.ClientBase, statement: string): Promise<void> {
  try {
    await client.query(statement)
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === DEPENDED_ON) {
      error.message += ` (${error.detail}); drop those first and make them again afterwards`
    }
    throw error
  }
}

interface Routine {
  signature: string
  name: string
  /** Changes whenever it is said again. */
  version: string
}

async function functions(client: pg.ClientBase): Promise<Routine[]> {
  const { rows } = await client.query<Routine>(`
    select
      p.oid::regprocedure::text as signature,
      p.proname as name,
      p.oid || ' ' || p.xmin || ' ' || p.ctid as version
    from pg_proc p
    where p.pronamespace = 'pawl'::regnamespace
      and not exists (
        select from pg_depend d
        where d.classid = 'pg_proc'::regclass
          and d.objid = p.oid
          and d.deptype = 'e'
      )`)
  return rows
}

/** What was there before, was not said again and is no migration's own. */
async function dropForgotten(
  client: pg.ClientBase,
  before: Routine[],
  migrations: Migration[],
): Promise<void> {
  const untouched = new Set(before.map(({ version }) => version))
  const history = migrations.map(({ text }) => text).join('\n')
  const isMigrations = (name: string) =>
    new RegExp(`create\\s+(or\\s+replace\\s+)?(function|procedure)\\s+pawl\\.${name}\\b`, 'i').test(
      history,
    )
  for (const { signature, name, version } of await functions(client)) {
    if (untouched.has(version) && !isMigrations(name)) {
      await drop(client, `drop routine ${signature}`)
    }
  }
}

/** Of functions, views, triggers and grants; not of partitions, which come and go by themselves. */
async function fingerprint(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ hash: string }>(`
    with things as (
      select to_jsonb(p)::text as thing
      from pg_proc p
      where p.pronamespace = 'pawl'::regnamespace
      union all
      select concat_ws(' ', c.oid, c.relname, c.relacl,
        case when c.relkind = 'v' then pg_get_viewdef(c.oid) end)
      from pg_class c
      where c.relnamespace = 'pawl'::regnamespace
        and c.relkind in ('r', 'p', 'v', 'S')
        and not c.relispartition
      union all
      select concat_ws(' ', g.tgrelid, g.tgenabled, pg_get_triggerdef(g.oid))
      from pg_trigger g
      join pg_class c on c.oid = g.tgrelid
      where c.relnamespace = 'pawl'::regnamespace
        and not c.relispartition
        and not g.tgisinternal
      union all
      select concat_ws(' ', n.nspname, n.nspacl)
      from pg_namespace n
      where n.nspname = 'pawl'
    )
    select encode(sha256(convert_to(
      string_agg(thing, chr(10) order by thing collate "C"), 'UTF8')), 'hex') as hash
    from things`)
  return rows[0]?.hash ?? ''
}
