import { absentKey, callFunction } from "./functions.ts"
import type { CelNode } from "./parse.ts"
import { CelError, type CelMap, type CelValue, kindName, mapOf } from "./value.ts"

/** Values by name; undefined for a name nobody knows. */
export type CelScope = (name: string) => CelValue | undefined

/** Steps of one evaluation at most; cel-cpp bounds comprehensions alike. */
const stepLimit = 100_000

/** The value of an expression. @throws CelError when it has none */
export function evaluateCel(node: CelNode, scope: CelScope): CelValue {
  let steps = 0
  const run = (own: CelNode, names: CelScope): CelValue => {
    if (++steps > stepLimit) throw new CelError("Iteration budget exceeded")
    switch (own.kind) {
      case "value":
        return own.value
      case "name": {
        const value = names(own.name)
        if (value === undefined) throw new CelError(`No value with name "${own.name}" found in Activation`)
        return value
      }
      case "field":
        return fieldOf(run(own.of, names), own.name, own.isTest)
      case "list":
        return { kind: "list", items: own.items.map((item) => run(item, names)) }
      case "map":
        return mapOf(own.entries.map(([key, value]) => [run(key, names), run(value, names)] as const))
      case "macro":
        return runMacro(own, (inner, variable) =>
          run(inner, variable === undefined ? names : (name) => (name === own.variable ? variable : names(name))),
        )
      case "call":
        break
    }
    const { name, args } = own
    if (name === "&&" || name === "||") return logical(name, args, (inner) => run(inner, names))
    if (name === "?:") {
      const [test, yes, no] = args
      const decision = test === undefined ? null : run(test, names)
      if (typeof decision !== "boolean") throw new CelError("No matching overloads found : <jump_condition>")
      return run((decision ? yes : no) ?? own, names)
    }
    return callFunction(
      name,
      args.map((arg) => run(arg, names)),
    )
  }
  return run(node, scope)
}

function fieldOf(of: CelValue, name: string, isTest: boolean): CelValue {
  const fields = fieldsOf(of)
  if (fields === undefined) throw new CelError(`Applying SELECT to non-message type: '${kindName(of)}'`)
  const value = fields.get(name)
  if (isTest) return value !== undefined
  if (value === undefined) throw absentKey(name)
  return value
}

function fieldsOf(value: CelValue): CelMap | undefined {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined
  if (value.kind === "message") return value.fields
  return value.kind === "map" ? value : undefined
}

/** One side decides whatever the other is, an error too. */
function logical(name: "&&" | "||", args: readonly CelNode[], run: (node: CelNode) => CelValue): boolean {
  const decides = name === "||"
  let error: CelError | undefined
  for (const arg of args) {
    try {
      const value = run(arg)
      if (value === decides) return decides
      if (typeof value !== "boolean") throw new CelError(`No matching overloads found : _${name}_`)
    } catch (found) {
      if (!(found instanceof CelError)) throw found
      error ??= found
    }
  }
  if (error !== undefined) throw error
  return !decides
}

function runMacro(
  node: Extract<CelNode, { readonly kind: "macro" }>,
  run: (node: CelNode, variable?: CelValue) => CelValue,
): CelValue {
  const range = run(node.of)
  const items = itemsOf(range)
  const [first, second] = node.args
  if (items === undefined || first === undefined) throw new CelError("No matching overloads found : <iter_range>")
  const holds = (item: CelValue): boolean => run(first, item) === true
  switch (node.name) {
    case "all":
      return items.every(holds)
    case "exists":
      return items.some(holds)
    case "exists_one":
      return items.filter(holds).length === 1
    case "filter":
      return { kind: "list", items: items.filter(holds) }
    case "map":
      return {
        kind: "list",
        items:
          second === undefined
            ? items.map((item) => run(first, item))
            : items.filter(holds).map((item) => run(second, item)),
      }
  }
}

function itemsOf(value: CelValue): readonly CelValue[] | undefined {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined
  if (value.kind === "list") return value.items
  return value.kind === "map" ? value.entries?.().map(([key]) => key) : undefined
}
