/** A version in the order of Semantic Versioning. */
interface ParsedVersion {
  readonly numbers: readonly number[]
  readonly before: readonly string[]
}

const pattern = /^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]{1,128}))?(?:\+[0-9A-Za-z.-]{1,128})?$/

/**
 * Which of two versions is newer: below 0 when the first is older, 0 when they are equal, above 0 when it is newer.
 *
 * Undefined when one of them is no version. A leading `v` and missing parts are allowed. Source: Semantic Versioning 2.0.0.
 */
export function compareVersions(a: string, b: string): number | undefined {
  const [left, right] = [parse(a), parse(b)]
  if (left === undefined || right === undefined) return undefined
  for (const [at, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[at] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return comparePreReleases(left.before, right.before)
}

function parse(text: string): ParsedVersion | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const before = match[4]?.split(".") ?? []
  return before.includes("") ? undefined : { numbers: [1, 2, 3].map((at) => Number(match[at] ?? 0)), before }
}

function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length)
  for (const [at, left] of a.entries()) {
    const right = b[at]
    if (right === undefined) return 1
    if (left === right) continue
    const [isLeftNumber, isRightNumber] = [left, right].map((each) => /^\d+$/.test(each))
    if (isLeftNumber && isRightNumber) return Math.sign(Number(left) - Number(right))
    if (isLeftNumber !== isRightNumber) return isLeftNumber ? -1 : 1
    return left < right ? -1 : 1
  }
  return a.length === b.length ? 0 : -1
}
