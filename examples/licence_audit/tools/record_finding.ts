/**
 * The one act with consequences: a finding goes into the compliance register.  Its class of
 * effect is A: the register takes our key, so a request whose fate is unknown is sent again and
 * is still applied once.  Which verdict a licence gets is the policy's to say, never a model's.
 */
import { z } from 'zod'
import { neverSent } from '../../../src/network.ts'
import { ToolFailure } from '../../../src/tools/outcomes.ts'
import { policyVerdict } from '../policy.ts'

export const Verdict = z.enum(['allowed', 'forbidden', 'unclear'])

export const RecordFindingInput = z.object({
  package: z
    .string()
    .regex(/^(?:@?[^@\s]+@[^@\s]+|excerpt-[0-9a-f]+)$/)
    .describe('name@version, such as pg@8.23.1; for an excerpt its subject'),
  licence: z.string().min(1).max(500).describe('SPDX expression'),
  verdict: Verdict.optional().describe('as match_licence_text gave it; else left out'),
  score: z.number().min(0).max(1).optional().describe('as match_licence_text gave it'),
})

export const Recorded = z.object({
  finding_no: z.int().describe('its number in the register'),
  package: z.string(),
  licence: z.string(),
  verdict: Verdict,
  score: z.number().nullable().describe('null where a person named the licence'),
})

const Answer = z.object({ finding_no: z.int() })
const Complaint = z.object({ error: z.string() })

type Sent = { call_key: string; signal: AbortSignal }

/** @throws ToolFailure for whatever certainly had no effect. */
export async function recordFinding(
  finding: z.infer<typeof RecordFindingInput>,
  { call_key, signal }: Sent,
  register_url: string | undefined,
): Promise<z.infer<typeof Recorded>> {
  const body = findingOf(finding)
  const response = await post(register_url, body, call_key, signal)
  if (!response.ok) throw await refusedBy(response)
  const { finding_no } = Answer.parse(await response.json())
  return { ...body, finding_no }
}

function findingOf({
  package: about,
  licence,
  verdict,
  score,
}: z.infer<typeof RecordFindingInput>) {
  const policy = policyVerdict(licence)
  if (verdict !== undefined && verdict !== policy) {
    throw new ToolFailure(`the policy's verdict on ${licence} is ${policy}, not ${verdict}`)
  }
  return { package: about, licence, verdict: policy, score: score ?? null }
}

async function post(
  url: string | undefined,
  body: object,
  call_key: string,
  signal: AbortSignal,
): Promise<Response> {
  if (!url) throw new ToolFailure('the register has no address: REGISTER_URL is not set')
  try {
    return await fetch(new URL('/findings', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': call_key },
      body: JSON.stringify(body),
      signal,
    })
  } catch (cause) {
    if (!neverSent(cause)) throw cause
    throw new ToolFailure('the register cannot be reached', { retryable: true, cause })
  }
}

/** Busy (429, 503) says that nothing was done; any other 5xx says nothing. */
async function refusedBy(response: Response): Promise<ToolFailure> {
  const { status } = response
  const complaint = Complaint.safeParse(await response.json().catch(() => undefined)).data
  const message = `the register answered ${status}: ${complaint?.error ?? 'no reason given'}`
  if (status === 429 || status === 503) return new ToolFailure(message, { retryable: true })
  return new ToolFailure(message, { unknown: status >= 500 })
}
