/**
 * What code written in place says of the events it raises, and of context.  Only its text is looked at: a type that
 * stands there as a constant is known, any other could be anything (null).  What a text hides is
 * caught when it happens, as a move that is no edge.
 */

/** The type of the event that a function makes. */
export function typeMadeBy(make: unknown): string | null {
  const text = String(make)
  if (text.match(/\btype\b/g)?.length !== 1) return null
  const constant = /\btype\s*:\s*(['"])([^'"\\]*)\1\s*[,}]/.exec(text)
  // What is spread in behind may bring another type.
  if (!constant || text.slice(constant.index).includes('...')) return null
  return constant[2] ?? null
}

const CONSTANT = /^\s*\{\s*type\s*:\s*(['"])([^'"\\]*)\1\s*([,}])/
const DELAYED = /^\s*,\s*\{\s*(?:id\s*:[^,{}]*,\s*)?delay\s*:/

/** The types of what a function may raise at once: one for each time it says `raise`. */
export function typesRaisedIn(collect: unknown): (string | null)[] {
  const [, ...raised] = String(collect).split(/\braise\s*\(/)
  return raised.flatMap((text) => {
    const [whole = '', , type, end] = CONSTANT.exec(text) ?? []
    if (type === undefined) return [null]
    if (end === '}') return DELAYED.test(text.slice(whole.length)) ? [] : [type]
    return [text.includes('...') ? null : type]
  })
}

const TAKES = /^(?:async\s*)?(?:function\s*\w*\s*)?\(\s*\{[^{}()]*\benqueue\s*[,}]/
const HARMLESS = /\benqueue\.(?:raise|cancel|emit|sendTo|sendParent)\s*\(/g

/** Unless all that it does with `enqueue` stands there, and leaves context and children as they are. */
export function mayChange(collect: unknown): boolean {
  const text = String(collect)
  const mentions = text.replace(HARMLESS, '').match(/\benqueue\b|\barguments\b/g) ?? []
  return !TAKES.test(text) || mentions.length > 1
}

/** Whether a function holds this text as a constant. */
export function says(code: unknown, constant: string): boolean {
  return [`'${constant}'`, `"${constant}"`].some((text) => String(code).includes(text))
}
