/**
 * What the tables themselves allow: the row writes of W1 in a bare SQL loop, with no Node, no
 * XState, no triggers and no checks of who may write what.  The same columns into copies of the
 * same tables (partitions, indexes and constraints too), so many tasks in a batch, one commit a
 * batch.  Everything that is not one of these writes is what pawl itself takes.
 */
import { FIVE } from './app.ts'
import type { BenchDatabase } from './database.ts'

const BATCH = 100
const TABLES = ['tasks', 'transitions', 'steps', 'attempts', 'budgets'] as const
type Table = (typeof TABLES)[number]

/** As pawl's batch functions are planned. */
const PLANNING = ['plan_cache_mode = force_generic_plan', 'enable_seqscan = off']

/** Needs a finished task of W1: its rows are what is written again and again. */
export async function makeCeiling(db: BenchDatabase): Promise<void> {
  const model = await db.one<string>(
    `select task_id as value from pawl.tasks where machine = $1 and status = 'succeeded' limit 1`,
    [FIVE.machine],
  )
  await db.query('create schema bare')
  for (const table of TABLES) {
    await copyTable(db, table)
    await db.query(
      `create table bare.model_${table} as select * from pawl.${table} where task_id = '${model}'`,
    )
  }
  await db.query(await procedure(db))
  for (const it of PLANNING) await db.query(`set ${it}`)
}

export async function runCeiling(db: BenchDatabase, tasks: number): Promise<number> {
  const begun = performance.now()
  await db.query(`call bare.run(${tasks}, ${BATCH})`)
  return (tasks * FIVE.steps * 1000) / (performance.now() - begun)
}

async function copyTable(db: BenchDatabase, table: Table): Promise<void> {
  const leaves = await db.query<{ leaf: string; bound: string; filled: string }>(
    `select c.relname as leaf, pg_get_expr(c.relpartbound, c.oid) as bound,
       coalesce(array_to_string(c.reloptions, ', '), 'fillfactor = 100') as filled
     from pg_inherits as i
     join pg_class as c on c.oid = i.inhrelid
     where i.inhparent = 'pawl.${table}'::regclass`,
  )
  const parted = leaves.length > 0 ? 'partition by range (task_id)' : ''
  await db.query(`create table bare.${table} (like pawl.${table} including all) ${parted}`)
  for (const { leaf, bound, filled } of leaves) {
    await db.query(`create table bare.${leaf} partition of bare.${table} ${bound} with (${filled})`)
  }
}

async function procedure(db: BenchDatabase): Promise<string> {
  const insert = async (table: Table, changed: Record<string, string>, where: string) => {
    const columns = await columnsOf(db, table)
    const values = columns.map((name) => changed[name] ?? `m.${name}`)
    return `insert into bare.${table} (${columns.join(', ')})
      select ${values.join(', ')}
      from unnest(v_batch) as b (task_id)
      cross join bare.model_${table} as m
      where ${where};`
  }
  const task_id = { task_id: 'b.task_id' }
  const open = { closed_at: 'null', delivered_revision: 'null', output: 'null', error: 'null' }
  const fresh = { revision: '0', snapshot: 'null', output: 'null', finished_at: 'null' }
  const born = { ...task_id, ...fresh, state: `'(new)'`, status: `'ready'` }
  const begun = { ...task_id, outcome: 'null', finished_at: 'null', error: 'null' }
  const diary = { ...task_id, commit_id: 'gen_random_uuid()' }
  return `create procedure bare.run(tasks integer, batch integer)
    language plpgsql
    as $$
    declare
      v_ids uuid[] := array(select pawl.new_task_id() from generate_series(1, tasks));
      v_batch uuid[] := v_ids;
    begin
      ${await insert('tasks', born, 'true')}
      ${await insert('transitions', diary, 'm.revision = 0')}
      ${await insert('budgets', task_id, 'true')}
      commit;
      for v_first in 1..tasks by batch loop
        v_batch := v_ids[v_first : v_first + batch - 1];
        for v_move in 1..${FIVE.steps + 1} loop
          ${CLOSE}
          ${await insert('transitions', diary, 'm.revision = v_move')}
          ${MOVE}
          ${await insert('attempts', begun, 'm.step_no = v_move')}
          ${await insert('steps', { ...task_id, ...open, status: `'open'` }, 'm.step_no = v_move')}
          commit;
        end loop;
      end loop;
    end
    $$`
}

const CLOSE = `
  update bare.attempts as a
  set outcome = 'succeeded', finished_at = clock_timestamp()
  where a.task_id = any (v_batch) and a.step_no = v_move - 1 and a.attempt = 1;
  update bare.steps as s
  set status = 'succeeded', output = m.output, closed_at = clock_timestamp(), delivered_revision = v_move
  from bare.model_steps as m
  where s.task_id = any (v_batch) and s.step_no = v_move - 1 and m.step_no = s.step_no;`

const MOVE = `
  update bare.tasks as t
  set state = d.to_state, revision = v_move, snapshot = m.snapshot, updated_at = clock_timestamp(),
    status = case when v_move > ${FIVE.steps} then m.status else 'ready' end,
    finished_at = case when v_move > ${FIVE.steps} then clock_timestamp() end
  from bare.model_tasks as m, bare.model_transitions as d
  where t.task_id = any (v_batch) and d.revision = v_move;`

async function columnsOf(db: BenchDatabase, table: Table): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = 'pawl.${table}'::regclass and attnum > 0 and not attisdropped
       and attgenerated = ''
     order by attnum`,
  )
  return rows.map(({ name }) => name)
}
