/** The stand-in model of the agent `courier`: one plan, and everything is well. */
import { createServer, type ServerResponse } from 'node:http'

export type Voice = { url: string; close(): Promise<void> }

const id = { name: 'id', json: null, from_step: 0, path: 'id' }
const planned = (tool: string, judge: boolean) => ({
  tool,
  args: [id],
  expected: 'it is done',
  judge,
})
const ANSWERS: Record<string, object> = {
  steps: {
    thought: 'as the goal says',
    steps: [planned('look', true), planned('post', false), planned('tell', false)],
  },
  verdict: { reason: 'it brought what was expected', verdict: 'continue' },
  confidence: { reason: 'it is what was asked for', confidence: 0.95 },
}

export async function startVoice(): Promise<Voice> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(Buffer.concat(chunks).toString('utf8'), response))
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The schema asked for says which answer is wanted. */
function answer(body: string, response: ServerResponse): void {
  const { model, output_config } = JSON.parse(body)
  const asked = Object.keys(output_config.format.schema.properties)
  const text = JSON.stringify(ANSWERS[asked.find((name) => name in ANSWERS) ?? ''] ?? {})
  response.writeHead(200, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 120, output_tokens: 30 },
    }),
  )
}
