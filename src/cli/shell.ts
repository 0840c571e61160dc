/** What people copy into a shell arrives there as it was meant. */
export function quoted(text: string): string {
  return /^[\w@./:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
