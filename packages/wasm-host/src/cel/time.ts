import { CelError, type CelTime } from "./value.ts"

const second = 1_000_000_000n
const units: Readonly<Record<string, number>> = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1 }

/** A moment out of a text of RFC 3339. @throws CelError */
export function parseTimestamp(text: string): CelTime {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  const millis = found === null ? Number.NaN : Date.parse(`${found[1]}${found[3]}`)
  if (Number.isNaN(millis)) throw new CelError("String to Timestamp conversion failed")
  return { kind: "timestamp", nanos: BigInt(millis) * 1_000_000n + BigInt((found?.[2] ?? "").padEnd(9, "0")) }
}

/** A length of time out of a text such as `1h2m0.5s`. @throws CelError */
export function parseDuration(text: string): CelTime {
  const found = /^(-?)((?:\d+(?:\.\d*)?(?:h|ms|us|ns|m|s))+|0)$/.exec(text)
  if (found === null) throw new CelError("String to Duration conversion failed")
  let nanos = 0
  for (const [, amount, unit] of (found[2] ?? "").matchAll(/([\d.]+)(h|ms|us|ns|m|s)/g)) {
    nanos += Math.round(Number(amount) * (units[unit ?? ""] ?? 0))
  }
  return { kind: "duration", nanos: BigInt(found[1] === "-" ? -nanos : nanos) }
}

/** A moment as text of RFC 3339. */
export function printTimestamp(nanos: bigint): string {
  const rest = ((nanos % second) + second) % second
  const date = new Date(Number((nanos - rest) / 1_000_000n)).toISOString().slice(0, 19)
  return `${date}${rest === 0n ? "" : `.${String(rest).padStart(9, "0").replace(/0+$/, "")}`}Z`
}

/** A length of time as text, in seconds. */
export function printDuration(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos
  const rest = size % second
  const fraction = rest === 0n ? "" : `.${String(rest).padStart(9, "0").replace(/0+$/, "")}`
  return `${nanos < 0n ? "-" : ""}${size / second}${fraction}s`
}

const dateOf = ({ nanos }: CelTime): Date => new Date(Number(nanos / 1_000_000n))
const dayOfYear = (date: Date): number =>
  Math.floor(
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0)) /
      86_400_000,
  )
const calendar =
  (read: (date: Date) => number) =>
  (time: CelTime): bigint | undefined =>
    time.kind === "timestamp" ? BigInt(read(dateOf(time))) : undefined
const clock =
  (nanosPerUnit: bigint, read: (date: Date) => number) =>
  (time: CelTime): bigint =>
    time.kind === "duration" ? time.nanos / nanosPerUnit : BigInt(read(dateOf(time)))

/** Parts of a moment, in UTC, or of a length of time, by the name of their method. */
export const timeFields: Readonly<Record<string, (time: CelTime) => bigint | undefined>> = {
  getFullYear: calendar((date) => date.getUTCFullYear()),
  getMonth: calendar((date) => date.getUTCMonth()),
  getDate: calendar((date) => date.getUTCDate()),
  getDayOfMonth: calendar((date) => date.getUTCDate() - 1),
  getDayOfWeek: calendar((date) => date.getUTCDay()),
  getDayOfYear: calendar(dayOfYear),
  getHours: clock(3600n * second, (date) => date.getUTCHours()),
  getMinutes: clock(60n * second, (date) => date.getUTCMinutes()),
  getSeconds: clock(second, (date) => date.getUTCSeconds()),
  getMilliseconds: clock(1_000_000n, (date) => date.getUTCMilliseconds()),
}
