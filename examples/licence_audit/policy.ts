/**
 * The licence policy of a company that ships closed software: what may be used as it is, what
 * may not be used at all, and, for all the rest, that somebody must look.
 */
import { waysOf } from './expression.ts'

export type Verdict = 'allowed' | 'forbidden' | 'unclear'

/** Ask for no more than that notices are kept. */
export const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-2-Clause-Patent',
  'BSD-3-Clause',
  'BSD-3-Clause-Clear',
  'BSL-1.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'PostgreSQL',
  'Python-2.0',
  'Python-2.0.1',
  'Unicode-3.0',
  'Unlicense',
  'WTFPL',
  'X11',
  'Zlib',
])

/** Would bind our own code, or forbid our trade. */
const FORBIDDEN =
  /^(?:A?GPL-|SSPL-|BUSL-|Elastic-|EUPL-|OSL-|RPL-|CC-BY-NC|CC-BY-SA|PolyForm-|Parity-|JSON$)/

/** A choice is as good as its best way; all of a conjunction must hold. */
export function policyVerdict(expression: string): Verdict {
  const ways = waysOf(expression) ?? []
  const verdicts = ways.map((way) => worst([...way].map(verdictOf)))
  if (verdicts.includes('allowed')) return 'allowed'
  return verdicts.length === 0 || verdicts.includes('unclear') ? 'unclear' : 'forbidden'
}

function verdictOf(licence: string): Verdict {
  if (ALLOWED.has(licence)) return 'allowed'
  // An exception may take the sting out of a licence; whether it does is for a person.
  if (licence.includes(' WITH ')) return 'unclear'
  return FORBIDDEN.test(licence) ? 'forbidden' : 'unclear'
}

function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('forbidden')) return 'forbidden'
  return verdicts.includes('unclear') ? 'unclear' : 'allowed'
}
