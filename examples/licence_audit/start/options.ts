/**
 * What `npm start -- …` takes.  Whatever does not fit is answered in one line, before anything
 * is started.
 */
import { parseArgs } from 'node:util'
import { z } from 'zod'

export class BadOption extends Error {
  override readonly name = 'BadOption'
}

export const USAGE = `npm start -- [options]    audits the licence of every installed package

  --limit N       only the first N documents (with --real: 5 unless you say more)
  --workers N     worker processes (2; with --chaos 3)
  --corpus NAME   packages: every package in node_modules (the default)
                  spdx: 60-word excerpts of the SPDX texts, with exact truth
  --chaos         audit them all anew while a worker is killed with -9 each second, and the
                  register answers 503 to 5 % and loses 2 % of its replies; ends with 1 where
                  anything was lost or doubled
  --keep          leave PostgreSQL running afterwards
  --json          the same figures as one JSON object on the last line
  --real          ask Anthropic instead of the stand-in model (needs ANTHROPIC_API_KEY)
  --spend N       with --real: dollars that may be spent in all (1)
  --help

DATABASE_URL uses a PostgreSQL of yours (15 or newer) instead of the embedded one.
Started again it goes on where it was: a document is never audited twice.`

const REAL_LIMIT = 5
const WORKERS = 2
const CHAOS_WORKERS = 3
const SPEND_DEFAULT = '1'

const whole = (name: string, max: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, `--${name} takes a whole number from 1`)
    .transform(Number)
    .refine((value) => value <= max, `--${name} takes at most ${max}`)

const Options = z
  .object({
    limit: whole('limit', 100_000).optional(),
    workers: whole('workers', 32).optional(),
    corpus: z
      .enum(['packages', 'spdx'], 'there are two corpora: --corpus packages, --corpus spdx')
      .default('packages'),
    chaos: z.boolean().default(false),
    keep: z.boolean().default(false),
    json: z.boolean().default(false),
    real: z.boolean().default(false),
    spend: z
      .string()
      .regex(/^\d{1,5}(?:\.\d{1,6})?$/, '--spend takes dollars, such as 1 or 0.50')
      .refine((dollars) => Number(dollars) > 0, '--spend takes more than nothing')
      .optional(),
    help: z.boolean().default(false),
  })
  .refine(({ real, spend }) => real || spend === undefined, '--spend goes with --real')
  .refine(({ real, chaos }) => !(real && chaos), '--chaos goes with the stand-in, not with --real')
  .transform(({ spend = SPEND_DEFAULT, limit, workers, ...rest }) => ({
    ...rest,
    workers: workers ?? (rest.chaos ? CHAOS_WORKERS : WORKERS),
    limit: limit ?? (rest.real ? REAL_LIMIT : undefined),
    spend_microusd: Math.round(Number(spend) * 1_000_000),
  }))
export type Options = z.output<typeof Options>

/** @throws BadOption with one line that says which and why. */
export function readOptions(args: readonly string[]): Options {
  const read = Options.safeParse(parsed(args))
  if (read.success) return read.data
  throw new BadOption(read.error.issues[0]?.message ?? 'the options do not fit')
}

function parsed(args: readonly string[]): unknown {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        limit: text,
        workers: text,
        corpus: text,
        spend: text,
        chaos: flag,
        keep: flag,
        json: flag,
        real: flag,
        help: { ...flag, short: 'h' },
      },
    }).values
  } catch (error) {
    const [sentence = ''] = error instanceof Error ? error.message.split(/[.\n]/) : []
    throw new BadOption(sentence)
  }
}
