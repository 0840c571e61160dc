/** Small texts for a terminal: what fits, what is cut, what never gets through. */
import t from 'tap'
import { brief, briefArguments } from '../../src/cli/brief.ts'
import { no_colors } from '../../src/cli/colors.ts'
import { columnsOf, cut, fit, plain, wrap } from '../../src/cli/columns.ts'
import { dollars, duration, grouped, since } from '../../src/cli/figures.ts'
import { prettyLine } from '../../src/cli/log.ts'

t.test('a text is measured and cut by the columns it takes', (t) => {
  t.equal(columnsOf('日本 e\u0301'), 6)
  t.equal(cut('short', 5), 'short')
  t.equal(cut('longer', 5), 'long…')
  t.equal(cut('日本語のテキスト', 7), '日本語…')
  t.equal(fit('日本', 6), '日本  ')
  t.same(wrap('one two three', 7), ['one two', 'three'])
  t.same(wrap('日本語のテキスト', 6), ['日本語', 'のテキ', 'スト'])
  t.end()
})

t.test('nothing gets through that moves the cursor or turns the writing around', (t) => {
  t.equal(plain('a\u001b[2Jb\u001b]0;title\u0007c\r\nd\u202ee\u0000'), 'abc de ')
  t.equal(plain('\ud800'), '\ufffd')
  t.end()
})

t.test('JSON is told in one line, however long it is', (t) => {
  const value = { package: 'pg', 'odd key': [1, null, true], deep: { a: 'b' } }
  t.equal(brief(value, 80), '{package: "pg", "odd key": [1, null, true], deep: {a: "b"}}')
  t.equal(briefArguments(value, 20), 'package: "pg", "odd…')
  const begun = performance.now()
  const long = brief({ text: 'x'.repeat(5_000_000), list: Array(1_000_000).fill(1) }, 40)
  t.equal(long.length, 40)
  t.ok(performance.now() - begun < 1000)
  t.end()
})

t.test('money never shows as nothing, and times stay short', (t) => {
  t.same([0, 1, 54_399, 5_000_000].map(dollars), ['$0.0000', '$0.0001', '$0.0544', '$5.0000'])
  t.same([7, 999, 1_240, 63_500, 187_000, 7_500_000, 356_400_000].map(duration), [
    '7ms',
    '999ms',
    '1.24s',
    '63.5s',
    '3m07s',
    '2h05m',
    '4d03h',
  ])
  t.same([123, 187_000].map(since), ['+0.123s', '+3m07s'])
  t.same([7, 1_234_567].map(grouped), ['7', '1,234,567'])
  t.end()
})

t.test('a log line for people leaves out what only machines want', (t) => {
  const line = JSON.stringify({
    level: 40,
    time: '2026-11-22T12:04:31.123Z',
    pid: 7,
    hostname: 'h',
    err: { type: 'Error', message: 'no licence', stack: 'Error: no licence\n at x' },
    serves: ['a'],
    msg: 'sweep failed',
  })
  t.equal(
    prettyLine(line, no_colors),
    '12:04:31 warn  sweep failed  err: no licence  serves: ["a"]',
  )
  t.end()
})
