/**
 * Which model speaks.  The stand-in is the default, key or no key; Anthropic is asked only when
 * somebody says so, and then the worst case is printed before anything is spent.
 */

import { dollars } from '../../../src/cli/figures.ts'
import { Refusal } from '../../../src/refusal.ts'
import type { Corpus } from './corpora.ts'
import type { Options } from './options.ts'
import type { Postgres } from './postgres.ts'

export const POOL = 'licence audit'

export const BAD_SHARE = 0.02
export const SEED = 1

export function standInLine(): string {
  const bad = `${BAD_SHARE * 100} % of its answers are bad on purpose, seed ${SEED}`
  return (
    `model: the stand-in: rules, not an LLM, and nothing is spent; ${bad}. ` +
    '`npm start -- --real` asks Anthropic'
  )
}

/** @throws Refusal PW605 without a key. */
export function checkKey(): void {
  if ((process.env['ANTHROPIC_API_KEY'] ?? '').trim() !== '') return
  throw new Refusal(
    'PW605',
    '--real asks Anthropic, and there is no ANTHROPIC_API_KEY',
    'set it, or leave --real out: the stand-in needs none',
  )
}

/** What may be spent at worst, said and held by the pool's own row. */
export async function openPool(
  postgres: Postgres,
  corpus: Corpus,
  { spend_microusd }: Options,
): Promise<string> {
  const [machine] = await postgres.ask(
    'pawl_observer',
    `select (budget ->> 'microusd')::bigint::text as cap from pawl.machines where machine = $1 and current`,
    [corpus.machine],
  )
  await refuseStrays(postgres)
  await setCap(postgres, spend_microusd)
  const count = corpus.documents.length
  const cap = Number(machine?.['cap'])
  const worst = Math.min(cap * count, spend_microusd)
  return (
    `model: Anthropic, for real money: at worst ${dollars(worst)} ` +
    `(${count} tasks of at most ${dollars(cap)} each, all of them under one pool of ` +
    `${dollars(spend_microusd)}; --spend N says otherwise)`
  )
}

/** In a database of one's own a task may wait that the stand-in was to answer. */
async function refuseStrays(postgres: Postgres): Promise<void> {
  const [row] = await postgres.ask(
    'pawl_observer',
    `select count(*)::int as strays
     from pawl.tasks as t
     join pawl.budgets as b using (task_id)
     where t.machine in ('licence_audit', 'spdx_excerpt')
       and t.finished_at is null
       and b.pool is distinct from $1`,
    [POOL],
  )
  if (row?.['strays'] === 0) return
  throw new Refusal(
    'PW105',
    `${row?.['strays']} tasks begun with the stand-in are not finished, and would be spent on outside the pool`,
    'finish them first, or name another database for --real',
  )
}

async function setCap(postgres: Postgres, cap_microusd: number): Promise<void> {
  try {
    await postgres.ask('owner', 'select pawl.open_pool(pool => $1, cap_microusd => $2)', [
      POOL,
      cap_microusd,
    ])
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('promises_fit_the_pool'))) throw error
    throw new Refusal(
      'PW105',
      `more than ${dollars(cap_microusd)} was spent or promised in earlier runs`,
      'all runs with --real share one pool: --spend N takes the dollars for all of them',
    )
  }
}
