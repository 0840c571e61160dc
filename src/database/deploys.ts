/**
 * The owner's door for `pawl deploy`: what is in flight, and moving it to another version.
 */
import pg from 'pg'
import type { Json, JsonObject } from '../json.ts'
import type { Beyond } from './beyond.ts'
import { connectionConfig, newClient } from './connection.ts'
import { asRefusal } from './refused.ts'
import type { CommitAnswer, FoundMachine, NewStep, NewTimer, StepKind, TaskStatus } from './rows.ts'
import { storable } from './storable.ts'

export type Version = { machine_id: number; version: number; current: boolean }

export type InFlight = { machine_id: number; version: number; state: string; tasks: number }

export type Misfits = { version: number; tasks: number; path: string }

export type OldState = { state: string; final: boolean }

export type RegisteredChart = {
  machine: string
  version: number
  planned: boolean
  definition: JsonObject
  states: {
    state: string
    final: boolean
    outcome: 'succeeded' | 'failed' | 'cancelled' | null
    tags: string[]
    invokes: { actor_id: string; src: string; catches: boolean }[]
  }[]
  edges: FoundMachine['edges']
}

export type MigratingTask = {
  task_id: string
  machine_id: number
  state: string
  status: TaskStatus
  revision: number
  snapshot: Json
  steps: { step_no: number; kind: StepKind; actor_id: string; src: string; status: string }[]
  timers: string[]
  /** Where its input does not fit the new version. */
  misfit: string | null
  next_step_no: number
}

export type MigrationItem = {
  item_no: number
  task_id: string
  revision: number
  commit_id: string
  from_state: string
  state: string
  status: TaskStatus
  snapshot: Json
  open_steps?: NewStep[]
  stop_steps?: number[]
  set_timers?: NewTimer[]
  remove_timers?: string[]
  beyond?: Beyond
}

const NUMBERS = { getTypeParser: parserOf }

export class Deploys {
  readonly #client: pg.Client

  private constructor(client: pg.Client) {
    this.#client = client
  }

  static async open(url: string): Promise<Deploys> {
    const client = newClient(connectionConfig(url))
    await client.connect()
    return new Deploys(client)
  }

  close(): Promise<void> {
    return this.#client.end()
  }

  versions(machine: string): Promise<Version[]> {
    return this.#rows(
      `select machine_id, version, current from pawl.machines where machine = $1 order by version`,
      [machine],
    )
  }

  async find(registration: Json): Promise<Version | undefined> {
    const [row] = await this.#rows<Version>(
      `select m.machine_id, m.version, m.current
       from pawl.find_machine(registration => $1) as f
       join pawl.machines as m using (machine_id)`,
      [storable(registration)],
    )
    return row
  }

  inFlight(machine: string): Promise<InFlight[]> {
    return this.#rows(
      `select m.machine_id, f.version, f.state, f.tasks
       from pawl.tasks_in_flight as f
       join pawl.machines as m using (machine, version)
       where f.machine = $1
       order by f.version, f.state`,
      [machine],
    )
  }

  /** What tasks of the machine's other versions may stand in; final where it is in all of them. */
  oldStates(machine: string, machine_id: number | null): Promise<OldState[]> {
    return this.#rows(
      `select s.state, bool_and(s.final) as final
       from pawl.machine_states as s
       join pawl.machines as m using (machine_id)
       where m.machine = $1
         and m.machine_id is distinct from $2
         and not s.former
       group by s.state
       order by s.state`,
      [machine, machine_id],
    )
  }

  misfits(registration: JsonObject): Promise<Misfits[]> {
    return this.#rows(
      `select version, tasks, path
       from pawl.misfit_tasks(
         machine => $1, definition_hash => pawl.definition_hash(registration => $2),
         input_schema => $3)`,
      [
        registration['machine'],
        storable(registration),
        storable(registration['input_schema'] ?? true),
      ],
    )
  }

  async chartOf(machine_id: number): Promise<RegisteredChart> {
    const [row] = await this.#rows<{ chart: RegisteredChart }>(
      'select pawl.chart_of(machine_id => $1) as chart',
      [machine_id],
    )
    if (!row) throw new Error(`machine ${machine_id} is gone`)
    return row.chart
  }

  async nearest(name: string, candidates: readonly string[]): Promise<string[]> {
    const [row] = await this.#rows<{ near: string[] }>(
      'select pawl.nearest_names(name => $1, candidates => $2) as near',
      [name, candidates],
    )
    return row?.near ?? []
  }

  loadMigrating(machine_id: number, after: string, page_max: number): Promise<MigratingTask[]> {
    return this.#rows(
      `select * from pawl.load_migrating(machine_id => $1, after => $2, page_max => $3)`,
      [machine_id, after, page_max],
    )
  }

  migrateTasks(
    machine_id: number,
    items: readonly MigrationItem[],
  ): Promise<{ item_no: number; answer: CommitAnswer }[]> {
    return this.#rows(`select * from pawl.migrate_tasks(machine_id => $1, items => $2)`, [
      machine_id,
      storable(items),
    ])
  }

  async #rows<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> {
    try {
      const { rows } = await this.#client.query<Row>({ text, values, types: NUMBERS })
      return rows
    } catch (error) {
      throw asRefusal(error)
    }
  }
}

/** bigint as a number: ids and counts are far below 2^53. */
function parserOf(oid: number, format?: 'text' | 'binary') {
  return oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format ?? 'text')
}
