/**
 * What a package says of itself, without the licence it declares: that is the answer the agent
 * is to find in the texts, and the scorer's truth.
 */
import { readdir, readFile } from 'node:fs/promises'
import { z } from 'zod'
import { ToolFailure } from '../../../src/tools/outcomes.ts'
import { insideFolder, packageFolder } from './package_folder.ts'

const FILES_LISTED_MAX = 100

const text = z.string().optional().catch(undefined)
const Package = z.object({
  name: z.string(),
  version: z.string(),
  description: text,
  homepage: text,
})

export const ReadManifestInput = z.object({
  path: z.string().describe('the package, such as node_modules/pg'),
})

export const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string().optional(),
  homepage: z.string().optional(),
  files: z.array(z.string()).describe('its top level; folders end in a slash'),
  files_truncated: z.boolean(),
})
export type Manifest = z.infer<typeof Manifest>

export async function readManifest(
  args: z.infer<typeof ReadManifestInput>,
  root?: string,
): Promise<Manifest | undefined> {
  const folder = packageFolder(args.path, root)
  const file = folder && insideFolder(folder, 'package.json')
  if (!folder || !file) return undefined
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort()
  return {
    ...parsed(await readFile(file, 'utf8')),
    files: files.slice(0, FILES_LISTED_MAX),
    files_truncated: files.length > FILES_LISTED_MAX,
  }
}

function parsed(manifest: string): z.infer<typeof Package> {
  try {
    return Package.parse(JSON.parse(manifest))
  } catch (cause) {
    throw new ToolFailure('package.json is not a manifest with a name and a version', { cause })
  }
}
