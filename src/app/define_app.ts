/**
 * What one deployment consists of: its machines and agents, the tools they use, the model's door.
 */
import type { ModelDoor } from '../models/anthropic.ts'
import { Refusal } from '../refusal.ts'
import type { AnyTool } from '../tools/define_tool.ts'
import { type ToolRegistry, toolRegistry } from '../tools/registry.ts'
import type { MachineDefinition } from './define_machine.ts'

export type AppSpec = {
  machines?: readonly MachineDefinition[]
  agents?: readonly MachineDefinition[]
  /** For machines; an agent names its own. */
  tools?: readonly AnyTool[]
  models?: ModelDoor
}

export type App = {
  readonly kind: 'pawl.app'
  readonly machines: ReadonlyMap<string, MachineDefinition>
  readonly tools: ToolRegistry
  readonly models: ModelDoor | undefined
}

export function defineApp(spec: AppSpec): App {
  const machines = new Map<string, MachineDefinition>()
  for (const machine of [...(spec.machines ?? []), ...(spec.agents ?? [])]) {
    if (machines.has(machine.name)) {
      const hint = 'a name is what tasks are inserted for: give each machine and agent its own'
      throw new Refusal('PW602', `two machines are named ${machine.name}`, hint)
    }
    machines.set(machine.name, machine)
  }
  if (machines.size === 0) {
    throw new Refusal(
      'PW602',
      'the app has no machine',
      'defineApp({ machines: […] or agents: […] })',
    )
  }
  for (const machine of machines.values()) admitChildren(machines, machine, [])
  return Object.freeze({
    kind: 'pawl.app',
    machines,
    tools: toolRegistry(spec.tools ?? []),
    models: spec.models,
  })
}

/** Every child is a machine of this app, and no machine is below itself: it would never end. */
function admitChildren(
  machines: ReadonlyMap<string, MachineDefinition>,
  machine: MachineDefinition,
  above: readonly string[],
): void {
  const path = [...above, machine.name]
  for (const [src, name] of machine.children) {
    const child = machines.get(name)
    if (!child) {
      const message = `machine '${machine.name}' invokes ${src}, the machine '${name}', which the app lacks`
      throw new Refusal('PW603', message, `defineApp({ machines: [${machine.name}, ${name}] })`)
    }
    if (path.includes(name)) {
      const message = `machine '${name}' would run below itself: ${[...path, name].join(' → ')}`
      const hint =
        'let a machine send itself round by its own states, or submit a new task from a step'
      throw new Refusal('PW603', message, hint)
    }
    admitChildren(machines, child, path)
  }
}

export function isApp(value: unknown): value is App {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'pawl.app'
}
