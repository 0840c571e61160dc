/**
 * Chaos: as long as there is work, a worker is killed with -9 each second, whatever it has in hand.
 * Its parent sees it die and starts another; the others take over what it had.
 */

import { colorsFor } from '../../../src/cli/colors.ts'
import { counted } from '../../../src/cli/figures.ts'
import { countRegister } from '../count_register.ts'
import { readRegisterLog } from '../register_log.ts'
import type { Figures } from './figures.ts'
import type { Postgres } from './postgres.ts'
import type { Workers } from './workers.ts'

const KILL_MS = 1_000
/** What the register does: see register_trouble.ts. */
export const REGISTER_TROUBLE = ['--unavailable', '0.05', '--lost-replies', '0.02', '--seed', '7']

export type Chaos = AsyncDisposable & { readonly kills: number }

/** Who has done something and has more in hand: killing who only starts would prove nothing. */
const VICTIMS = `
  select w.pid
  from pawl.workers as w
  where w.pid = any ($1::integer[])
    and w.buried_at is null
    and exists (
      select from pawl.attempts as a where a.worker_id = w.worker_id and a.outcome is null
    )
    and exists (
      select from pawl.attempts as a where a.worker_id = w.worker_id and a.outcome = 'succeeded'
    )
  order by w.started_at
  limit 1`

export function startChaos(workers: Workers, postgres: Postgres): Chaos {
  let kills = 0
  let killing = Promise.resolve()
  const kill = async () => {
    const [victim] = await postgres.ask('pawl_observer', VICTIMS, [workers.pids()])
    if (victim === undefined) return
    process.kill(Number(victim['pid']), 'SIGKILL')
    kills++
  }
  const timer = setInterval(() => {
    // One that has ended by itself meanwhile is nobody's victim.
    killing = killing.then(kill).catch(() => undefined)
  }, KILL_MS)
  return {
    get kills() {
      return kills
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await killing
    },
  }
}

const LOST = `
  select count(*)::int as attempts, count(distinct task_id)::int as tasks
  from pawl.attempts
  where outcome = 'lost'`

/** What it went through, and what came of it. */
export async function chaosLines(
  kills: number,
  figures: Figures,
  { postgres, log_file }: { postgres: Postgres; log_file: string },
): Promise<string[]> {
  const { bold, dim, green, red } = colorsFor(process.stdout)
  const [lost] = await postgres.ask('pawl_observer', LOST)
  const { unavailable, lost_replies, replayed } = countRegister(log_file)
  const requests = readRegisterLog(log_file).length
  const line = (label: string, text: string) => `  ${dim(label.padEnd(12))}${text}`
  const verdict = `${figures.lost} lost, ${figures.doubled} doubled`
  const paint = isHarmless(kills, figures) ? green : red
  return [
    '',
    bold('Chaos'),
    line('workers', `${counted(kills, 'kill')} with -9, one each second`),
    line(
      'work',
      `${counted(Number(lost?.['attempts']), 'step')} of ${counted(Number(lost?.['tasks']), 'task')} died with a worker and were done by another`,
    ),
    line(
      'register',
      `of ${counted(requests, 'request')} ${unavailable} were answered 503, ${lost_replies} lost their reply, ${replayed} came again and were applied once`,
    ),
    line('outcome', bold(paint(`${verdict}, by the register's own log`))),
    ...(kills === 0
      ? [red('  no worker was killed: that was no chaos; audit more documents')]
      : []),
  ]
}

/** Nobody was killed: nothing is proved.  And it is the chaos that kills workers, no step does. */
export function isHarmless(
  kills: number,
  { lost, doubled, failed, poisoned }: Pick<Figures, 'lost' | 'doubled' | 'failed' | 'poisoned'>,
): boolean {
  return kills > 0 && lost + doubled + failed + poisoned === 0
}
