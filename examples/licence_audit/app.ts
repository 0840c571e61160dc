/**
 * The example's app module, as `pawl work --app` takes it.  Who speaks is decided by the
 * environment alone: a stand-in where PAWL_STAND_IN_URL names one, else Anthropic's models.
 */
import { type App, defineApp } from '../../src/app/define_app.ts'
import { type AnthropicOptions, anthropic } from '../../src/models/anthropic.ts'
import { licenceAudit, spdxExcerpt } from './agent.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A stand-in is asked for under the same names and priced alike, so that figures compare. */
const TIERS: AnthropicOptions['tiers'] = {
  strong: { model: 'claude-opus-5-5' },
  cheap: { model: 'claude-haiku-5-5' },
}

export function auditApp(environment: Environment): App {
  const stand_in = environment['PAWL_STAND_IN_URL']
  const voice = stand_in ? { name: 'stand-in', baseURL: stand_in, apiKey: 'stand-in' } : {}
  return defineApp({
    agents: [licenceAudit, spdxExcerpt],
    models: anthropic({ tiers: TIERS, ...voice }),
  })
}

export default auditApp(process.env)
