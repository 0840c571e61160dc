/** What of a definition is drawn, and the place of each node in its diagram. */
import { z } from 'zod'

const Transition = z.object({ guard: z.json(), target: z.array(z.string()) })
export type DrawnTransition = z.infer<typeof Transition>

const Invoke = z.object({ id: z.string(), src: z.json() })

/** What of a definition is drawn. */
export type DrawnNode = {
  id: string
  type: string
  initial: string | null
  history: string | boolean | null
  invokes: z.infer<typeof Invoke>[]
  always: DrawnTransition[]
  on: Record<string, DrawnTransition[]>
  states: Record<string, DrawnNode>
}

const Node: z.ZodType<DrawnNode> = z.lazy(() =>
  z.object({
    id: z.string(),
    type: z.string(),
    initial: z.string().nullable(),
    history: z.union([z.string(), z.boolean()]).nullable().catch(null),
    invokes: z.array(Invoke),
    always: z.array(Transition),
    on: z.record(z.string(), z.array(Transition)),
    states: z.record(z.string(), Node),
  }),
)

export const Definition = z.object({ root: Node })

export type Site = {
  node: DrawnNode
  key: string
  path: string
  /** Its name in the diagram. */
  mermaid: string
  parent: Site | undefined
  children: Site[]
}
