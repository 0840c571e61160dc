/**
 * Two agents and one question: which licence does this text grant?  One is asked it of an
 * installed package, where the text must be found first; the other of a few words torn from a
 * licence, which is harder and has an exact answer.  The goals are written for a model to work
 * by; what they promise about the tools, the tools' own descriptions say as well.
 */
import { z } from 'zod'
import { defineAgent } from '../../src/app/define_agent.ts'
import type { Json } from '../../src/json.ts'
import type { PassedAct } from '../../src/steps/agent_spec.ts'
import {
  findLicenceFilesTool,
  matchLicenceTextTool,
  readLicenceTool,
  readManifestTool,
  recordFindingTool,
} from './tools/index.ts'
import { Recorded } from './tools/record_finding.ts'

const BUDGET = {
  microusd: 200_000,
  tokens: 60_000,
  tool_calls: 25,
  replans: 2,
  wall_clock_ms: 5 * 60_000,
}

export const Finding = Recorded.omit({ finding_no: true })

export const licenceAudit = defineAgent({
  name: 'licence_audit',
  goal: `Find out which licence the text shipped with an installed npm package grants, and record it
in the compliance register. Only the shipped text counts: not the package's name, its reputation or
what you know of it. A wrong entry is worse than a question to a person.

The way: read_manifest shows that the path holds this package. find_licence_files names its licence
files. read_licence reads all of them at once. match_licence_text compares that text with the SPDX
reference texts; whether what it found can be worked with takes judgement. record_finding ends the
job: package is the input's package and version joined by @ (pg@8.23.1); licence, verdict and score
come by path from the match (best, verdict, score), never from your own knowledge.

Where there is no licence file, or its text matches nothing, the README's licence section is the
only other place to look (read_licence with source "readme"), and it is looked at once. Where that
is empty too, or matches nothing, no tool can help and a person must name the licence. A licence a
person has named (it is in memory) is recorded as they named it, without verdict and score, and
nothing more is read.

What a match is worth. The text itself (by "text") with a score from 0.8 is a licence text with
names and dates filled in; a margin under 0.015 does not tell it from the runner-up. By "mention"
only a name was found: weaker, and worthless where several licences are named. More than one entry
in contains is a choice, bundled code or a licence that changed: right only if the text says which.
A weak or doubtful match is still a match and no reason for another plan: before it is recorded its
confidence is judged, and where that is low a person decides.`,
  input: z.object({
    package: z.string().min(1).max(214),
    version: z.string().min(1).max(256),
    path: z.string().min(1).max(1000),
  }),
  output: Finding,
  tools: [
    readManifestTool,
    findLicenceFilesTool,
    readLicenceTool,
    matchLicenceTextTool,
    recordFindingTool,
  ],
  tiers: { planner: 'strong', critic: 'cheap', confidence: 'cheap' },
  budget: BUDGET,
  conclude: recordedFinding,
})

export const spdxExcerpt = defineAgent({
  name: 'spdx_excerpt',
  goal: `Name the SPDX licence from whose text an excerpt of sixty words was cut, and record it. Only
the excerpt counts: its subject is a number and tells nothing.

The way: match_licence_text with the input's excerpt as text (by path, not copied) and excerpt true,
then record_finding: package is the input's subject; licence, verdict and score come by path from
the match (best, verdict, score).

What a match is worth. The score is the share of the excerpt's word pairs that a reference text
holds, and many licences share whole paragraphs: the best score alone says little. The margin to
the runner-up says much: with none the first named is only one of those that hold the same words,
and the more of them there are, the less likely it is the one. A tie is no reason for another plan:
confidence is judged before recording, and where it is low a person decides.`,
  input: z.object({
    subject: z.string().min(1).max(100),
    excerpt: z.string().min(1).max(10_000),
  }),
  output: Finding,
  tools: [matchLicenceTextTool, recordFindingTool],
  tiers: { planner: 'strong', critic: 'cheap', confidence: 'cheap' },
  budget: BUDGET,
  conclude: recordedFinding,
})

/** A plan may end without recording anything: then a person hears of it. */
function recordedFinding(acts: readonly PassedAct[]): Json {
  const act = acts.findLast(({ tool }) => tool === recordFindingTool.name)
  if (!act) throw new NothingRecorded()
  return Finding.parse(act.value)
}

class NothingRecorded extends Error {
  override readonly name = 'NothingRecorded'
  readonly code = 'nothing_recorded'

  constructor() {
    super('the plan came to its end and no finding was recorded')
  }
}
