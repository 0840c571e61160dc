/**
 * Money, numbers and times as people read them.
 */

/** Rounded up to a hundredth of a cent: what was spent never shows as nothing. */
export function dollars(microusd: number): string {
  return `$${(Math.ceil(microusd / 100) / 10_000).toFixed(4)}`
}

export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** 7ms, 1.24s, 3m07s, 2h05m, 4d03h: never more than six columns. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  if (ms < 100_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)}s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes}m${two(Math.floor(ms / 1000) % 60)}s`
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`
  return `${Math.floor(minutes / 1440)}d${two(Math.floor(minutes / 60) % 24)}h`
}

/** Time since the beginning: +0.123s, +3m07s. */
export function since(ms: number): string {
  return ms < 100_000 ? `+${(ms / 1000).toFixed(3)}s` : `+${duration(ms)}`
}

function two(count: number): string {
  return String(count).padStart(2, '0')
}
