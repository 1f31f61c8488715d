// Methods that look like a callback and are none: nothing calls them, and the compiler has nothing against them.
import { type ClassElement, type ProgramView, sdkBases, userClasses } from "./unused-callbacks.ts"

/** One line for each method of a class on top of the SDK's whose name is almost that of a callback. */
export function misspeltCallbacks(program: ProgramView): readonly string[] {
  return userClasses(program).flatMap((candidate) => {
    const known = sdkBases(candidate).flatMap(callbacksOf)
    return callbacksOf(candidate).flatMap((method) => {
      const meant = known.includes(method) ? undefined : known.find((name) => isAlmost(method, name))
      const where = candidate.internalName.slice(candidate.internalName.lastIndexOf("/") + 1)
      return meant === undefined ? [] : [`nothing calls ${where}.${method}; did you mean ${meant}?`]
    })
  })
}

function callbacksOf({ instanceMembers }: ClassElement): readonly string[] {
  return [...(instanceMembers?.keys() ?? [])].filter((name) => name.startsWith("on"))
}

/** Whether two names differ in case only, or in one or two letters. */
function isAlmost(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()]
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return (row[b.length] ?? 3) <= 2
}
