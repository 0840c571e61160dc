/** Machines as a database has them, for whoever draws them. */
import { z } from 'zod'
import type { JsonObject } from '../json.ts'
import { sql, TypedPool } from './typed_pool.ts'

const Edge = z.object({
  edge_no: z.int(),
  from_state: z.string(),
  event: z.string(),
  to_state: z.string(),
  kind: z.enum(['machine', 'engine']),
})

const Drawn = z.object({
  definition: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null),
  edges: z.array(Edge),
})

const Name = z.object({ machine: z.string() })

const Counted = z.object({ state: z.string(), tasks: z.int() })

export class Charts {
  readonly #pool: TypedPool

  constructor(url: string) {
    this.#pool = new TypedPool(url, 'pawl_observer')
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  current(machine: string): Promise<z.infer<typeof Drawn> | null> {
    return this.#pool.ask((pool) =>
      pool.maybeOne(sql.type(Drawn)`
        select m.definition, (
          select jsonb_agg(jsonb_build_object(
            'edge_no', e.edge_no, 'from_state', e.from_state, 'event', e.event,
            'to_state', e.to_state, 'kind', e.kind
          ) order by e.edge_no)
          from pawl.machine_edges as e
          where e.machine_id = m.machine_id
            and e.event <> 'pawl.migrated'
        ) as edges
        from pawl.machines as m
        where m.machine = ${machine}
          and m.current`),
    )
  }

  async names(): Promise<string[]> {
    const rows = await this.#pool.ask((pool) =>
      pool.any(sql.type(Name)`select machine from pawl.machines where current order by machine`),
    )
    return rows.map((row) => row.machine)
  }

  /** By state, over all versions: tasks of an older one are drawn where their names still are. */
  async tasks(machine: string): Promise<Map<string, number>> {
    const rows = await this.#pool.ask((pool) =>
      pool.any(sql.type(Counted)`
        select state, sum(tasks)::bigint as tasks
        from pawl.tasks_in_flight
        where machine = ${machine}
        group by state
        order by state`),
    )
    return new Map(rows.map((row) => [row.state, row.tasks]))
  }
}
