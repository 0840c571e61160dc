/**
 * The only way a tool reaches the disk.  Paths come from a plan a model wrote, so each is
 * resolved, links included, and must end inside the package it was asked about.
 */
import { realpathSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { ToolFailure } from '../../../src/tools/outcomes.ts'
import { PROJECT_ROOT } from '../corpus.ts'

const PACKAGE =
  /^(?:node_modules\/(?:@[\w.~-]+\/)?[\w.~-]+)(?:\/node_modules\/(?:@[\w.~-]+\/)?[\w.~-]+)*\/?$/

/**
 * The package's real folder, or nothing where there is none.
 * @throws ToolFailure for a path that is not a package's.
 */
export function packageFolder(path: string, root: string = PROJECT_ROOT): string | undefined {
  if (path.split('/').includes('..') || !PACKAGE.test(path)) {
    throw new ToolFailure('path must be a package below node_modules, exactly as the task gives it')
  }
  const modules = realPath(join(root, 'node_modules'))
  const folder = realPath(join(root, path))
  if (folder && !(modules && isInside(modules, folder))) {
    throw new ToolFailure('path leads out of node_modules')
  }
  return folder
}

/**
 * A file's real path, or nothing where there is none.
 * @throws ToolFailure for a file outside the folder, whether it exists or not.
 */
export function insideFolder(folder: string, file: string): string | undefined {
  const wanted = resolve(folder, file)
  const real = realPath(wanted)
  if (!isInside(folder, wanted) || (real && !isInside(folder, real))) {
    throw new ToolFailure(`${JSON.stringify(file)} is not inside the package`)
  }
  return real
}

function isInside(folder: string, path: string): boolean {
  return path.startsWith(folder + sep)
}

function realPath(path: string): string | undefined {
  // A NUL in a name makes Node throw something else than "not found".
  if (path.includes('\0')) return undefined
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
