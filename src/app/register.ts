/**
 * Makes an app's machines known to a database, as its owner.  The same definition again is the
 * same version; a structural change is a new one, and the one that new tasks begin on.
 */
import { registerMachines } from '../database/owner.ts'
import type { Json } from '../json.ts'
import { PRICE_BOOK } from '../models/prices.ts'
import type { App } from './define_app.ts'

export type Registered = { machine: string; version: number; is_new: boolean; warnings: string[] }

/** With `keep_current`, new tasks begin on the versions they began on before. */
export async function registerApp(
  url: string,
  app: App,
  { keep_current = false }: { keep_current?: boolean } = {},
): Promise<Registered[]> {
  const machines = [...app.machines.values()]
  const prices: Json[] = PRICE_BOOK.map((row) => ({ ...row }))
  const rows = await registerMachines(
    url,
    machines.map((it) => ({ ...it.registration, keep_current })),
    prices,
  )
  return machines.map(({ name, chart }, index) => ({
    machine: name,
    version: rows[index]?.version ?? 0,
    is_new: rows[index]?.is_new ?? false,
    warnings: chart.warnings,
  }))
}
