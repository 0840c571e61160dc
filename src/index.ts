/**
 * The public door: what an app is made of, and the client that talks to its tasks.
 */
export { type AgentOptions, defineAgent } from './app/define_agent.ts'
export { type App, type AppSpec, defineApp } from './app/define_app.ts'
export {
  type Action,
  type Actor,
  type Budget,
  type Concurrency,
  defineMachine,
  type MachineDefinition,
  type MachineSpec,
} from './app/define_machine.ts'
export { type Registered, registerApp } from './app/register.ts'
export { type Client, connect, type SubmitOptions, type TaskResult } from './client.ts'
export { migrate } from './database/migrate.ts'
export type { Json, JsonObject } from './json.ts'
export { type AnthropicOptions, anthropic, type ModelDoor } from './models/anthropic.ts'
export type { ModelRequest, TierConfig } from './models/request.ts'
export { neverSent } from './network.ts'
export { Refusal, type RefusalCode } from './refusal.ts'
export type { PassedAct } from './steps/agent_spec.ts'
export type { StepContext } from './steps/context.ts'
export { type AnyTool, defineTool, type ToolDefinition } from './tools/define_tool.ts'
export { found, nothing, type Outcome, ToolFailure } from './tools/outcomes.ts'
export { startWorker, type Worker, type WorkerOptions } from './worker.ts'
