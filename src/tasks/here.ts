/** A task in a slot, as it was read, and the machine that it runs on. */
import type { LoadedTask } from '../database/rows.ts'
import type { Waiting } from './held.ts'
import type { Served } from './world.ts'

export type Here = Waiting & {
  served: Served
  task: LoadedTask
  /** No when the slice ends or the worker stops: the next step is opened, and others have it. */
  mayClaim(): boolean
}
