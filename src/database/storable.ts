/**
 * Text that Postgres can store.  `\u0000` and lone surrogates, which a tool or a model may well
 * return, would fail a whole batch; they become U+FFFD, and the row says so.  Nearly no text has
 * any, so the common case costs one scan.
 */
const SUSPECT = /\\u(?:0000|d[89a-f])/i

export function storable(value: unknown): string {
  return asStored(value).text
}

/** `cleaned`: something had to be replaced. */
export function asStored(value: unknown): { text: string; cleaned: boolean } {
  const text = JSON.stringify(value)
  if (!SUSPECT.test(text)) return { text, cleaned: false }
  const clean = JSON.stringify(JSON.parse(text, replaced))
  return { text: clean, cleaned: clean !== text }
}

function replaced(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), item]))
}

function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD')
}
