/** The database documents itself, names its rules as sentences, and lets nobody do more than they may. */
import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'

const { query } = await freshDatabase(t)
const names = async (text: string) =>
  (await query<{ name: string }>(text)).rows.map((it) => it.name)
const OURS = `c.relnamespace = 'pawl'::regnamespace`
const FUNCTIONS = `p.pronamespace = 'pawl'::regnamespace`

t.test('every table, partition, view, sequence and type has a comment', async (t) => {
  const bare = `select c.oid::regclass::text as name from pg_class as c
    where ${OURS} and c.relkind in ('r', 'p', 'v', 'S')
      and not exists (
        select from pg_depend as d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('i', 'a')
          and c.relkind = 'S'
      )
      and obj_description(c.oid, 'pg_class') is null
    union all
    select c.oid::regclass::text from pg_class as c
    where ${OURS} and c.relkind = 'c'
      and obj_description(c.reltype, 'pg_type') is null`
  t.same(await names(bare), [])
})

t.test('every function has a comment, and a private one says so', async (t) => {
  t.same(
    await names(
      `select p.oid::regprocedure::text as name from pg_proc as p
       where ${FUNCTIONS} and obj_description(p.oid, 'pg_proc') is null`,
    ),
    [],
  )
  const commented = await names(
    `select obj_description(p.oid, 'pg_proc') as name from pg_proc as p where ${FUNCTIONS}`,
  )
  for (const comment of commented) t.match(comment, /\.$/, comment)
})

// Words that mean something only here, wherever they stand.
const TELLING = `^(kind|status|outcome|cause|decision|purpose|class|tier|voice|dimension|choices|waits_for
  |planned|consequential|carried|approval|call_key|position|snapshot|key|priority|woken_at|serves|takes
  |release|cleaned|expected|preconditions|.*_hash|hash|.*band.*|delivered_revision|consumed_revision)$`

t.test('a column that does not explain itself has a comment', async (t) => {
  const bare = await names(
    `select c.relname || '.' || a.attname as name
     from pg_attribute as a join pg_class as c on c.oid = a.attrelid
     where ${OURS} and c.relkind in ('r', 'p') and not c.relispartition
       and a.attnum > 0 and not a.attisdropped
       and a.attname ~ '${TELLING.replace(/\s/g, '')}'
       and coalesce(length(col_description(c.oid, a.attnum)), 0) < 10`,
  )
  t.same(bare, [])
})

t.test('a partition has its parent’s comments', async (t) => {
  const lost = `select p.relname || '.' || a.attname as name
    from pg_inherits as i
    join pg_class as p on p.oid = i.inhparent
    join pg_class as c on c.oid = i.inhrelid
    join pg_attribute as a on a.attrelid = p.oid and a.attnum > 0
    where p.relnamespace = 'pawl'::regnamespace and p.relkind = 'p'
      and col_description(p.oid, a.attnum) is not null
      and c.relname <> 'tasks_unplaced'
      and col_description(p.oid, a.attnum) is distinct from (
        select col_description(c.oid, b.attnum) from pg_attribute as b
        where b.attrelid = c.oid and b.attname = a.attname
      )`
  t.same(await names(lost), [])
})

t.test('a function that runs as its owner finds nothing but pawl and PostgreSQL', async (t) => {
  const loose = `select p.oid::regprocedure::text as name from pg_proc as p
    where ${FUNCTIONS} and p.prosecdef
      and not coalesce('search_path=pawl, pg_temp' = any (p.proconfig), false)`
  t.same(await names(loose), [])
})

t.test('PUBLIC may call nothing, read nothing and write nothing', async (t) => {
  const open = `
    select p.oid::regprocedure::text as name
    from pg_proc as p
    cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
    where ${FUNCTIONS} and a.grantee = 0
    union all
    select c.oid::regclass::text
    from pg_class as c
    cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as a
    where ${OURS} and c.relkind in ('r', 'p', 'v', 'S') and a.grantee = 0
    union all
    select 'schema'
    from pg_namespace as n
    cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as a
    where n.nspname = 'pawl' and a.grantee = 0`
  t.same(await names(open), [])
})

t.test(
  'no role writes a table by hand, but the submitter, who inserts tasks and sets schedules',
  async (t) => {
    const writes = `
    select r.rolname || ' ' || w.privilege || ' ' || c.relname as name
    from pg_class as c
    cross join unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as w (privilege)
    join pg_roles as r on r.rolname ~ '^pawl_'
    where ${OURS} and c.relkind in ('r', 'p', 'v') and has_table_privilege(r.oid, c.oid, w.privilege)`
    t.same((await names(writes)).sort(), [
      'pawl_submitter DELETE schedules',
      'pawl_submitter INSERT tasks',
    ])
  },
)

t.test('each role may call what is its own, and nothing that is private', async (t) => {
  const callers = async (name: string) =>
    names(
      `select distinct r.rolname as name from pg_proc as p
       join pg_roles as r on r.rolname ~ '^pawl_' and has_function_privilege(r.oid, p.oid, 'execute')
       where ${FUNCTIONS} and p.proname = '${name}' order by 1`,
    )
  t.same(await callers('decide_review'), ['pawl_reviewer'])
  t.same(await callers('raise_budget'), ['pawl_reviewer'])
  t.same(await callers('label_outcome'), ['pawl_reviewer'])
  for (const control of ['cancel_task', 'pause_task', 'resume_task', 'retry_task', 'fork_task']) {
    t.same(await callers(control), ['pawl_reviewer', 'pawl_submitter'], control)
  }
  t.same(await callers('commit'), ['pawl_worker'])
  t.same(await callers('begin_tool_call'), ['pawl_worker'])
  t.same(await callers('submit_task'), ['pawl_submitter'])
  for (const owners of [
    'register_machine',
    'open_pool',
    'set_prices',
    'drop_month',
    'make_month',
  ]) {
    t.same(await callers(owners), [], owners)
  }
  const leaked = `select p.proname as name from pg_proc as p
    join pg_roles as r on r.rolname ~ '^pawl_' and has_function_privilege(r.oid, p.oid, 'execute')
    where ${FUNCTIONS}
      and (obj_description(p.oid, 'pg_proc') like 'private:%' or p.prorettype = 'trigger'::regtype)`
  t.same(await names(leaked), [])
})

t.test('a rule’s name is a sentence, so that the error explains itself', async (t) => {
  const { rows } = await query<{ name: string; kind: string }>(
    `select k.conname as name, k.contype as kind from pg_constraint as k
     join pg_class as c on c.oid = k.conrelid
     where ${OURS} and not c.relispartition and k.contype <> 'n'`,
  )
  const short = rows.filter(({ name }) => !/_pk$/.test(name) && name.split('_').length < 3)
  t.same(short, [])
  t.ok(rows.every(({ name }) => /^[a-z0-9_]{5,63}$/.test(name)))
  t.ok(rows.length > 60)
  const generated = rows.filter(({ name }) => /_(pkey|fkey|check|key|not_null|excl)\d*$/.test(name))
  t.same(generated, [])
})

t.test('every growing table is partitioned, with the task first in its key', async (t) => {
  const keyed = `select c.relname as name from pg_class as c
    join pg_index as i on i.indrelid = c.oid and i.indisprimary
    join pg_attribute as a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where ${OURS} and c.relkind = 'p' and a.attname = 'task_id'
    order by 1`
  const growing = await query<{ names: string[] }>('select pawl.growing_tables() as names')
  t.same(await names(keyed), growing.rows[0]?.names.toSorted())
})
