/**
 * The attempts a worker knows it has in hand.  The database's list may be longer: the answer to a
 * claim or a commit can be lost on its way, and a fault can end the work before the attempt ends.
 * And it may be shorter: an attempt can be over (its task was cancelled, its state was left) while
 * the work goes on.  Then its signal fires, and nobody waits for it any more.
 */
import { Refusal } from '../refusal.ts'

type Site = { task_id: string; step_no: number; attempt: number }

export class Hand implements Disposable {
  readonly site: Site
  readonly since = performance.now()
  readonly #letGo: (hand: Hand) => void
  #over: Refusal | undefined
  #controller: AbortController | undefined
  #told: () => void = () => undefined

  constructor(site: Site, letGo: (hand: Hand) => void) {
    this.site = site
    this.#letGo = letGo
  }

  /** Made when somebody asks: most steps are over before anybody does. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#over) this.#controller.abort(this.#over)
    return this.#controller.signal
  }

  /** Why nothing it does counts any more. */
  get over(): Refusal | undefined {
    return this.#over
  }

  /** The work's end, or undefined where the attempt is over before.  Once. */
  first<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#told = () => resolve(undefined)
      if (this.#over) resolve(undefined)
      Promise.resolve(work).then(resolve, reject)
    })
  }

  end(reason: Refusal): void {
    if (this.#over) return
    this.#over = reason
    this.#controller?.abort(reason)
    this.#told()
  }

  [Symbol.dispose](): void {
    this.#letGo(this)
  }
}

export class Hands {
  readonly #held = new Set<Hand>()

  /** `ending`: everything in hand is over. */
  constructor(ending: AbortSignal) {
    ending.addEventListener('abort', () => {
      for (const hand of this.#held) hand.end(ending.reason)
    })
  }

  hold(site: Site): Hand {
    const hand = new Hand(site, (it) => this.#held.delete(it))
    this.#held.add(hand)
    return hand
  }

  list(): Site[] {
    return [...this.#held].map((it) => it.site)
  }

  /** Asks about those that have been in hand for a while, and ends those that are over. */
  async endOver(older_ms: number, ask: (sites: Site[]) => Promise<Site[]>): Promise<void> {
    const before = performance.now() - older_ms
    const asked = [...this.#held].filter((it) => it.since < before && !it.over)
    if (asked.length === 0) return
    const over = new Set((await ask(asked.map((it) => it.site))).map(nameOf))
    for (const hand of asked) if (over.has(nameOf(hand.site))) hand.end(attemptOver(hand.site))
  }
}

function nameOf({ task_id, step_no, attempt }: Site): string {
  return `${task_id} ${step_no} ${attempt}`
}

function attemptOver({ step_no, attempt }: Site): Refusal {
  return new Refusal(
    'PW002',
    `attempt ${attempt} of step ${step_no} is over`,
    'Its task was cancelled, or its state was left. Stop at once.',
  )
}
