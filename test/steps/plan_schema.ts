import t from 'tap'
import { z } from 'zod'
import { planSchema, storedArgs } from '../../src/steps/plan_schema.ts'
import { fillSlots } from '../../src/steps/slots.ts'
import { defineTool } from '../../src/tools/define_tool.ts'
import { nothing } from '../../src/tools/outcomes.ts'
import { done } from '../fixtures/audit_questions.ts'

const boil = defineTool({
  name: 'boil',
  description: 'boils water',
  input: z.object({ litres: z.number().max(2), note: z.string().optional() }),
  output: z.object({ degrees: z.number() }),
  class: 'read',
  run: () => nothing(),
})

type Argument = { name: string; json: string | null; from_step: number | null; path: string | null }
const arg = (more: Partial<Argument>): Argument => ({
  name: 'litres',
  json: null,
  from_step: null,
  path: null,
  ...more,
})

function problems(args: Argument[], first = 2): string[] {
  const plan = { thought: '', steps: [{ tool: 'boil', args, expected: '', judge: false }] }
  const { error } = planSchema([boil], first).safeParse(plan)
  return error?.issues.map(({ message }) => message.replace('boil: ', '')) ?? []
}

t.test('a plan whose arguments cannot be right is no answer', async (t) => {
  t.same(problems([arg({ json: '1.5' })]), [])
  t.same(problems([arg({ json: '1.5' }), arg({ name: 'cups', json: '1' })]), [
    'there is no argument cups',
  ])
  t.same(problems([]), ['litres is missing'])
  t.same(problems([arg({ json: '1' }), arg({ json: '2' })]), ['an argument is given twice'])
  t.same(problems([arg({ json: 'much' })]), ['litres has no JSON value'])
  t.same(problems([arg({})]), ['litres has no JSON value'])
  t.match(problems([arg({ json: '9' })]), [/^litres does not fit: /])
  t.match(problems([arg({ json: '"1"' })]), [/^litres does not fit: /])
})

t.test('an argument comes from the input or from a step before its own', async (t) => {
  t.same(problems([arg({ from_step: 0, path: 'litres' })]), [])
  t.same(problems([arg({ from_step: 1, path: 'litres' })]), [])
  t.same(problems([arg({ from_step: 2 })]), ['litres: step 2 is not earlier'])
  t.same(problems([arg({ from_step: -1 })]), ['litres: step -1 is not earlier'])
})

t.test('slots are filled from the input and from what was found', async (t) => {
  const steps = [done(1, 'find', {}, { files: [{ name: 'LICENSE' }] }), done(2, 'read', {}, null)]
  const input = { path: 'here', deep: { er: [1, 2] } }
  const fill = (...args: Argument[]) =>
    fillSlots(storedArgs({ tool: 'boil', args, expected: '', judge: false }), input, steps)
  t.same(fill(arg({ from_step: 0, path: 'path' })), { ok: true, args: { litres: 'here' } })
  t.same(fill(arg({ from_step: 0, path: 'deep.er[1]' })), { ok: true, args: { litres: 2 } })
  t.same(fill(arg({ from_step: 0, path: '' })), { ok: true, args: { litres: input } })
  t.same(fill(arg({ from_step: 1, path: 'files[0].name' })), {
    ok: true,
    args: { litres: 'LICENSE' },
  })
  t.same(fill(arg({ json: 'null' })), { ok: true, args: { litres: null } })
  for (const slot of [
    { from_step: 1, path: 'files[1].name' },
    { from_step: 1, path: 'constructor' },
    { from_step: 2, path: '' },
    { from_step: 3, path: '' },
  ]) {
    t.match(fill(arg(slot)), { ok: false, reason: /^litres: there is nothing in step/ })
  }
})
