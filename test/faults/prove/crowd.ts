/**
 * Random kills: four workers at work on thousands of tasks, and again and again one of them is
 * killed with -9, whatever it has in hand, and another takes its place.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../fixtures/seeded.ts'
import { until } from '../../fixtures/until.ts'
import { Child } from './child.ts'
import { countEffects } from './outside.ts'
import type { Report } from './report.ts'
import type { CaseEnd } from './run_case.ts'
import { Lane, type Outside, type World } from './world.ts'

export type CrowdOptions = { seed: number; tasks: number; kills: number; workers: number }

const FIRST_ID = 10_000_000
/** Every so manyth task is an agent's. */
const COURIER_EACH = 10
const CHUNK = 50
const CONCURRENCY = 8
/** No tasks ended for so long: nothing goes on any more. */
const STALLED_MS_MAX = 90_000
const LOOK_MS = 100

export async function runCrowd(options: CrowdOptions, outside: Outside, report: Report) {
  const lane = await Lane.open()
  const name = `${options.kills} random kills over ${options.tasks} tasks`
  try {
    await using world = await lane.world('ready', outside)
    report.add(name, await crowd(world, options, report), report.sums.cases + 1)
  } finally {
    await lane.close()
  }
}

async function crowd(world: World, options: CrowdOptions, report: Report): Promise<CaseEnd> {
  const { seed, tasks, kills, workers } = options
  const ids = Array.from({ length: tasks }, (_, n) => FIRST_ID + n)
  for (let first = 0; first < tasks; first += CHUNK) {
    const chunk = ids.slice(first, first + CHUNK)
    await world.submit(
      'courier',
      chunk.filter((id) => id % COURIER_EACH === 0),
    )
    await world.submit(
      'errand',
      chunk.filter((id) => id % COURIER_EACH !== 0),
    )
  }
  const crew = new Crew(world.url, workers, seeded(seed))
  const faults: string[] = []
  let killed = 0
  let stalled_at = performance.now() + STALLED_MS_MAX
  let before = 0
  let shown = 0
  for (;;) {
    const { ended } = await world.ended()
    if (ended === tasks) break
    if (ended > before) stalled_at = performance.now() + STALLED_MS_MAX
    before = ended
    if (performance.now() > stalled_at) {
      faults.push(`nothing ends any more: ${await world.stuck()}`)
      break
    }
    // Kills keep pace with the work, so that the last of them still finds some.
    if (killed < kills && ended >= (killed * 0.9 * tasks) / kills && (await crew.kill())) killed++
    else await sleep(LOOK_MS)
    if (report.seconds >= shown + 10) {
      shown = report.seconds
      report.note(`${killed} of ${kills} kills · ${ended} of ${tasks} tasks ended`)
    }
  }
  faults.push(...(await crew.dismiss()))
  if (killed < kills) faults.push(`only ${killed} of ${kills} kills`)
  return counted(world, { ids, fired: killed, faults })
}

type Counting = { ids: readonly number[]; fired: number; faults: string[] }

export async function counted(world: World, { ids, fired, faults }: Counting): Promise<CaseEnd> {
  const { ended, succeeded } = await world.ended()
  if (succeeded !== ids.length) faults.push(`only ${succeeded} of ${ids.length} succeeded`)
  const poisoned = await world.rows(
    `select from pawl.steps where error ->> 'code' in ('poison', 'lost_too_often')`,
  )
  if (poisoned.length > 0) faults.push(`${poisoned.length} innocent steps were called poison`)
  const verify = await world.verify()
  if (verify.length > 0) faults.push(`verify: ${JSON.stringify(verify.slice(0, 5))}`)
  const effects = countEffects(world.outside.effects, ids)
  if (effects.lost + effects.doubled > 0) faults.push(JSON.stringify(effects))
  return { ...effects, fired, tasks: ids.length, ended, verify_rows: verify.length, faults }
}

/** Half of the dead are buried by their parent, the others by the sweep of those who live. */
export class Crew {
  readonly #url: string
  readonly #random: () => number
  readonly #alive: Child[]
  #dead = 0

  constructor(url: string, workers: number, random: () => number) {
    this.#url = url
    this.#random = random
    this.#alive = Array.from({ length: workers }, () => this.#hire())
  }

  #hire(): Child {
    return new Child('worker', { url: this.#url, concurrency: CONCURRENCY })
  }

  /** False where there was nobody at work to be killed just now. */
  async kill(): Promise<boolean> {
    const ready = this.#alive.filter((it) => it.worker_id !== undefined)
    const victim = ready[Math.floor(this.#random() * ready.length)]
    if (!victim) return false
    const killed = await victim.kill()
    this.#alive[this.#alive.indexOf(victim)] = this.#hire()
    if (this.#dead++ % 2 === 0) await victim.bury(this.#url)
    return killed
  }

  async begun(): Promise<void> {
    await until(
      'all have begun',
      () => this.#alive.every((it) => it.worker_id !== undefined || it.gone),
      60_000,
    )
  }

  async dismiss(): Promise<string[]> {
    await this.begun()
    const ends = await Promise.all(this.#alive.map((it) => it.stop()))
    return ends.filter((it) => it !== undefined)
  }
}
