import t from 'tap'
import { spdxExcerpts } from '../../../examples/licence_audit/corpus.ts'
import { textName } from '../../../examples/licence_audit/expression.ts'
import { spdxTexts } from '../../../examples/licence_audit/matcher/references.ts'
import { matchLicenceText } from '../../../examples/licence_audit/tools/match_licence_text.ts'

const texts = new Map(Array.from(spdxTexts(), ({ licence, text }) => [licence, text]))
const textOf = (licence: string) => texts.get(licence) ?? ''

async function best(text: string) {
  const match = await matchLicenceText({ text })
  return { ...match?.candidates[0], margin: match?.margin, second: match?.candidates[1]?.licence }
}

t.test('every SPDX text is recognised as itself', async (t) => {
  const wrong: string[] = []
  for (const [licence, text] of texts) {
    const found = await best(text)
    if (textName(found.licence ?? '') !== textName(licence)) wrong.push(licence)
  }
  t.same(wrong, [])
})

t.test('holders, numbering, line breaks and comment signs do not matter', async (t) => {
  const [, grant = ''] = textOf('MIT').split('<copyright holders>')
  const lines = grant.replaceAll('\n', ' ').match(/.{1,40}(?:\s|$)/g) ?? []
  const shipped = `The MIT License (MIT)\n\nCopyright (c) 2019 Ada\n\n * ${lines.join('\n * ')}`
  t.match(await best(shipped), { licence: 'MIT', by: 'text' })
  t.ok(((await best(shipped)).score ?? 0) > 0.95)
  const bulleted = textOf('BSD-3-Clause').replaceAll(/^\d\./gm, '   *')
  t.match(await best(`Copyright (c) 2020, Acme\n${bulleted}`), {
    licence: 'BSD-3-Clause',
    score: 1,
  })
})

t.test('ISC and 0BSD are told apart by one clause', async (t) => {
  const isc = textOf('ISC').replaceAll(/\bISC DISCLAIMS|SHALL ISC/g, (hit) =>
    hit.replace('ISC', 'THE AUTHOR'),
  )
  t.match(await best(isc), { licence: 'ISC', second: '0BSD' })
  const clause = /, provided that the above.*?copies(?=\.)/
  t.match(await best(isc.replace(clause, '')), { licence: '0BSD', second: 'ISC' })
})

t.test('Apache-2.0 and Pixar are told apart by one section, appendix or not', async (t) => {
  const apache = textOf('Apache-2.0')
  t.match(await best(apache), { licence: 'Apache-2.0' })
  const [body = ''] = apache.split('END OF TERMS AND CONDITIONS')
  t.match(await best(body), { licence: 'Apache-2.0' })
  t.match(await best(textOf('Pixar')), { licence: 'Pixar', second: 'Apache-2.0' })
  const match = await matchLicenceText({ text: apache })
  t.ok(
    match?.candidates.some(({ licence }) => licence === 'Pixar'),
    'and the doubt is shown',
  )
})

t.test(
  'a file with two licences shows both, and a licence within another is not a second',
  async (t) => {
    const text = `You may choose.\n\n---\n\n${textOf('ISC')}\n\n---\n\n${textOf('Apache-2.0')}`
    const match = await matchLicenceText({ text })
    t.equal(match?.candidates[0]?.licence, 'ISC', 'the first part that is a licence speaks')
    t.same(match?.contains.map(({ licence }) => licence).sort(), ['Apache-2.0', 'ISC'])
    const mit = await matchLicenceText({ text: textOf('MIT') })
    t.same(mit?.contains, [{ licence: 'MIT', share: 1 }])
  },
)

t.test('of several files the first that is a licence speaks', async (t) => {
  const text = `===== LICENSE =====\n\n${textOf('Apache-2.0')}\n\n===== LICENSE-MIT =====\n\n${textOf('MIT')}`
  const match = await matchLicenceText({ text })
  t.match(match?.candidates[0], { licence: 'Apache-2.0', by: 'text' })
  t.same(match?.contains.map(({ licence }) => licence).sort(), ['Apache-2.0', 'MIT'])
})

t.test('a name is evidence of its own kind, and two names are a doubt', async (t) => {
  for (const [text, licence] of [
    ['## License\n\nMIT © Ada', 'MIT'],
    ['MIT No Attribution', 'MIT-0'],
    ['Licensed under the Apache License, Version 2.0.', 'Apache-2.0'],
    ['[BSD-3-Clause](LICENSE)', 'BSD-3-Clause'],
    ['This is free under the GNU Lesser General Public License v2.1 or later', 'LGPL-2.1-or-later'],
  ] as const) {
    t.match(await best(text), { licence, by: 'mention', margin: 0.9 }, text)
  }
  const two = await best('Licensed under MIT or Apache-2.0, as you like')
  t.match(two, { score: 0.5, margin: 0, by: 'mention' })
})

t.test('where nothing is granted nothing is found', async (t) => {
  const badge = '[![MIT](https://example.com/MIT.svg)](https://example.com/licenses/MIT)'
  for (const text of ['', 'See the LICENSE file.', 'For Ruby and curl on Intel.', badge]) {
    t.equal(await matchLicenceText({ text }), undefined, JSON.stringify(text))
  }
})

t.test('an excerpt is held by its own text, and a tie shows as no margin', async (t) => {
  let right = 0
  const tied = { right: 0, all: 0 }
  const clear = { right: 0, all: 0 }
  const excerpts = spdxExcerpts()
  for (const { excerpt, licence } of excerpts) {
    const match = await matchLicenceText({ text: excerpt, excerpt: true })
    const hit = Number(textName(match?.candidates[0]?.licence ?? '') === textName(licence))
    const group = match?.margin === 0 ? tied : clear
    right += hit
    group.right += hit
    group.all += 1
  }
  t.ok(right / excerpts.length > 0.7, `${right} of ${excerpts.length} are right`)
  t.ok(clear.right / clear.all > 0.97, `${clear.right} of ${clear.all} with a margin`)
  t.ok(tied.right / tied.all < 0.5, `${tied.right} of ${tied.all} without`)
})

t.test('no text takes long, however it is made', async (t) => {
  const started = performance.now()
  for (const piece of ['\n', '[', '<!--', '\n* ', '![', 'license ', '\n===== x =====', '(c) ']) {
    await matchLicenceText({ text: `${piece.repeat(48_000 / piece.length)}x` })
  }
  t.ok(performance.now() - started < 3_000)
})
