/** What has come of it so far: shown as it goes, and summed up in the last line. */
import type { CaseEnd } from './run_case.ts'

export type Sums = {
  cases: number
  fired: number
  tasks: number
  ended: number
  lost: number
  doubled: number
  verify_rows: number
}

const SHOWN_EVERY_MS = 10_000
/** With no failure in N, the true rate is below 3/N with 95 % confidence. */
const RULE_OF_THREE = 3

export class Report {
  readonly sums: Sums = {
    cases: 0,
    fired: 0,
    tasks: 0,
    ended: 0,
    lost: 0,
    doubled: 0,
    verify_rows: 0,
  }
  readonly failed: string[] = []
  readonly #say: (line: string) => void
  readonly #begun = performance.now()
  #shown_at = 0

  constructor(say: (line: string) => void) {
    this.#say = say
  }

  /** @param planned how many cases this part has */
  add(name: string, end: CaseEnd, planned: number): void {
    const { sums } = this
    sums.cases++
    for (const key of ['fired', 'tasks', 'ended', 'lost', 'doubled', 'verify_rows'] as const) {
      sums[key] += end[key]
    }
    if (isMiss(end)) {
      this.failed.push(name)
      this.#say(`MISS ${name}: ${end.faults.join(' · ')}`)
    }
    const now = performance.now()
    if (now - this.#shown_at < SHOWN_EVERY_MS && sums.cases !== planned) return
    this.#shown_at = now
    this.#say(`${this.seconds} s · ${sums.cases} of ${planned} cases · ${this.line()}`)
  }

  note(line: string): void {
    this.#say(`${this.seconds} s · ${line}`)
  }

  line(): string {
    const { fired, tasks, ended, lost, doubled, verify_rows } = this.sums
    return `${fired} fired · ${ended} of ${tasks} tasks ended · ${lost} lost · ${doubled} doubled · ${verify_rows} laws broken`
  }

  get seconds(): number {
    return Math.round((performance.now() - this.#begun) / 1000)
  }

  get ok(): boolean {
    return this.failed.length === 0 && this.sums.cases > 0
  }

  /** One JSON object. */
  summary(settings: object): string {
    const n = this.sums.fired
    const bound = `zero failures in ${n} faults bounds the rate at about 3/${n} = ${rate(n)}`
    const failed = this.ok ? { bound } : { failed: this.failed }
    return JSON.stringify({ ...this.sums, seconds: this.seconds, ...failed, ...settings })
  }
}

function isMiss(end: CaseEnd): boolean {
  const few = end.tasks === 0 || end.ended < end.tasks * 0.9
  const wrong = end.lost + end.doubled + end.verify_rows > 0
  return end.fired === 0 || few || wrong || end.faults.length > 0
}

function rate(n: number): string {
  return n === 0 ? '(none)' : `${((100 * RULE_OF_THREE) / n).toFixed(2)} %`
}
