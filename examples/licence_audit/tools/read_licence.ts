/**
 * The words a package is offered under: its licence files, or what its README says below a
 * licence heading.  Several files come as one text with a line between them that the matcher
 * knows, so a plan needs one step however many there are.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { LICENCE_FILES_MAX } from './find_licence_files.ts'
import { insideFolder, packageFolder } from './package_folder.ts'
import { licenceSection } from './readme_section.ts'

/** GPL-3.0 has 35,000 characters; a text cut in half resembles nothing. */
export const LICENCE_CHARS_MAX = 48_000
/** No file is read past this, whatever its size: 150 KB of bundled notices exist. */
const LICENCE_BYTES_MAX = 1_000_000

export const ReadLicenceInput = z.object({
  path: z.string().describe('the package, such as node_modules/pg'),
  files: z
    .array(z.string())
    .max(LICENCE_FILES_MAX)
    .optional()
    .describe('as find_licence_files gave them; not needed for the README'),
  source: z
    .enum(['file', 'readme'])
    .optional()
    .describe("'readme' reads the README's licence section instead; default 'file'"),
})

export const LicenceText = z.object({
  text: z.string(),
  read: z.array(z.string()).describe('the files the text came from'),
  chars: z.int().describe('of all that was found, before the cap'),
  truncated: z.boolean(),
})
export type LicenceText = z.infer<typeof LicenceText>

export const FILE_BREAK = /^={5} .+ ={5}$/m

export async function readLicence(
  args: z.infer<typeof ReadLicenceInput>,
  root?: string,
): Promise<LicenceText | undefined> {
  const folder = packageFolder(args.path, root)
  if (!folder) return undefined
  const texts = args.source === 'readme' ? await readme(folder) : await files(folder, args.files)
  const full = texts.filter(({ text }) => text.trim() !== '')
  if (full.length === 0) return undefined
  const text = full.length === 1 ? (full[0]?.text ?? '') : full.map(withTitle).join('\n\n')
  return {
    text: text.slice(0, LICENCE_CHARS_MAX),
    read: full.map(({ name }) => name),
    chars: text.length,
    truncated: text.length > LICENCE_CHARS_MAX,
  }
}

type Named = { readonly name: string; readonly text: string }

async function files(folder: string, names: readonly string[] = []): Promise<Named[]> {
  const found: Named[] = []
  for (const name of names) {
    const text = await textOf(folder, name)
    if (text !== undefined) found.push({ name, text })
  }
  return found
}

async function readme(folder: string): Promise<Named[]> {
  const name = (await readdir(folder)).find((file) => /^readme(?:\.\w+)?$/i.test(file))
  const text = name && (await textOf(folder, name))
  return name && text ? [{ name, text: licenceSection(text) ?? '' }] : []
}

async function textOf(folder: string, name: string): Promise<string | undefined> {
  const file = insideFolder(folder, name)
  if (!file) return undefined
  if (!(await stat(file)).isFile()) return undefined
  const bytes = await readFile(file)
  return bytes.subarray(0, LICENCE_BYTES_MAX).toString('utf8')
}

function withTitle({ name, text }: Named): string {
  return `===== ${name} =====\n\n${text}`
}
