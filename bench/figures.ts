/**
 * Figures as the benchmark reckons and shows them: medians, and the range they lie in.
 */
import { grouped } from '../src/cli/figures.ts'

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Four digits that count, at most; a figure nobody could take is null in JSON. */
export function rounded(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value))))
  return Number(value.toFixed(Math.min(decimals, 20)))
}

/** 3120 → 3,120; 0.0213 → 0.0213. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '?'
  const figure = rounded(value)
  return Math.abs(figure) >= 1000 ? grouped(Math.round(figure)) : String(figure)
}

/** 3,120 [2,980–3,300]; the figure alone where there was one run. */
export function spread(values: readonly number[]): string {
  const middle = shown(median(values))
  if (values.length < 2) return middle
  return `${middle} [${shown(Math.min(...values))}–${shown(Math.max(...values))}]`
}
