const unitNanos: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}

/** A protobuf Duration as `create` takes it. */
export interface DurationInit {
  readonly seconds: bigint
  readonly nanos: number
}

/**
 * Reads a duration of protobuf JSON (`0.5s`) or of the Gateway API (`1h30m`, `500ms`).
 *
 * Throws on any other text: the plan holds only durations that were checked.
 */
export function duration(text: string): DurationInit {
  const sign = text.startsWith("-") ? -1n : 1n
  let rest = sign < 0n ? text.slice(1) : text
  if (rest === "0") rest = "0s"
  let nanos = 0n
  if (rest === "") throw new Error("empty duration")
  while (rest !== "") {
    const match = /^(\d+)(?:\.(\d+))?(ns|us|µs|ms|s|m|h)/.exec(rest)
    const unit = unitNanos[match?.[3] ?? ""]
    if (match === null || unit === undefined) throw new Error(`not a duration: ${text}`)
    const fraction = match[2] ?? ""
    nanos += BigInt(match[1] ?? "0") * unit
    if (fraction !== "") nanos += (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length)
    rest = rest.slice(match[0].length)
  }
  nanos *= sign
  return { seconds: nanos / 1_000_000_000n, nanos: Number(nanos % 1_000_000_000n) }
}

/** Milliseconds of a duration text, for names and comparisons. */
export function milliseconds(text: string): number {
  const { seconds, nanos } = duration(text)
  return Number(seconds) * 1000 + nanos / 1_000_000
}
