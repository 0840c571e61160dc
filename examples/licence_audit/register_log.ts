/**
 * The register's memory: one JSON object a line, on disk before anybody is answered.  What the
 * register knows is what these lines say, so a register that is killed and started again knows
 * the same.  The lines are also what an auditor counts: no line is ever changed.
 */
import { closeSync, fdatasyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { z } from 'zod'

export const RegisterLine = z.object({
  at: z.iso.datetime(),
  key: z.string().nullable(),
  /** SHA-256 of the bytes received; none where they were too many to read. */
  body_hash: z.string().nullable(),
  package: z.string().nullable(),
  result: z.enum(['applied', 'replayed', 'refused', 'unavailable']),
  /** What was done was done, and whoever asked was never told. */
  reply: z.literal('lost').optional(),
  reason: z.string().optional(),
  finding_no: z.int().optional(),
  finding: z.record(z.string(), z.unknown()).optional(),
})
export type RegisterLine = z.infer<typeof RegisterLine>

export class RegisterLog {
  readonly #file: number

  /** @returns the lines so far; one torn by a crash was never answered and is taken out. */
  static open(path: string): { log: RegisterLog; lines: RegisterLine[] } {
    const file = openSync(path, 'a')
    const bytes = readFileSync(path)
    const whole = bytes.lastIndexOf('\n') + 1
    if (whole < bytes.length) truncateSync(path, whole)
    return { log: new RegisterLog(file), lines: parseLines(bytes.toString('utf8', 0, whole)) }
  }

  private constructor(file: number) {
    this.#file = file
  }

  append(line: RegisterLine): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
    let written = 0
    while (written < bytes.length) written += writeSync(this.#file, bytes, written)
    fdatasyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** For whoever counts from outside, also while the register is writing. */
export function readRegisterLog(path: string): RegisterLine[] {
  const text = readFileSync(path, 'utf8')
  return parseLines(text.slice(0, text.lastIndexOf('\n') + 1))
}

function parseLines(text: string): RegisterLine[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => RegisterLine.parse(JSON.parse(line)))
}
