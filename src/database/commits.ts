/**
 * pawl.commit from the worker's side: batches go out together, and a batch whose answer was lost
 * with its connection is looked up by the commit_ids it bears.
 */
import { crashpoint } from '../crashpoint.ts'
import { GroupCommitter } from './committer.ts'
import type { Pool } from './pool.ts'
import { isLostConnection } from './refused.ts'
import type { CommitAnswer, CommitItem } from './rows.ts'
import { asStored, storable } from './storable.ts'

type Written = ReadonlyMap<string, CommitAnswer>

/** Before what was sent on a lost connection is sent again. */
const DOUBT_MS = 50

const NOTHING_WRITTEN: Written = new Map()

export class Commits {
  readonly #pool: Pool
  readonly #committer = new GroupCommitter((items) => this.#flush(items))
  /** Items that were sent, and nobody knows what came of it. */
  readonly #doubtful = new Set<string>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async commit(item: CommitItem): Promise<CommitAnswer> {
    try {
      for (;;) {
        const answer = await this.#committer.commit(item)
        // Whoever holds the row may be this very item, still on its way.
        if (answer !== 'busy' || !this.#doubtful.has(item.commit_id)) return answer
        await new Promise((resolve) => setTimeout(resolve, DOUBT_MS))
      }
    } finally {
      this.#doubtful.delete(item.commit_id)
    }
  }

  async #flush(items: readonly CommitItem[]): Promise<CommitAnswer[]> {
    try {
      await crashpoint('commit.gathered')
      const answers = await this.#send(items)
      await crashpoint('commit.answered')
      return await this.#undoubted(items, answers)
    } catch (error) {
      if (!isLostConnection(error)) throw error
      for (const item of items) this.#doubtful.add(item.commit_id)
      await crashpoint('commit.doubtful')
      return this.#undoubted(
        items,
        items.map(() => 'busy'),
      )
    }
  }

  async #send(items: readonly CommitItem[]): Promise<CommitAnswer[]> {
    const sent = this.#pool.query<{ item_no: number; answer: CommitAnswer }>(
      'select item_no, answer from pawl.commit(items => $1)',
      [`[${items.map(numberedItem).join()}]`],
      'pawl.commit',
    )
    // It may fail while somebody stands there.
    sent.catch(() => undefined)
    await crashpoint('commit.sent')
    const rows = await sent
    const answers = new Map(rows.map((row) => [row.item_no, row.answer]))
    return items.map((_, item_no) => answers.get(item_no) ?? 'busy')
  }

  /**
   * The connection was lost around COMMIT: done or not done look the same from here, and what is
   * sent again may find itself overtaken by nobody but itself, still on its way then.  Each
   * transition bears the commit_id its worker chose, so the diary knows.
   */
  async #undoubted(
    items: readonly CommitItem[],
    answers: readonly CommitAnswer[],
  ): Promise<CommitAnswer[]> {
    const doubtful = items.filter((item) => this.#doubtful.has(item.commit_id))
    const written = doubtful.length > 0 ? await this.#written(doubtful) : NOTHING_WRITTEN
    return items.map(({ commit_id }, index) => written.get(commit_id) ?? answers[index] ?? 'busy')
  }

  async #written(items: readonly CommitItem[]): Promise<Written> {
    const rows = await this.#pool.patiently<{ commit_id: string; answer: CommitAnswer }>(
      `select t.commit_id, case when exists (
         select from pawl.attempts as a
         where a.task_id = t.task_id
           and a.step_no = i.claimed
           and a.worker_id = $4
           and a.finished_at is null
       ) then 'accepted' else 'unclaimed' end as answer
       from unnest($1::uuid[], $2::uuid[], $3::integer[]) as i (task_id, commit_id, claimed)
       join pawl.transitions as t on t.task_id = i.task_id and t.commit_id = i.commit_id
       where t.task_id = any ($1)`,
      [
        items.map((item) => item.task_id),
        items.map((item) => item.commit_id),
        items.map((item) => item.open_steps.find((it) => it.claimed)?.step_no ?? null),
        items[0]?.worker_id,
      ],
    )
    return new Map(rows.map((row) => [row.commit_id, row.answer]))
  }
}

/** What an item does not ask for is left out, so that the database need not look for it. */
function numberedItem(item: CommitItem, item_no: number): string {
  const lean = {
    ...item,
    item_no,
    open_steps: orNothing(item.open_steps),
    stop_steps: orNothing(item.stop_steps),
    set_timers: orNothing(item.set_timers),
    remove_timers: orNothing(item.remove_timers),
  }
  const { text, cleaned } = asStored(lean)
  if (!cleaned || !item.step) return text
  return storable({ ...lean, step: { ...item.step, cleaned } })
}

function orNothing<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined
}
