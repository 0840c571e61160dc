/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/cli/trace_text.ts > TAP > a whole story, without times and ids, is the same text every time > must match snapshot 1`] = `
machine  licence_audit version 3, key left-pad@1.3.0
input    {package: "left-pad", version: "1.3.0"}
now      succeeded, revision 4
spent    $0.0124 of $0.2000 · 8,312 of 60,000 tokens · 3 of 25 tool calls · 2 model calls · 1 of 3 re-plans
output   {licence: "WTFPL"}

●      submitted
→      (new) → planning  started
✦ #1   plan  claude-opus-5-5, stand-in                                                    failed          0 tok  $0.0000
       overloaded for now
✦ #1   plan, try 2  claude-opus-5-5, stand-in                                             found       1,834 tok  $0.0063
       = {steps: []}
≡ #1   plan 1  2 steps
       Look for the licence, then match it.
       1. find_licence_files(package: "left-pad")
       2. read_licence(file: step 1.files[0])
→ #1   planning → acting  plan done
▸ #2   find_licence_files(package: "left-pad")                                            empty
       no such file
✗ #2   attempt 1 of act                                                                   lost
  ≡ #3   plan 2 instead of plan 1  1 step
         because: no licence file: look in the README
         1. find_licence_files(package: "left-pad"), done before
  ≈ #4   confidence 0.62, threshold 0.80  right, says declared licence                    review
         two texts are alike
  ? #4   review 1  approve, reject                                                        asked
         May it be recorded as WTFPL?
  ! #4   review 1  by reviewer 7                                                          approve
         read it myself
  ◆ #5   record_finding(task: "<id>", text: "a a a a a a a a a a a a a a a a a a a a a a… found
         approved by a person in review 1
         = {receipt: "<hash>"}
  ⇠      GO  by: "日本"                                                                   waiting
  ■ #5   acting → succeeded  act done
`

exports[`test/cli/trace_text.ts > TAP > with times and ids it fits in 120 columns, and in 80 > must match snapshot 1`] = `
task     01a205a2-0ba0-7137-9149-109c54a86fa5
machine  licence_audit version 3, key left-pad@1.3.0
input    {package: "left-pad", version: "1.3.0"}
now      succeeded, revision 4 after 63.5s
spent    $0.0124 of $0.2000 · 8,312 of 60,000 tokens · 3 of 25 tool calls · 2 model calls · 1 of 3 re-plans
output   {licence: "WTFPL"}

  +0.000s ●      submitted
  +0.250s →      (new) → planning  started
  +0.500s ✦ #1   plan  claude-opus-5-5, stand-in                                   failed     812ms       0 tok  $0.0000
                 overloaded for now
  +0.750s ✦ #1   plan, try 2  claude-opus-5-5, stand-in                            found      1.20s   1,834 tok  $0.0063
                 = {steps: []}
  +1.250s ≡ #1   plan 1  2 steps
                 Look for the licence, then match it.
                 1. find_licence_files(package: "left-pad")
                 2. read_licence(file: step 1.files[0])
  +1.500s → #1   planning → acting  plan done                                                  41ms
  +1.750s ▸ #2   find_licence_files(package: "left-pad")                           empty        3ms
                 no such file
  +2.000s ✗ #2   attempt 1 of act                                                  lost        42ms
  +2.250s   ≡ #3   plan 2 instead of plan 1  1 step
                   because: no licence file: look in the README
                   1. find_licence_files(package: "left-pad"), done before
  +2.500s   ≈ #4   confidence 0.62, threshold 0.80  right, says declared licence   review
                   two texts are alike
  +2.750s   ? #4   review 1  approve, reject                                       asked
                   May it be recorded as WTFPL?
  +3.000s   ! #4   review 1  by reviewer 7                                         approve
                   read it myself
  +3.500s   ◆ #5   record_finding(task: "01a205a2-0ba0-7137-9149-109c54a86fa5", t… found      62.0s
                   approved by a person in review 1
                   = {receipt: "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}
  +4.000s   ⇠      GO  by: "日本"                                                  waiting
  +4.250s   ■ #5   acting → succeeded  act done                                                45ms
`
