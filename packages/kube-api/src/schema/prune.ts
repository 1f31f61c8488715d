import type { PathStep } from "./path.ts"

/** A value without the members at some paths; what stays as it was is the same object. Items of lists are never taken out. */
export function withoutPaths(value: unknown, paths: readonly (readonly PathStep[])[]): unknown {
  if (typeof value !== "object" || value === null) return value
  let result: Record<PathStep, unknown> | unknown[] | undefined
  const copy = (): Record<PathStep, unknown> => {
    result ??= Array.isArray(value) ? [...value] : { ...value }
    return result as Record<PathStep, unknown>
  }
  for (const [step, inner] of byFirstStep(paths)) {
    if (!Object.hasOwn(value, step)) continue
    if (inner.some(({ length }) => length === 0)) {
      if (!Array.isArray(value)) delete copy()[step]
      continue
    }
    const member = (value as Readonly<Record<PathStep, unknown>>)[step]
    const rest = withoutPaths(member, inner)
    if (rest !== member) copy()[step] = rest
  }
  return result ?? value
}

function byFirstStep(paths: readonly (readonly PathStep[])[]): ReadonlyMap<PathStep, readonly (readonly PathStep[])[]> {
  const groups = new Map<PathStep, (readonly PathStep[])[]>()
  for (const [step, ...rest] of paths) {
    if (step === undefined) continue
    const group = groups.get(step)
    if (group === undefined) groups.set(step, [rest])
    else group.push(rest)
  }
  return groups
}
