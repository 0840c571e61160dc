/**
 * A release goes live: the gate is passed, its machines become the current versions, and the tasks
 * in flight stay on their own, or are moved where that is asked for.
 */
import { Deploys } from '../database/deploys.ts'
import type { App } from './define_app.ts'
import { type MachinePlan, passGate, planOf } from './deploy_plan.ts'
import { type Migration, migrateTasks } from './migrate_tasks.ts'
import { type Registered, registerApp } from './register.ts'

export type DeployOptions = {
  /** `old.state=new.state`, as typed; not empty: migrate. */
  map: readonly string[]
  /** Move every task that has a place; else tasks stay on their version. */
  migrate: boolean
  /** What has no place stays on its version, for workers of that version. */
  drain: boolean
  dry_run: boolean
  /** Hears of the plan before anything is refused or written, and of every batch. */
  onPlan?: (plans: readonly MachinePlan[]) => void
  onBatch?: (machine: string, moved: number) => void
}

export type Deployed = {
  registered: Registered[]
  migrations: Map<string, Migration>
  /** What is in flight on other versions when all is done. */
  staying: { machine: string; version: number; tasks: number }[]
}

/** Undefined after a dry run.  Refused: PW606, PW607, and as register. */
export async function deployApp(
  url: string,
  app: App,
  options: DeployOptions,
): Promise<Deployed | undefined> {
  const deploys = await Deploys.open(url)
  try {
    const plans = await planOf(deploys, app, options.map)
    options.onPlan?.(plans)
    if (!options.drain) passGate(plans)
    if (options.dry_run) return undefined
    const registered = await registerApp(url, app)
    const moving = options.migrate || options.map.length > 0
    const migrations = moving
      ? await moveAll(deploys, app, plans, options)
      : new Map<string, Migration>()
    return { registered, migrations, staying: await stayingOf(deploys, app) }
  } finally {
    await deploys.close()
  }
}

async function moveAll(
  deploys: Deploys,
  app: App,
  plans: readonly MachinePlan[],
  { onBatch }: DeployOptions,
): Promise<Map<string, Migration>> {
  const migrations = new Map<string, Migration>()
  for (const { machine, map } of plans) {
    const definition = app.machines.get(machine)
    const here = definition && (await deploys.find(definition.registration))
    if (!here) continue
    const migration = await migrateTasks(deploys, definition, here.machine_id, {
      map,
      ...(onBatch && { onBatch: (moved) => onBatch(machine, moved) }),
    })
    migrations.set(machine, migration)
  }
  return migrations
}

async function stayingOf(deploys: Deploys, app: App): Promise<Deployed['staying']> {
  const staying: Deployed['staying'] = []
  for (const { name, registration } of app.machines.values()) {
    const here = await deploys.find(registration)
    const others = (await deploys.inFlight(name)).filter((it) => it.version !== here?.version)
    for (const [version, places] of Map.groupBy(others, (it) => it.version)) {
      const tasks = places.reduce((sum, it) => sum + it.tasks, 0)
      staying.push({ machine: name, version, tasks })
    }
  }
  return staying
}
