import { fromBytes, joinBytes } from "../byte-string.ts"
import { CelError, type CelTime, type CelValue, numberOf, uint } from "./value.ts"

/** A sum and the like of two values; undefined for kinds that have none. @throws CelError for an overflow or a division by zero */
export function arithmetic(operator: "+" | "-" | "*" | "/" | "%", a: CelValue, b: CelValue): CelValue | undefined {
  if (typeof a === "bigint" && typeof b === "bigint") return checked(whole(operator, a, b), 64, true)
  if (typeof a === "number" && typeof b === "number") return real(operator, a, b)
  if (operator === "+" && typeof a === "string" && typeof b === "string") return a + b
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return undefined
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return operator === "+" && a instanceof Uint8Array && b instanceof Uint8Array ? joinBytes([a, b]) : undefined
  }
  if (a.kind === "uint" && b.kind === "uint") return uint(checked(whole(operator, a.value, b.value), 64, false))
  if (operator === "+" && a.kind === "list" && b.kind === "list")
    return { kind: "list", items: [...a.items, ...b.items] }
  return "nanos" in a && "nanos" in b ? times(operator, a, b) : undefined
}

function whole(operator: string, a: bigint, b: bigint): bigint {
  switch (operator) {
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
  }
  if (b === 0n) throw new CelError(operator === "/" ? "divide by zero" : "modulus by zero")
  return operator === "/" ? a / b : a % b
}

function real(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
  }
  return operator === "/" ? a / b : undefined
}

function times(operator: string, a: CelTime, b: CelTime): CelTime | undefined {
  if (operator === "+") {
    if (a.kind === "timestamp" && b.kind === "timestamp") return undefined
    const kind = a.kind === b.kind ? "duration" : "timestamp"
    return { kind, nanos: a.nanos + b.nanos }
  }
  if (operator !== "-" || (a.kind === "duration" && b.kind === "timestamp")) return undefined
  return { kind: a.kind === b.kind ? "duration" : "timestamp", nanos: a.nanos - b.nanos }
}

function checked(value: bigint, bits: number, isSigned: boolean): bigint {
  if ((isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)) === value) return value
  throw new CelError(isSigned ? "integer overflow" : "unsigned integer overflow")
}

/** Negative, 0 or positive as `a` is before, with or after `b`; undefined for kinds without an order. */
export function compare(a: CelValue, b: CelValue): number | undefined {
  const [x, y] = [sortKey(a), sortKey(b)]
  if (x === undefined || y === undefined || x.kind !== y.kind) return undefined
  return x.key < y.key ? -1 : x.key > y.key ? 1 : 0
}

function sortKey(value: CelValue): { readonly kind: string; readonly key: number | bigint | string } | undefined {
  const number = numberOf(value)
  if (number !== undefined) return { kind: "number", key: number }
  if (typeof value === "string") return { kind: "string", key: value }
  if (typeof value === "boolean") return { kind: "bool", key: Number(value) }
  if (value instanceof Uint8Array) return { kind: "bytes", key: fromBytes(value) }
  return typeof value === "object" && value !== null && "nanos" in value
    ? { kind: value.kind, key: value.nanos }
    : undefined
}
