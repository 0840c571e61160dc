/**
 * Files that look like a licence, by name: in the package's root and in its licences folder,
 * where there is one.  A NOTICE and the licences of bundled code grant nothing for the package
 * itself, so they are named apart.
 */
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { packageFolder } from './package_folder.ts'

export const LICENCE_FILES_MAX = 12

export const FindLicenceFilesInput = z.object({
  path: z.string().describe('the package, such as node_modules/pg'),
})

export const LicenceFiles = z.object({
  files: z.array(z.string()).describe('the most telling first: LICENSE before LICENSE-MIT'),
  notices: z.array(z.string()).describe('NOTICE and third-party files: they grant nothing'),
})
export type LicenceFiles = z.infer<typeof LicenceFiles>

const TEXT = '(?:\\.(?:txt|md|markdown|rst|html?))?'
const LICENCE = new RegExp(
  `^(?:(?:mit|bsd|apache|isc)[-_.])?(?:un)?licen[sc]es?(?:[-_.][\\w.+-]+?)?${TEXT}$`,
  'i',
)
const COPYING = new RegExp(`^copying(?:[-_.][\\w.+-]+?)?${TEXT}$`, 'i')
const NOTICE = /^(?:copyright|third[-_ ]?party)?[-_ ]?notices?(?:text)?(?:\.(?:txt|md))?$/i
const BUNDLED = /third[-_ ]?part(?:y|ies)|3rd[-_ ]?party|bundled|vendor/i
const NOT_A_TEXT = /\.(?:[cm]?[jt]sx?|json|map|ya?ml|toml|css|png|svg|sh|py)$/i
const FOLDER = /^licen[sc]es$/i

export async function findLicenceFiles(
  args: z.infer<typeof FindLicenceFilesInput>,
  root?: string,
): Promise<LicenceFiles | undefined> {
  const folder = packageFolder(args.path, root)
  if (!folder) return undefined
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  const licences = names.filter(isLicence).sort(mostTellingFirst)
  const files = [...licences, ...(await inLicencesFolder(folder, entries))]
  if (files.length === 0) return undefined
  const notices = names.filter((name) => NOTICE.test(name) || BUNDLED.test(name)).sort()
  return { files: files.slice(0, LICENCE_FILES_MAX), notices }
}

/** There a file may be named for its licence (licenses/MIT.txt); data such as .json is not one. */
async function inLicencesFolder(folder: string, entries: readonly Dirent[]): Promise<string[]> {
  const found: string[] = []
  for (const { name } of entries.filter(
    (entry) => entry.isDirectory() && FOLDER.test(entry.name),
  )) {
    const inside = await readdir(join(folder, name), { withFileTypes: true })
    const texts = inside.filter((entry) => entry.isFile() && !NOT_A_TEXT.test(entry.name))
    found.push(...texts.map((entry) => `${name}/${entry.name}`).sort())
  }
  return found
}

function isLicence(name: string): boolean {
  if (NOT_A_TEXT.test(name) || BUNDLED.test(name)) return false
  return LICENCE.test(name) || COPYING.test(name)
}

function mostTellingFirst(a: string, b: string): number {
  const rank = (name: string) => Number(COPYING.test(name)) * 1000 + name.length
  return rank(a) - rank(b) || (a < b ? -1 : 1)
}
