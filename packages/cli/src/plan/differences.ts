/** A place where two JSON values differ; a side that has nothing there is absent. */
export interface Difference {
  /** `virtualHosts[0].routes[2].route.timeout`; empty: the value itself. */
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

/** Values that are paired by name instead of by place, where every one of a list has one. */
const nameOf = (value: unknown): string | undefined =>
  isRecord(value) && typeof value.name === "string" ? value.name : undefined

/**
 * Places where two values in JSON form differ, in order of path, at most `limit`.
 *
 * In lists whose members all have names of their own, members are paired by name, so that one more at the front is one
 * difference; other lists are compared place by place.
 */
export function differences(before: unknown, after: unknown, limit: number, path = ""): readonly Difference[] {
  if (limit <= 0) return []
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(before, after, limit, path)
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    return collect(limit, keys, (key, rest) =>
      differences(before[key], after[key], rest, path === "" ? key : `${path}.${key}`),
    )
  }
  if (before === after) return []
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }]
}

function listDifferences(
  before: readonly unknown[],
  after: readonly unknown[],
  limit: number,
  path: string,
): readonly Difference[] {
  const old = byName(before)
  const now = byName(after)
  if (old !== undefined && now !== undefined) {
    const names = [...new Set([...old.keys(), ...now.keys()])]
    const found = collect(limit, names, (name, rest) =>
      differences(old.get(name), now.get(name), rest, `${path}[${name}]`),
    )
    const isMoved = found.length === 0 && [...old.keys()].join("\n") !== [...now.keys()].join("\n")
    return isMoved ? [{ path, before: [...old.keys()], after: [...now.keys()] }] : found
  }
  const places = Array.from({ length: Math.max(before.length, after.length) }, (_, i) => i)
  return collect(limit, places, (i, rest) => differences(before[i], after[i], rest, `${path}[${i}]`))
}

function byName(list: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const named = new Map(list.map((each) => [nameOf(each) ?? "", each]))
  return named.size === list.length && !named.has("") ? named : undefined
}

function collect<T>(
  limit: number,
  each: readonly T[],
  find: (item: T, rest: number) => readonly Difference[],
): readonly Difference[] {
  const found: Difference[] = []
  for (const item of each) {
    if (found.length >= limit) break
    found.push(...find(item, limit - found.length))
  }
  return found
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
