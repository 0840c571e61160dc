/**
 * What only the owner of a database does besides migrating it: making machines and prices known.
 */
import { crashpoint } from '../crashpoint.ts'
import type { Json } from '../json.ts'
import { connectionConfig, newClient } from './connection.ts'
import { asRefusal } from './refused.ts'
import { storable } from './storable.ts'

export type RegisteredMachine = { machine_id: string; version: number; is_new: boolean }

/** All or nothing: one bad machine registers none. */
export async function registerMachines(
  url: string,
  registrations: readonly Json[],
  prices: readonly Json[],
): Promise<RegisteredMachine[]> {
  const client = newClient(connectionConfig(url))
  await client.connect()
  try {
    await crashpoint('deploy.begun')
    await client.query('begin')
    await client.query('select pawl.set_prices(prices => $1)', [storable(prices)])
    const registered: RegisteredMachine[] = []
    for (const registration of registrations) {
      const { rows } = await client.query<RegisteredMachine>(
        'select * from pawl.register_machine(registration => $1)',
        [storable(registration)],
      )
      registered.push(...rows)
    }
    await crashpoint('deploy.uncommitted')
    await client.query('commit')
    await crashpoint('deploy.done')
    return registered
  } catch (error) {
    throw asRefusal(error)
  } finally {
    await client.end()
  }
}
