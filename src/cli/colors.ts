/**
 * Colours only where a person looks: at a terminal, and not where NO_COLOR asks for none.
 * picocolors' own guess also colours a log on a build server.
 */
import picocolors from 'picocolors'
import { environment } from './environment.ts'

export type Colors = ReturnType<typeof picocolors.createColors>

export const no_colors: Colors = picocolors.createColors(false)

export function colorsFor(stream: { isTTY?: boolean }): Colors {
  const wanted = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
  return picocolors.createColors(wanted)
}
