/**
 * What pawl's command line reads from its environment, parsed once.
 */
import { z } from 'zod'

const Environment = z.object({
  DATABASE_URL: z.string().optional(),
  NO_COLOR: z.string().optional(),
  TERM: z.string().optional(),
  PAWL_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).catch('info'),
})

export const environment: Readonly<z.infer<typeof Environment>> = Object.freeze(
  Environment.parse(process.env),
)
