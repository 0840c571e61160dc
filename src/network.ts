/**
 * What a broken connection tells us.  One thing only is certain: a connection that was never
 * opened carried nothing.  A reset, a cut or a silence after that is no news of what happened
 * at the other end, so whoever asks must treat it as unknown.
 */

/** Codes of node and undici for a connection that was never opened. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** Codes for one that broke, or fell silent, when something may have been sent. */
const BROKEN = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_ABORTED',
])

const causes_max = 8

/** True where the connection was never opened: certainly nothing was sent over it. */
export function neverSent(error: unknown): boolean {
  return codesOf(error).some((code) => NEVER_SENT.has(code))
}

/** True where the network failed, before or after sending. */
export function isNetworkError(error: unknown): boolean {
  if (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name)) return true
  if (error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message)) {
    return true
  }
  return codesOf(error).some((code) => NEVER_SENT.has(code) || BROKEN.has(code))
}

/** The codes down the chain of causes: fetch hides the telling one a level or two deep. */
function codesOf(error: unknown): string[] {
  const codes: string[] = []
  let at: unknown = error
  for (let depth = 0; depth < causes_max && typeof at === 'object' && at !== null; depth++) {
    if ('code' in at && typeof at.code === 'string') codes.push(at.code)
    at = 'cause' in at ? at.cause : undefined
  }
  return codes
}
