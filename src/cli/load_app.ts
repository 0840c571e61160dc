/**
 * `--app FILE`: a module whose default export is what `defineApp` returns.
 */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type App, isApp } from '../app/define_app.ts'
import { Refusal } from '../refusal.ts'
import { appTrouble } from './app_trouble.ts'

const SHAPE = 'export default defineApp({ machines: […], agents: […], tools: […], models: … })'

export async function loadApp(file: string): Promise<App> {
  const path = resolve(file)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new Refusal(
      'PW601',
      `there is no app module at ${path}`,
      `--app takes a file that says: ${SHAPE}`,
    )
  }
  const loaded = await importApp(path)
  if (!('default' in loaded)) {
    throw new Refusal('PW602', `${path} has no default export`, SHAPE)
  }
  if (!isApp(loaded.default)) {
    throw new Refusal('PW602', `the default export of ${path} was not made by defineApp`, SHAPE)
  }
  return loaded.default
}

async function importApp(path: string): Promise<object> {
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    if (error instanceof Refusal) {
      throw new Refusal(error.code, `${path}: ${error.message}`, error.hint)
    }
    throw appTrouble(path, error)
  }
}
