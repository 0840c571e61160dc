/**
 * The agent's hands: plain functions, wrapped.  `undefined` from one of them is the typed answer
 * "it worked, and there is nothing", which calls for another plan and not for another try.
 */
import { z } from 'zod'
import { defineTool } from '../../../src/tools/define_tool.ts'
import { type Found, found, type Nothing, nothing } from '../../../src/tools/outcomes.ts'
import { offered } from '../matcher/offered.ts'
import { policyVerdict } from '../policy.ts'
import { FindLicenceFilesInput, findLicenceFiles, LicenceFiles } from './find_licence_files.ts'
import { LicenceMatch, MatchLicenceTextInput, matchLicenceText } from './match_licence_text.ts'
import { LicenceText, ReadLicenceInput, readLicence } from './read_licence.ts'
import { Manifest, ReadManifestInput, readManifest } from './read_manifest.ts'
import { Recorded, RecordFindingInput, recordFinding, Verdict } from './record_finding.ts'

export const readManifestTool = defineTool({
  name: 'read_manifest',
  description:
    'What a package says of itself: name, version, description and its top-level files. ' +
    'Which licence it declares is withheld. EMPTY where there is no such package.',
  input: ReadManifestInput,
  output: Manifest,
  class: 'read',
  run: async (args) => orNothing(await readManifest(args)),
})

export const findLicenceFilesTool = defineTool({
  name: 'find_licence_files',
  description:
    'The licence files a package ships, by their names. ' +
    'EMPTY where it ships none: then its README is what is left to read.',
  input: FindLicenceFilesInput,
  output: LicenceFiles,
  class: 'read',
  run: async (args) => orNothing(await findLicenceFiles(args)),
})

export const readLicenceTool = defineTool({
  name: 'read_licence',
  description:
    'The text of licence files, several as one text; or, with source "readme", what the README ' +
    'says below its licence heading. EMPTY where there is no text or no such heading.',
  input: ReadLicenceInput,
  output: LicenceText,
  class: 'read',
  run: async (args) => orNothing(await readLicence(args)),
})

/** The answers first, then the evidence: a prompt may show only the beginning. */
const MatchAnswer = z.object({
  best: z.string().describe('the licence it grants, as an SPDX expression; to be recorded'),
  score: z.number().min(0).max(1).describe('of the best candidate'),
  verdict: Verdict.describe('what the policy says of best; to be recorded'),
  ...LicenceMatch.shape,
})

export const matchLicenceTextTool = defineTool({
  name: 'match_licence_text',
  description:
    'Compares a text with all SPDX reference texts: the best expression with its score and the ' +
    'policy verdict on it, then the evidence (margin, candidates, what else the text contains). ' +
    'EMPTY where the text neither resembles nor names any licence.',
  input: MatchLicenceTextInput,
  output: MatchAnswer,
  class: 'read',
  run: async (args) => {
    const match = await matchLicenceText(args)
    const [leading] = match?.candidates ?? []
    if (!match || !leading) return nothing()
    const quoted = match.contains.map(({ licence }) => licence)
    const best = offered(leading.licence, quoted, args.text)
    return found({ best, score: leading.score, verdict: policyVerdict(best), ...match })
  },
})

export const recordFindingTool = defineTool({
  name: 'record_finding',
  description:
    'Enters the finding into the compliance register: the last step, done once for each package. ' +
    'Where a person named the licence, verdict and score are left out and the policy decides.',
  input: RecordFindingInput,
  output: Recorded,
  class: 'A',
  consequential: true,
  timeout_ms: 10_000,
  retry: { tries_max: 6, base_ms: 250, cap_ms: 10_000 },
  run: async (args, context) =>
    found(await recordFinding(args, context, process.env['REGISTER_URL'])),
})

function orNothing<T>(value: T | undefined): Found<T> | Nothing {
  return value === undefined ? nothing() : found(value)
}
