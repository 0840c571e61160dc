/**
 * The sockets beneath a pool.  A network can fall silent without a word: no reset, no refusal, and
 * who waits for an answer waits for ever.  So a wire over which nothing has come or gone for longer
 * than any answer may take is cut, and whoever waits learns that his connection is lost.  pg's own
 * query_timeout would leave the dead connection in the hands of whoever asked (Graphile Worker gives
 * it back as if it were good); a wire that is cut is out of every pool.
 */
import { Socket } from 'node:net'

export class Wires {
  readonly #open = new Set<Socket>()
  readonly #silence_ms_max: number

  constructor(silence_ms_max: number) {
    this.#silence_ms_max = silence_ms_max
  }

  /** For pg to connect; what goes over it when encrypted counts too. */
  readonly make = (): Socket => {
    const socket = new Socket()
    this.#open.add(socket)
    socket.on('close', () => this.#open.delete(socket))
    return socket.setTimeout(this.#silence_ms_max, () => socket.destroy())
  }

  cutAll(): void {
    for (const socket of this.#open) socket.destroy()
  }
}
