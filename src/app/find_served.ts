/**
 * A worker's machines as its database has them.  The edges' numbers are the rows', not this
 * code's: a machine may have been registered by an older release, which knew fewer moves.
 */
import type { Database } from '../database/database.ts'
import type { ChartEdge } from '../machines/chart_rows.ts'
import type { Host } from '../machines/host.ts'
import { Refusal } from '../refusal.ts'
import type { App } from './define_app.ts'
import type { MachineDefinition } from './define_machine.ts'

export type FoundMachine = MachineDefinition & { machine_id: number; version: number; host: Host }

/** Refused with PW102 where a machine is not registered, or not with all its moves. */
export async function findServed(database: Database, app: App): Promise<FoundMachine[]> {
  return Promise.all(
    [...app.machines.values()].map(async (machine) => {
      const row = await database.findMachine(machine.registration)
      if (!row) throw notRegistered(machine.name)
      const { machine_id, version, edges } = row
      const lacking = lackingOf(machine.chart.edges, edges)
      if (lacking.length > 0) throw lacks(`${machine.name} version ${version}`, lacking)
      const chart = { ...machine.chart, edges }
      return { ...machine, machine_id, version, chart, host: machine.hostOn(edges) }
    }),
  )
}

function lackingOf(wanted: readonly ChartEdge[], known: readonly ChartEdge[]): ChartEdge[] {
  const names = new Set(known.map(nameOf))
  return wanted.filter((edge) => !names.has(nameOf(edge)))
}

function nameOf({ from_state, event, to_state }: ChartEdge): string {
  return `${from_state}\u0000${event}\u0000${to_state}`
}

function notRegistered(machine: string): Refusal {
  return new Refusal(
    'PW102',
    `machine ${machine} is not registered as this code has it`,
    '`pawl register --app FILE` makes this version known, and current',
  )
}

function lacks(machine: string, lacking: readonly ChartEdge[]): Refusal {
  const events = [...new Set(lacking.map((edge) => edge.event))]
  return new Refusal(
    'PW102',
    `machine ${machine} was registered by another release of pawl, which did not know ` +
      `${events.slice(0, 5).join(', ')}`,
    '`pawl register --app FILE` adds what is new; --keep-current leaves the current version as it is',
  )
}
