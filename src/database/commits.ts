/**
 * pawl.commit from the worker's side: batches go out together, and a batch whose answer was lost
 * with its connection is looked up by the commit_ids it bears.
 */
import { GroupCommitter } from './committer.ts'
import type { Pool } from './pool.ts'
import { isLostConnection } from './refused.ts'
import type { CommitAnswer, CommitItem } from './rows.ts'
import { asStored, storable } from './storable.ts'

/** Read back a commit whose answer was lost this often before giving up on the database. */
const READ_BACKS_MAX = 10
const READ_BACK_PAUSE_MS = 300

export class Commits {
  readonly #pool: Pool
  readonly #committer = new GroupCommitter((items) => this.#flush(items))

  constructor(pool: Pool) {
    this.#pool = pool
  }

  commit(item: CommitItem): Promise<CommitAnswer> {
    return this.#committer.commit(item)
  }

  async #flush(items: readonly CommitItem[]): Promise<CommitAnswer[]> {
    const numbered = `[${items.map(numberedItem).join()}]`
    try {
      const rows = await this.#pool.query<{ item_no: number; answer: CommitAnswer }>(
        'select item_no, answer from pawl.commit(items => $1)',
        [numbered],
      )
      const answers = new Map(rows.map((row) => [row.item_no, row.answer]))
      return items.map((_, item_no) => answers.get(item_no) ?? 'busy')
    } catch (error) {
      if (!isLostConnection(error)) throw error
      return this.#readBack(items)
    }
  }

  /**
   * The connection was lost around COMMIT: done or not done look the same from here.  Each
   * transition bears the commit_id its worker chose, so the diary knows.
   */
  async #readBack(items: readonly CommitItem[]): Promise<CommitAnswer[]> {
    for (let tries = 1; ; tries++) {
      try {
        const ids = items.map((item) => item.commit_id)
        const rows = await this.#pool.query<{ commit_id: string }>(
          'select commit_id from pawl.transitions where task_id = any ($1) and commit_id = any ($2)',
          [items.map((item) => item.task_id), ids],
        )
        const written = new Set(rows.map((row) => row.commit_id))
        return ids.map((id) => (written.has(id) ? 'accepted' : 'busy'))
      } catch (error) {
        if (!isLostConnection(error) || tries === READ_BACKS_MAX) throw error
        await new Promise((resolve) => setTimeout(resolve, READ_BACK_PAUSE_MS * tries))
      }
    }
  }
}

function numberedItem(item: CommitItem, item_no: number): string {
  const { text, cleaned } = asStored({ ...item, item_no })
  if (!cleaned || !item.step) return text
  return storable({ ...item, item_no, step: { ...item.step, cleaned } })
}
