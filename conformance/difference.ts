/** The first places where two values differ. */
export interface Difference {
  readonly path: string
  readonly expected: unknown
  readonly actual: unknown
}

/** Differences of two plain values in order of path, at most `limit`. */
export function differences(expected: unknown, actual: unknown, limit: number, path = ""): Difference[] {
  if (limit <= 0) return []
  if (Array.isArray(expected) && Array.isArray(actual)) return listDifferences(expected, actual, limit, path)
  if (isRecord(expected) && isRecord(actual)) return recordDifferences(expected, actual, limit, path)
  return Object.is(expected, actual) ? [] : [{ path, expected, actual }]
}

function listDifferences(
  expected: readonly unknown[],
  actual: readonly unknown[],
  limit: number,
  path: string,
): Difference[] {
  const found: Difference[] =
    expected.length === actual.length
      ? []
      : [{ path: `${path}.length`, expected: expected.length, actual: actual.length }]
  for (let i = 0; i < Math.min(expected.length, actual.length); i++) {
    found.push(...differences(expected[i], actual[i], limit - found.length, `${path}[${i}]`))
  }
  return found
}

function recordDifferences(
  expected: Record<string, unknown>,
  actual: Record<string, unknown>,
  limit: number,
  path: string,
): Difference[] {
  const found: Difference[] = []
  for (const key of [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort()) {
    found.push(...differences(expected[key], actual[key], limit - found.length, `${path}.${key}`))
  }
  return found
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** A difference in one line, values cut to a readable length. */
export function shown({ path, expected, actual }: Difference): string {
  return `${path}: expected ${cut(expected)}; got ${cut(actual)}`
}

function cut(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value)
  return text.length > 160 ? `${text.slice(0, 157)}...` : text
}
