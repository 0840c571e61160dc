/**
 * What a move asks for outside of its own task: of children, of its parent, of the world.  Most
 * moves ask for nothing, and then nobody looks for it.
 */
import type { Json } from '../json.ts'

export type Beyond = {
  /** Open steps of kind child, and the machine whose task is to answer each. */
  start?: { step_no: number; machine: string }[]
  /** To the child of a step; null: to the parent. */
  send?: { step_no: number | null; event: Json }[]
  /** Steps whose child is let go. */
  stop?: number[]
  /** Told to whoever reads the diary. */
  emitted?: Json[]
  /** The task ends and leaves actions to be done. */
  acts?: true
  /** A fork's first move: what the old task's open steps had been answered is handed on to its own. */
  carry?: true
}
