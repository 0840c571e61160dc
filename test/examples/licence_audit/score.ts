import t from 'tap'
import { findPackages } from '../../../examples/licence_audit/corpus.ts'
import { policyVerdict } from '../../../examples/licence_audit/policy.ts'
import {
  agreement,
  declaredExpression,
  declaredLicence,
  loadAdjudications,
  settledLabel,
} from '../../../examples/licence_audit/score.ts'

t.test('a declaration is read in every shape it is written in', async (t) => {
  for (const [manifest, expected] of [
    [{ license: 'MIT' }, 'MIT'],
    [{ license: { type: 'ISC', url: 'x' } }, 'ISC'],
    [{ licenses: [{ type: 'MIT' }, { type: 'Apache 2' }] }, '(MIT) OR (Apache-2.0)'],
    [{ licenses: ['MIT'] }, 'MIT'],
    [{ licenses: 'MIT' }, 'MIT'],
    [{ licenses: [] }, undefined],
    [{ licenses: ['MIT', 'nonsense of ours'] }, undefined],
    [{ license: '(MIT OR CC0-1.0)' }, '(MIT OR CC0-1.0)'],
    [{ license: 'Apache 2' }, 'Apache-2.0'],
    [{ license: 'mit' }, 'MIT'],
    [{ license: 'SEE LICENSE IN LICENSE.md' }, undefined],
    [{ license: 'UNLICENSED' }, undefined],
    [{ license: 'LicenseRef-acme' }, undefined],
    [{ license: '' }, undefined],
    [{ license: 7 }, undefined],
    [{}, undefined],
    [null, undefined],
  ] as const) {
    t.equal(declaredExpression(manifest), expected, JSON.stringify(manifest))
  }
})

const verdicts = [
  ['MIT', 'MIT', 'agree'],
  ['MIT', 'ISC', 'disagree'],
  ['some MIT-like thing', 'MIT', 'disagree'],
  ['MIT', undefined, 'unlabelled'],
  ['', 'MIT', 'disagree'],
  ['not a licence', 'MIT', 'disagree'],
  ['MIT', '(WTFPL OR MIT)', 'agree'],
  ['MIT OR WTFPL', 'WTFPL OR MIT', 'agree'],
  ['MIT OR ISC', 'MIT', 'disagree'],
  ['MIT', 'MIT AND CC-BY-4.0', 'disagree'],
  ['CC-BY-4.0 AND MIT', 'MIT AND CC-BY-4.0', 'agree'],
  ['MIT AND ISC', 'MIT', 'disagree'],
  ['MIT AND ISC', 'MIT AND (ISC OR 0BSD)', 'agree'],
  ['GPL-3.0-only', 'GPL-3.0-or-later', 'agree'],
  ['GPL-3.0-only', 'GPL-3.0+', 'agree'],
  ['GPL-2.0-only', 'GPL-3.0-only', 'disagree'],
  ['LGPL-2.1-only', 'GPL-2.0-only', 'disagree'],
  ['OFL-1.1', 'OFL-1.1-RFN', 'agree'],
  ['Apache-2.0 WITH LLVM-exception', 'Apache-2.0 WITH LLVM-exception', 'agree'],
  ['Apache-2.0', 'Apache-2.0 WITH LLVM-exception', 'disagree'],
  ['GPL-2.0 WITH Classpath-exception-2.0', 'GPL-2.0+ WITH Classpath-exception-2.0', 'agree'],
] as const

t.test('a finding agrees when each of its ways is one the truth offers', async (t) => {
  for (const [finding, truth, expected] of verdicts) {
    t.equal(agreement(finding, truth), expected, `${finding} against ${truth}`)
  }
})

t.test('an adjudication settles what a declaration got wrong', async (t) => {
  const settled = { package: 'kettle@1.0.0', grants: 'MIT', why: 'It ships that text.' }
  const adjudications = new Map([[settled.package, settled]])
  t.equal(settledLabel('kettle@1.0.0', 'ISC', adjudications), 'MIT')
  t.equal(
    settledLabel('kettle@2.0.0', 'ISC', adjudications),
    'ISC',
    'another version is another text',
  )
  t.equal(settledLabel('kettle@2.0.0', undefined, adjudications), undefined)
})

t.test('every adjudication is well formed, gives its reason and changes something', async (t) => {
  const paths = new Map(findPackages().map(({ key, path }) => [key, path]))
  for (const [key, { grants, why }] of loadAdjudications()) {
    t.ok(why.length > 40, key)
    const path = paths.get(key)
    if (path) t.notSame(agreement(grants, declaredLicence(path)), 'agree', key)
  }
})

t.test('a bad list of adjudications is not loaded', async (t) => {
  const entry = { package: 'kettle@1.0.0', grants: 'MIT', why: 'x' }
  for (const list of [
    [entry, entry],
    [{ ...entry, grants: 'nonsense' }],
    [{ package: 'kettle' }],
  ]) {
    const folder = t.testdir({ 'list.json': JSON.stringify(list) })
    t.throws(() => loadAdjudications(`${folder}/list.json`))
  }
})

t.test(
  'the policy takes the best way of a choice and the worst part of a conjunction',
  async (t) => {
    for (const [licence, verdict] of [
      ['MIT', 'allowed'],
      ['AGPL-3.0-only', 'forbidden'],
      ['GPL-2.0-or-later', 'forbidden'],
      ['MPL-2.0', 'unclear'],
      ['GPL-3.0-only OR MIT', 'allowed'],
      ['GPL-3.0-only OR MPL-2.0', 'unclear'],
      ['GPL-3.0-only AND MIT', 'forbidden'],
      ['MPL-2.0 AND MIT', 'unclear'],
      ['GPL-2.0-only WITH Classpath-exception-2.0', 'unclear'],
      ['CC-BY-NC-4.0', 'forbidden'],
      ['CC-BY-4.0', 'unclear'],
      ['some MIT-like thing', 'unclear'],
      ['', 'unclear'],
    ] as const) {
      t.equal(policyVerdict(licence), verdict, licence)
    }
  },
)
