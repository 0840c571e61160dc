/** What a machine is in rows: its states, the edges between them, and what is to be said of both. */
import type { JsonObject } from '../json.ts'

export type Outcome = 'succeeded' | 'failed' | 'cancelled'

export type ChartState = {
  state: string
  final: boolean
  outcome: Outcome | null
  tags: string[]
  /** What the author says of each active node, by its id. */
  meta: JsonObject
  invokes: { actor_id: string; src: string; catches: boolean }[]
}

export type ChartEdge = {
  edge_no: number
  from_state: string
  event: string
  to_state: string
  kind: 'machine' | 'engine'
}

export type Chart = {
  machine: string
  states: ChartState[]
  edges: ChartEdge[]
  warnings: string[]
  /** Event descriptors that some state takes, XState's own left out. */
  takes: string[]
}
