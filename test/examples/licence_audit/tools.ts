import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { findLicenceFiles } from '../../../examples/licence_audit/tools/find_licence_files.ts'
import {
  LICENCE_CHARS_MAX,
  readLicence,
} from '../../../examples/licence_audit/tools/read_licence.ts'
import { readManifest } from '../../../examples/licence_audit/tools/read_manifest.ts'
import { ToolFailure } from '../../../src/tools/outcomes.ts'

const path = 'node_modules/kettle'

function kettle(t: Test, files: Record<string, string | Record<string, string>>): string {
  return t.testdir({ secret: 'keep out', node_modules: { kettle: files, pot: { LICENSE: 'pot' } } })
}

t.test('the declared licence is withheld from the agent', async (t) => {
  const manifest = { name: 'kettle', version: '1.2.3', description: 'boils', license: 'GPL-3.0' }
  const licences = { licenses: [{ type: 'MIT' }], author: 'Ada' }
  const root = kettle(t, { 'package.json': JSON.stringify({ ...manifest, ...licences }), lib: {} })
  t.same(await readManifest({ path }, root), {
    name: 'kettle',
    version: '1.2.3',
    description: 'boils',
    files: ['lib/', 'package.json'],
    files_truncated: false,
  })
})

t.test('a manifest that is none is a failure and a missing one is nothing', async (t) => {
  const root = kettle(t, { 'package.json': '{"name": 7}' })
  await t.rejects(readManifest({ path }, root), ToolFailure)
  t.equal(await readManifest({ path: 'node_modules/absent' }, root), undefined)
  t.equal(await readManifest({ path: 'node_modules/pot' }, root), undefined)
})

t.test('licence files are known by name, the most telling first', async (t) => {
  const root = kettle(t, {
    'COPYING.lesser': 'x',
    'LICENSE-MIT': 'x',
    'Licence.md': 'x',
    UNLICENSE: 'x',
    NOTICE: 'x',
    'ThirdPartyNotices.txt': 'x',
    'LICENSE.third-party.txt': 'x',
    'license-checker.js': 'x',
    'licenses.json': 'x',
    licensed: 'x',
    licenses: { 'Apache-2.0.txt': 'x', 'data.json': 'x' },
  })
  t.same(await findLicenceFiles({ path }, root), {
    files: ['UNLICENSE', 'Licence.md', 'LICENSE-MIT', 'COPYING.lesser', 'licenses/Apache-2.0.txt'],
    notices: ['LICENSE.third-party.txt', 'NOTICE', 'ThirdPartyNotices.txt'],
  })
})

t.test('a package without a licence file is an empty answer, not a failure', async (t) => {
  const root = kettle(t, { NOTICE: 'x', 'index.js': '' })
  t.equal(await findLicenceFiles({ path }, root), undefined)
  t.equal(await readLicence({ path, files: [] }, root), undefined)
  t.equal(await readLicence({ path, files: ['LICENSE'] }, root), undefined)
  t.equal(await readLicence({ path, source: 'readme' }, root), undefined)
})

t.test('several licence files are read as one text that names them', async (t) => {
  const root = kettle(t, { 'LICENSE-MIT': 'first', 'LICENSE-APACHE': 'second' })
  const files = ['LICENSE-MIT', 'LICENSE-APACHE']
  t.same(await readLicence({ path, files }, root), {
    text: '===== LICENSE-MIT =====\n\nfirst\n\n===== LICENSE-APACHE =====\n\nsecond',
    read: files,
    chars: 66,
    truncated: false,
  })
})

t.test('a long text is cut and says so', async (t) => {
  const root = kettle(t, { LICENSE: 'word '.repeat(40_000) })
  const licence = await readLicence({ path, files: ['LICENSE'] }, root)
  t.match(licence, { chars: 200_000, truncated: true })
  t.equal(licence?.text.length, LICENCE_CHARS_MAX)
})

t.test('a README is read below its licence heading only', async (t) => {
  const readme = [
    '# license-kit [![license](https://example.com/badge.svg)](x)',
    'Checks licences.',
    '```sh\n# license check\n```',
    '## License',
    'MIT © Ada',
    '### Of the logo',
    'CC-BY-4.0',
    '## Contributing',
    'Please do.',
  ].join('\n')
  const root = kettle(t, { 'Readme.md': readme })
  const licence = await readLicence({ path, source: 'readme' }, root)
  t.equal(licence?.text, '## License\nMIT © Ada\n### Of the logo\nCC-BY-4.0')
  t.same(licence?.read, ['Readme.md'])
})

t.test('an underlined heading is a heading, and a heading may be all there is', async (t) => {
  const underlined = kettle(t, {
    README: 'Kettle\n======\n\nLicence\n-------\nISC\n\nMore\n----\n',
  })
  t.equal(
    (await readLicence({ path, source: 'readme' }, underlined))?.text,
    'Licence\n-------\nISC',
  )
  const alone = kettle(t, { 'README.md': '# Kettle\n\n## MIT Licensed\n\n## Use\n' })
  t.equal((await readLicence({ path, source: 'readme' }, alone))?.text, '## MIT Licensed')
})

t.test('no path leads out of the package', async (t) => {
  const root = kettle(t, { LICENSE: 'here' })
  symlinkSync(join(root, 'secret'), join(root, path, 'LICENSE.md'))
  symlinkSync(root, join(root, 'node_modules', 'out'))
  for (const file of ['../../secret', '../pot/LICENSE', join(root, 'secret'), 'LICENSE.md', '.']) {
    await t.rejects(readLicence({ path, files: [file] }, root), ToolFailure, file)
  }
  for (const bad of [
    '',
    '.',
    '/etc',
    'src',
    'node_modules',
    'node_modules/..',
    'node_modules/out',
  ]) {
    await t.rejects(findLicenceFiles({ path: bad }, root), ToolFailure, bad)
    await t.rejects(readManifest({ path: bad }, root), ToolFailure, bad)
  }
  await t.rejects(readManifest({ path: `${path}/../../secret` }, root), ToolFailure)
})

t.test('a name that no file can have is not found', async (t) => {
  const root = kettle(t, { LICENSE: 'here' })
  t.equal(await readLicence({ path, files: ['LICENSE\0.txt'] }, root), undefined)
})
