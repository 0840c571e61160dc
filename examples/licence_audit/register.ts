/**
 * The compliance register: somebody else's system, as far as the agent is concerned.  It takes
 * findings over HTTP, each once per Idempotency-Key, and keeps its own log of every request,
 * which is what effects are counted by.
 *
 *     POST /findings         Idempotency-Key: K   {package, licence, verdict, …}
 *     GET  /findings?key=K   was it applied?
 *
 * With REGISTER_DEDUPE=off it believes every request, as many real systems do; with --unavailable
 * and --lost-replies it is as reliable as many real systems are.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type Answer, Ledger } from './register_ledger.ts'
import { RegisterLog } from './register_log.ts'
import { Trouble, type TroubleOptions } from './register_trouble.ts'

export const BODY_BYTES_MAX = 256 * 1024

export type RegisterOptions = {
  /** 0 for any free one. */
  readonly port: number
  readonly log_file: string
  readonly dedupe: boolean
  readonly trouble?: TroubleOptions
}

export type Register = { readonly url: string; close(): Promise<void> }

export async function startRegister(options: RegisterOptions): Promise<Register> {
  const { log, lines } = RegisterLog.open(options.log_file)
  const ledger = new Ledger(log, lines, options.dedupe)
  const trouble = new Trouble(options.trouble ?? NO_TROUBLE)
  const server = createServer((request, response) => {
    answerTo(ledger, trouble, request).then(
      (answer) => (answer === 'lost' ? response.destroy() : send(response, answer)),
      // The client went away or the disk refused: no answer is the honest answer.
      () => response.destroy(),
    )
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(options.port, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
      log.close()
    },
  }
}

const NO_TROUBLE: TroubleOptions = { seed: 0, unavailable: 0, lost_replies: 0 }

async function answerTo(
  ledger: Ledger,
  trouble: Trouble,
  request: IncomingMessage,
): Promise<Answer | 'lost'> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://register')
  if (pathname !== '/findings') return problem(404, 'only /findings is served here')
  const at = new Date().toISOString()
  if (request.method === 'GET') {
    const key = searchParams.get('key')
    return key ? ledger.find(key) : problem(400, 'ask with ?key=')
  }
  if (request.method !== 'POST') return problem(405, 'POST or GET')
  const header = request.headers['idempotency-key']
  const key = typeof header === 'string' && header !== '' ? header : null
  const body = await bodyOf(request)
  if (!body) return ledger.refuse({ at, key, body_hash: null }, 413, 'the body is too large')
  const body_hash = createHash('sha256').update(body).digest('hex')
  const met = trouble.draw()
  if (met === 'unavailable') return ledger.putOff({ at, key, body_hash })
  const reply = met === 'reply_lost' ? { reply: 'lost' as const } : {}
  const answer = ledger.take({ at, key, body_hash, ...reply }, body.toString('utf8'))
  return met === 'reply_lost' ? 'lost' : answer
}

/** Nothing where it is too large; the rest is read and dropped, so that the answer arrives. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk)
    if (bytes > 16 * BODY_BYTES_MAX) break
  }
  return bytes <= BODY_BYTES_MAX ? Buffer.concat(chunks) : undefined
}

function problem(status: number, error: string): Answer {
  return { status, body: { error } }
}

function send(response: ServerResponse, { status, body, replayed }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(replayed ? { 'idempotency-replayed': 'true' } : {}),
    ...(status === 413 ? { connection: 'close' } : {}),
  })
  response.end(JSON.stringify(body))
}

const share = z.coerce.number().min(0).max(1)
const Arguments = z.object({
  port: z.coerce.number().int().min(0).max(65535),
  log: z.string(),
  seed: z.coerce.number().int().min(0),
  unavailable: share,
  'lost-replies': share,
})

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      log: { type: 'string' },
      seed: { type: 'string', default: '0' },
      unavailable: { type: 'string', default: '0' },
      'lost-replies': { type: 'string', default: '0' },
    },
  })
  const { port, log, seed, unavailable, 'lost-replies': lost_replies } = Arguments.parse(values)
  const dedupe = process.env['REGISTER_DEDUPE'] !== 'off'
  const register = await startRegister({
    port,
    log_file: log,
    dedupe,
    trouble: { seed, unavailable, lost_replies },
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void register.close().then(() => process.exit(0)))
  }
  process.stdout.write(`${JSON.stringify({ url: register.url, pid: process.pid, dedupe })}\n`)
}

if (import.meta.main) await main()
