import type { PathStep } from "../schema/path.ts"

/** What of a value does not fit the world of JSON. */
export interface Inspection {
  /** More nodes than allowed, with aliases written out; nothing else is told then. */
  readonly isTooLarge: boolean
  /** Numbers beyond 2^53 or no numbers at all; the first 100. */
  readonly oddNumbers: readonly { readonly path: readonly PathStep[]; readonly value: number }[]
}

const maxOdd = 100

/** Counts a value's nodes and finds numbers that cannot be kept. Aliases count each time they are used, so loops end. */
export function inspect(root: unknown, maxNodes: number): Inspection {
  const stack: unknown[] = [root]
  let count = 0
  let hasOdd = false
  while (stack.length > 0) {
    const node = stack.pop()
    count++
    if (count > maxNodes) return { isTooLarge: true, oddNumbers: [] }
    if (typeof node === "number") hasOdd ||= isOdd(node)
    else if (Array.isArray(node)) for (const item of node) stack.push(item)
    else if (typeof node === "object" && node !== null) for (const name in node) stack.push(node[name as never])
    if (stack.length > maxNodes) return { isTooLarge: true, oddNumbers: [] }
  }
  return { isTooLarge: false, oddNumbers: hasOdd ? oddNumbers(root) : [] }
}

function isOdd(value: number): boolean {
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))
}

function oddNumbers(root: unknown): Inspection["oddNumbers"] {
  const found: { readonly path: readonly PathStep[]; readonly value: number }[] = []
  const visit = (node: unknown, path: readonly PathStep[]): void => {
    if (found.length >= maxOdd) return
    if (typeof node === "number" && isOdd(node)) found.push({ path, value: node })
    if (Array.isArray(node)) for (const [index, item] of node.entries()) visit(item, [...path, index])
    else if (typeof node === "object" && node !== null)
      for (const [name, member] of Object.entries(node)) visit(member, [...path, name])
  }
  visit(root, [])
  return found
}
