/** Cron texts: what they mean is held against a scan of the minutes; what is none is refused. */
import fc from 'fast-check'
import t from 'tap'
import { freshDatabase } from '../fixtures/database.ts'
import { refused } from '../fixtures/refused.ts'

const { query } = await freshDatabase(t)
const next = async (cron: string, after: string) =>
  (
    await query<{ at: Date | null }>('select pawl.cron_next(cron => $1, after => $2) as at', [
      cron,
      after,
    ])
  ).rows[0]?.at?.toISOString() ?? null

const MONTHS = ['JAN', 'feb', 'Mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'MON', 'tue', 'wed', 'thu', 'fri', 'sat']

t.test('it is due when people would say so', async (t) => {
  for (const [cron, after, due] of [
    ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00.000Z'],
    ['* * * * *', '2026-01-01T00:00:59.999Z', '2026-01-01T00:01:00.000Z'],
    ['30 6 * * mon-fri', '2026-11-20T06:30:00Z', '2026-11-23T06:30:00.000Z'],
    ['0 0 1 jan *', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00.000Z'],
    ['*/15 8-18/2 * * *', '2026-05-05T18:45:00Z', '2026-05-06T08:00:00.000Z'],
    ['0 12 13 * fri', '2026-02-08T00:00:00Z', '2026-02-13T12:00:00.000Z'],
    ['0 12 13 * fri', '2026-03-08T00:00:00Z', '2026-03-13T12:00:00.000Z'],
    ['0 12 13 * fri', '2026-04-08T00:00:00Z', '2026-04-10T12:00:00.000Z'],
    ['0 12 */2 * fri', '2026-04-08T00:00:00Z', '2026-04-17T12:00:00.000Z'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['0 0 29 2 *', '2096-03-01T00:00:00Z', '2104-02-29T00:00:00.000Z'],
    ['0 0 29 2 */7', '2088-03-01T00:00:00Z', '2128-02-29T00:00:00.000Z'],
    ['59 23 31 12 7', '2026-12-31T23:59:00Z', '2027-12-05T23:59:00.000Z'],
    [' 0\t0 * *  sun \r\n', '2026-11-21T12:00:00+02', '2026-11-22T00:00:00.000Z'],
    ['0 0 30 feb *', '2026-01-01T00:00:00Z', null],
  ] as const) {
    t.equal(await next(cron, after), due, `${cron} after ${after}`)
  }
})

type Field = { text: string; star: boolean; values: Set<number> }

/** One field with what it means, made together, so that nobody has to parse it. */
function field(lowest: number, highest: number, names: string[] = []): fc.Arbitrary<Field> {
  const number = fc.integer({ min: lowest, max: highest })
  const said = (n: number, byName: boolean) =>
    (byName ? names[n - (names.length === 12 ? 1 : 0)] : undefined) ?? String(n)
  const all = (from: number, to: number, every: number) => {
    const values: number[] = []
    for (let n = from; n <= to; n += every) values.push(n)
    return values
  }
  const part = fc.oneof(
    { weight: 2, arbitrary: fc.constant({ text: '*', values: all(lowest, highest, 1) }) },
    fc.integer({ min: 1, max: highest + 5 }).map((every) => ({
      text: `*/${every}`,
      values: all(lowest, highest, every),
    })),
    fc.tuple(number, fc.boolean()).map(([n, byName]) => ({ text: said(n, byName), values: [n] })),
    fc
      .tuple(number, number, fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.boolean())
      .map(([a, b, every, byName, stepped]) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const text = `${said(from, byName)}-${to}${stepped ? `/${every}` : ''}`
        return { text, values: all(from, to, stepped ? every : 1) }
      }),
  )
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => {
    const text = parts.map((it) => it.text).join()
    const values = new Set(parts.flatMap((it) => it.values))
    return { text, star: text.startsWith('*'), values }
  })
}

const Cron = fc.record({
  minute: field(0, 59),
  hour: field(0, 23),
  day: field(1, 31),
  month: field(1, 12, MONTHS),
  weekday: field(0, 7, WEEKDAYS),
  after: fc.date({
    min: new Date('2023-12-01'),
    max: new Date('2029-03-01'),
    noInvalidDate: true,
  }),
})

const DAYS_MAX = 150

/** The first minute that fits, among the next hundred and fifty days. */
function scanned({ minute, hour, day, month, weekday, after }: CronCase): Date | null {
  const at = new Date(Math.floor(after.getTime() / 60_000) * 60_000)
  for (let n = 0; n < DAYS_MAX * 1440; n++) {
    at.setTime(at.getTime() + 60_000)
    const dow = at.getUTCDay()
    const isDay = day.values.has(at.getUTCDate())
    const isWeekday = weekday.values.has(dow) || (dow === 0 && weekday.values.has(7))
    const fits = day.star || weekday.star ? isDay && isWeekday : isDay || isWeekday
    if (!fits || !month.values.has(at.getUTCMonth() + 1)) continue
    if (hour.values.has(at.getUTCHours()) && minute.values.has(at.getUTCMinutes())) return at
  }
  return null
}

type CronCase = typeof Cron extends fc.Arbitrary<infer Case> ? Case : never

t.test('it is due at the first minute that fits, whatever the fields', async (t) => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(Cron, async (it) => {
      const text = [it.minute, it.hour, it.day, it.month, it.weekday].map((f) => f.text).join(' ')
      const expected = scanned(it)
      const said = await next(text, it.after.toISOString())
      if (expected !== null) {
        found++
        return said === expected.toISOString()
      }
      return said === null || Date.parse(said) > it.after.getTime() + (DAYS_MAX - 1) * 86_400_000
    }),
    { numRuns: 400, seed: 20261123 },
  )
  t.ok(found > 200, `${found} of 400 were due within ${DAYS_MAX} days`)
})

t.test('what is no cron text is refused, with the field that is wrong', async (t) => {
  for (const [cron, message] of [
    ['', /five fields/],
    ['* * * *', /five fields/],
    ['* * * * * *', /five fields/],
    ['@daily', /five fields/],
    ['60 * * * *', /minute/],
    ['-1 * * * *', /minute/],
    ['5/15 * * * *', /minute/],
    ['*/0 * * * *', /minute/],
    ['1,,2 * * * *', /minute/],
    ['* 24 * * *', /hour/],
    ['* 8-6 * * *', /hour/],
    ['* * 0 * *', /day of the month/],
    ['* * L * *', /day of the month/],
    ['* * * 13 *', /month/],
    ['* * * monday *', /month/],
    ['* * * * 8', /week/],
    ['* * * * fri-sun', /week/],
    ['* * * * mon#2', /week/],
    ['99999999999 * * * *', /minute/],
  ] as const) {
    const answer = await refused(next(cron, '2026-01-01T00:00:00Z'))
    t.match(answer, { code: 'PW111', message, hint: /./ }, cron)
  }
})
