/**
 * What people do to a task: end it, let it rest, let it go on.
 */
import { z } from 'zod'
import { sql, type TypedPool } from './typed_pool.ts'

const Cancelled = z.object({ value: z.enum(['cancelling', 'cancelled']) })
const Done = z.object({ value: z.boolean() })
const Id = z.object({ value: z.guid() })
const Nothing = z.unknown()

export class Controls {
  readonly #pool: TypedPool

  constructor(pool: TypedPool) {
    this.#pool = pool
  }

  async cancel(
    task_id: string,
    reason: string | null,
    at_once: boolean,
  ): Promise<'cancelling' | 'cancelled'> {
    const { value } = await this.#pool.tell((pool) =>
      pool.one(sql.type(Cancelled)`
        select pawl.cancel_task(
          task_id => ${task_id}::uuid, reason => ${reason}, at_once => ${at_once}
        ) as value`),
    )
    return value
  }

  async pause(task_id: string, reason: string | null): Promise<boolean> {
    const { value } = await this.#pool.tell((pool) =>
      pool.one(sql.type(Done)`
        select pawl.pause_task(task_id => ${task_id}::uuid, reason => ${reason}) as value`),
    )
    return value
  }

  async resume(task_id: string, reason: string | null): Promise<boolean> {
    const { value } = await this.#pool.tell((pool) =>
      pool.one(sql.type(Done)`
        select pawl.resume_task(task_id => ${task_id}::uuid, reason => ${reason}) as value`),
    )
    return value
  }

  async retry(task_id: string, reason: string | null): Promise<void> {
    await this.#pool.tell((pool) =>
      pool.query(sql.type(Nothing)`
        select pawl.retry_task(task_id => ${task_id}::uuid, reason => ${reason})`),
    )
  }

  async fork(task_id: string, revision: number, reason: string | null): Promise<string> {
    const { value } = await this.#pool.tell((pool) =>
      pool.one(sql.type(Id)`
        select pawl.fork_task(
          task_id => ${task_id}::uuid, revision => ${revision}::bigint, reason => ${reason}
        ) as value`),
    )
    return value
  }
}
