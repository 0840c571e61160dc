/**
 * The inert scope: what XState needs around a machine to compute a move, with nothing behind it.
 * Its actor belongs to another, trivial logic, so the user's context factory is never run with an
 * input that is not there; children are made with it as parent and never started.  It has a
 * parent as inert as itself, since XState refuses to speak to one that is not there.
 */
import { type AnyActorScope, createActor, type ExecutableActionObject, fromPromise } from 'xstate'

export type InertScope = {
  scope: AnyActorScope
  /** What the machine asked for since the last `forget`. */
  actions: ExecutableActionObject[]
  forget(): void
}

export const inertLogic = fromPromise(async () => undefined)

export function inertScope(): InertScope {
  const self = createActor(inertLogic, { parent: createActor(inertLogic) })
  const actions: ExecutableActionObject[] = []
  const nothing = () => undefined
  const scope: AnyActorScope = {
    self,
    id: '',
    sessionId: '',
    system: self.system,
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: (action: ExecutableActionObject) => {
      actions.push(action)
    },
  }
  return { scope, actions, forget: () => actions.splice(0) }
}
