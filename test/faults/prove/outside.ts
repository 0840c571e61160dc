/** What was lost and what was doubled, by the outside world's own log. */
import type { EffectsServer } from '../../fixtures/effects_server.ts'

const PATHS = ['/keyed', '/plain']

export type Effects = { lost: number; doubled: number }

/** Each of these ids is owed one effect at each path. */
export function countEffects(effects: EffectsServer, ids: readonly number[]): Effects {
  const wanted = new Set(ids)
  const times = new Map<string, number>()
  for (const { path, body, did } of effects.log) {
    if (did !== 'applied' || !PATHS.includes(path)) continue
    const { id } = JSON.parse(body)
    if (wanted.has(id)) times.set(`${path} ${id}`, (times.get(`${path} ${id}`) ?? 0) + 1)
  }
  const counts = ids.flatMap((id) => PATHS.map((path) => times.get(`${path} ${id}`) ?? 0))
  return {
    lost: counts.filter((count) => count === 0).length,
    doubled: counts.reduce((sum, count) => sum + Math.max(count - 1, 0), 0),
  }
}
