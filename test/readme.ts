import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readmeExample } from './fixtures/readme.ts'

const root = join(import.meta.dirname, '..')

for (const file of ['examples/small/agent.ts', 'examples/small/machine.ts']) {
  t.test(`the README shows ${file} as it is`, async (t) => {
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    const source = await readFile(join(root, file), 'utf8')
    t.equal(readmeExample(readme, file), source.replace('../../src/index.ts', 'pawl'))
  })
}

t.test('the README names every npm script that a reader needs', async (t) => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  for (const words of ['npm ci && npm start', 'npm test', 'npm run bench', 'npm run check']) {
    t.ok(readme.includes(words), words)
  }
})
