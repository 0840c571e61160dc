/**
 * The attempts a worker knows it has in hand.  The database's list may be longer: the answer to a
 * claim or a commit can be lost on its way, and a fault can end the work before the attempt ends.
 */
export type Hand = { task_id: string; step_no: number; attempt: number }

export class Hands {
  readonly #held = new Set<Hand>()

  hold(hand: Hand): Disposable {
    this.#held.add(hand)
    return { [Symbol.dispose]: () => void this.#held.delete(hand) }
  }

  list(): Hand[] {
    return [...this.#held]
  }
}
