/**
 * The stand-in model: a real HTTP server that speaks the Messages API and answers by rules.  It
 * is no language model, and knows nothing but the bytes of each request: no task, no package, no
 * truth.  What it lets a person see is the whole machine at work, for nothing and without a key.
 *
 *     POST /v1/messages   as Anthropic's, structured answers only
 *     GET  /counts        how many were asked for and went wrong
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type BadKind, Chance } from './bad_answers.ts'
import { confidenceIn } from './confidence.ts'
import { verdictOn } from './critic.ts'
import { badReply, errorReply, messageReply, type Reply } from './message.ts'
import { planFor } from './planner.ts'
import { MessagesRequest, type Question, questionOf } from './question.ts'

export type StandInOptions = {
  /** 0 for any free one. */
  readonly port: number
  readonly seed: number
  /** The share of answers that go wrong, 0 to 1. */
  readonly bad: number
}

export type Counts = { requests: number; refused: number; bad: Record<BadKind, number> }

export type StandIn = {
  readonly url: string
  counts(): Counts
  close(): Promise<void>
}

const BODY_BYTES_MAX = 4 * 1024 * 1024

export async function startStandIn({ port, seed, bad }: StandInOptions): Promise<StandIn> {
  const voice = new Voice(new Chance(seed, bad))
  const server = createServer((request, response) => {
    // The client went away: nobody is left to be told.
    hear(voice, request, response).catch(() => response.destroy())
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(port, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return {
    url: `http://127.0.0.1:${address.port}`,
    counts: () => structuredClone(voice.counts),
    async close() {
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}

class Voice {
  readonly counts: Counts = {
    requests: 0,
    refused: 0,
    bad: { overloaded: 0, truncated: 0, wrong_schema: 0, unknown_tool: 0 },
  }
  readonly #chance: Chance

  constructor(chance: Chance) {
    this.#chance = chance
  }

  answer(bytes: Buffer): Reply & { readonly id: string } {
    const id = String(++this.counts.requests).padStart(8, '0')
    const request = MessagesRequest.safeParse(parsed(bytes))
    if (!request.success) {
      const issue = request.error.issues[0]
      return this.#refuse(`${issue?.path.join('.')}: ${issue?.message}`, id)
    }
    if (request.data.stream) return this.#refuse('stream: this stand-in does not stream', id)
    const question = questionOf(request.data)
    const answer = answerTo(question)
    if (!answer || !question.kind) return this.#refuse('output_config: unknown kind of answer', id)
    const bad = this.#chance.draw(bytes, question.kind)
    if (bad === undefined) return { ...messageReply(request.data, JSON.stringify(answer), id), id }
    this.counts.bad[bad]++
    return { ...badReply(bad, request.data, answer, id), id }
  }

  #refuse(message: string, id: string) {
    this.counts.refused++
    return { ...errorReply(400, 'invalid_request_error', message, id), id }
  }
}

function answerTo(question: Question): object | undefined {
  switch (question.kind) {
    case 'plan':
      return planFor(question)
    case 'verdict':
      return verdictOn(question)
    case 'confidence':
      return confidenceIn(question)
    case undefined:
      return undefined
    default:
      return question.kind satisfies never
  }
}

async function hear(voice: Voice, request: IncomingMessage, response: ServerResponse) {
  const { pathname } = new URL(request.url ?? '/', 'http://stand-in')
  if (request.method === 'GET' && pathname === '/counts') {
    send(response, { status: 200, body: voice.counts })
  } else if (request.method === 'POST' && pathname === '/v1/messages') {
    const bytes = await bodyOf(request)
    const { id, ...reply } = bytes ? voice.answer(bytes) : { ...TOO_LARGE, id: 'too_large' }
    send(response, reply, { 'request-id': `req_${id}` })
  } else {
    send(response, errorReply(404, 'not_found_error', `${request.method} ${pathname}`, '0'))
  }
}

const TOO_LARGE = errorReply(413, 'request_too_large', 'the request is too large', 'too_large')

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk)
  }
  return bytes <= BODY_BYTES_MAX ? Buffer.concat(chunks) : undefined
}

function send(response: ServerResponse, { status, body }: Reply, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
