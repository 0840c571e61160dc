/**
 * Tasks outlive releases: every snapshot that any release stored, with whatever version of xstate,
 * is read and goes on as it did then.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { CHARTS, hashOf, type Kept, stepped, storedNow } from '../fixtures/kept_charts.ts'

const FOLDER = join(import.meta.dirname, 'snapshots')
const XSTATE: string = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve('xstate/package.json')), 'utf8'),
).version
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

t.test('every chart has a snapshot that was kept, and every snapshot its chart', async (t) => {
  t.same([...new Set(files.map(chartNameOf))].sort(), Object.keys(CHARTS).sort())
})

t.test('each of them was also written by an older xstate than the one that reads it', async (t) => {
  for (const name of Object.keys(CHARTS)) {
    t.ok(
      files.some((file) => chartNameOf(file) === name && !file.endsWith(`.xstate-${XSTATE}.json`)),
    )
  }
})

for (const file of files) {
  t.test(`${file} is read and goes on as it did`, async (t) => {
    const kept: Kept = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))
    const chart = CHARTS[chartNameOf(file)]
    if (!chart) throw new Error(`there is no chart for ${file}`)
    t.ok(file.endsWith(`.xstate-${kept.xstate}.json`))
    t.equal(hashOf(chart), kept.definition, 'and its machine is still the same version')
    t.strictSame(stepped(chart, kept.snapshot), kept.after)
    t.strictSame(storedNow(chart), kept.snapshot, 'and is stored as it was then')
    t.throws(() => stepped(chart, { ...Object(kept.snapshot), value: 'elsewhere' }))
  })
}

function chartNameOf(file: string): string {
  return file.split('.')[0] ?? ''
}
