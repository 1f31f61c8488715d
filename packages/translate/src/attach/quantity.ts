/** Powers by suffix; fractions of one (`m` and smaller) are no whole numbers and so no sizes. */
const factors: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** A Kubernetes quantity (`20Mi`, `32768`, `1e3`) as a number of any size, or undefined when it is none or not whole. */
export function wholeQuantity(value: number | string | undefined): number | undefined {
  if (value === undefined) return undefined
  const match = /^([+-]?\d+(?:\.\d+)?)(?:[eE]([+-]?\d+)|([KMGTPE]i|[kMGTPE]))?$/.exec(String(value))
  if (match === null) return undefined
  const factor = match[2] === undefined ? factors[match[3] ?? ""] : 10 ** Number(match[2])
  const result = Number(match[1]) * (factor ?? Number.NaN)
  return Number.isInteger(result) ? result : undefined
}

/** A Kubernetes quantity as a whole number, or undefined when it is none or does not fit 32 bits. */
export function quantity(value: number | string | undefined): number | undefined {
  const result = wholeQuantity(value)
  return result !== undefined && result >= 0 && result < 2 ** 32 ? result : undefined
}

/** Whole seconds of a Gateway API duration such as `1h30m`, rounded down; undefined when it is none. */
export function wholeSeconds(text: string | undefined): number | undefined {
  const found = milliseconds(text)
  return found === undefined ? undefined : Math.floor(found / 1000)
}

const unitMilliseconds: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** Milliseconds of a Gateway API duration; undefined when the text is none. */
export function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d+(?:\.\d+)?(?:h|m|s|ms))+$/.test(text)) return undefined
  let sum = 0
  for (const [, amount = "0", unit = "s"] of text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g))
    sum += Number(amount) * (unitMilliseconds[unit] ?? 0)
  return sum
}
