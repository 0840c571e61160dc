import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findPackages, spdxExcerpts } from '../../../examples/licence_audit/corpus.ts'

function install(root: string, path: string, manifest: unknown): void {
  mkdirSync(join(root, path), { recursive: true })
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest)
  writeFileSync(join(root, path, 'package.json'), text)
}

t.test('scoped and nested packages are found, and one version is one document', async (t) => {
  const root = t.testdir()
  install(root, 'node_modules/beta', { name: 'beta', version: '1.0.0' })
  install(root, 'node_modules/@acme/alpha', { name: '@acme/alpha', version: '2.0.0' })
  install(root, 'node_modules/@acme/alpha/node_modules/beta', { name: 'beta', version: '0.9.0' })
  install(root, 'node_modules/gamma/node_modules/beta', { name: 'beta', version: '1.0.0' })
  t.same(findPackages(root), [
    {
      key: '@acme/alpha@2.0.0',
      package: '@acme/alpha',
      version: '2.0.0',
      path: 'node_modules/@acme/alpha',
    },
    {
      key: 'beta@0.9.0',
      package: 'beta',
      version: '0.9.0',
      path: 'node_modules/@acme/alpha/node_modules/beta',
    },
    { key: 'beta@1.0.0', package: 'beta', version: '1.0.0', path: 'node_modules/beta' },
  ])
})

t.test('a folder without a name and a version is no package', async (t) => {
  const root = t.testdir()
  install(root, 'node_modules/only_type', { type: 'module' })
  install(root, 'node_modules/broken', '{')
  install(root, 'node_modules/.cache', { name: 'cache', version: '1.0.0' })
  t.same(findPackages(root), [])
})

t.test('hundreds of packages are installed here, in order, each once', async (t) => {
  const keys = findPackages().map(({ key }) => key)
  t.ok(keys.length > 200, `${keys.length} packages`)
  t.same(keys, [...new Set(keys)].sort())
})

t.test('excerpts are sixty words, the same for a seed, and do not tell their answer', async (t) => {
  const excerpts = spdxExcerpts()
  t.ok(excerpts.length > 650 && excerpts.length < 680, `${excerpts.length} excerpts`)
  t.same(excerpts, spdxExcerpts(1))
  t.notSame(excerpts, spdxExcerpts(2))
  t.equal(new Set(excerpts.map(({ subject }) => subject)).size, excerpts.length)
  for (const { key, subject, excerpt, licence } of excerpts) {
    if (excerpt.split(/\s+/).length !== 60 || key !== `spdx:${licence}`) t.fail(key)
    if (!/^excerpt-[0-9a-f]{12}$/.test(subject)) t.fail(subject)
  }
})
