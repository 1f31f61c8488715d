const suffixes: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** A Kubernetes quantity (`20Mi`, `32768`) as a whole number, or undefined when it is none or does not fit 32 bits. */
export function quantity(value: number | string | undefined): number | undefined {
  if (value === undefined) return undefined
  const match = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G|T)?$/.exec(String(value))
  const factor = suffixes[match?.[2] ?? ""]
  if (match === null || factor === undefined) return undefined
  const result = Number(match[1]) * factor
  return Number.isSafeInteger(result) && result < 2 ** 32 ? result : undefined
}

/** Whole seconds of a Gateway API duration such as `1h30m`, rounded down; undefined when it is none. */
export function wholeSeconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d+(?:\.\d+)?(?:h|m|s|ms))+$/.test(text)) return undefined
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 }
  let seconds = 0
  for (const [, amount = "0", unit = "s"] of text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g))
    seconds += Number(amount) * (units[unit] ?? 0)
  return Math.floor(seconds)
}
