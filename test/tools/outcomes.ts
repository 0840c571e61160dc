import t from 'tap'
import { described_chars_max, describeOutcome, type Outcome } from '../../src/tools/outcomes.ts'

t.test('the model is told which of the five it was, in that word', async (t) => {
  const told: [Outcome, RegExp][] = [
    [{ outcome: 'found', value: { licence: 'MIT' } }, /^FOUND\. .*\{"licence":"MIT"\}$/],
    [{ outcome: 'empty' }, /^EMPTY\. .*nothing to find\.$/],
    [{ outcome: 'empty', note: 'no README' }, /^EMPTY\. .* Note: no README$/],
    [
      { outcome: 'failed', retryable: true, error: { message: 'busy' } },
      /^FAILED, and may work if tried again\. busy$/,
    ],
    [{ outcome: 'failed', retryable: false, error: { message: 'no' } }, /^FAILED for good: .* no$/],
    [
      { outcome: 'refused', reason: 'budget', error: { message: 'no money' } },
      /^REFUSED \(budget\): nothing was sent\. no money$/,
    ],
    [{ outcome: 'unknown', error: { message: 'cut' } }, /^UNKNOWN\. .* may or may not .* cut$/],
  ]
  for (const [outcome, words] of told) t.match(describeOutcome(outcome), words)
})

t.test('a long answer is cut and says by how much, and never through a character', async (t) => {
  const value = `${'x'.repeat(described_chars_max - 2)}😀tail`
  const told = describeOutcome({ outcome: 'found', value })
  t.match(told, /… \(6 characters left out\)$/)
  t.ok(told.isWellFormed())
  t.ok(told.length < described_chars_max + 100)
})
