import { decodeUtf8, utf8 } from "../byte-string.ts"
import { arithmetic, compare } from "./arithmetic.ts"
import { parseDuration, parseTimestamp, printDuration, printTimestamp, timeFields } from "./time.ts"
import { CelError, type CelTime, type CelValue, isSame, kindName, numberOf, uint } from "./value.ts"

type Run = (...args: readonly CelValue[]) => CelValue | undefined

/** What a function answers; undefined: it has no overload for these kinds. */
interface CelFunction {
  /** Numbers of arguments, the receiver of a method among them. */
  readonly arity: readonly number[]
  /** Name in messages. */
  readonly shown: string
  readonly run: Run
}

const one = (shown: string, run: Run): CelFunction => ({ arity: [1], shown, run })
const two = (shown: string, run: Run): CelFunction => ({ arity: [2], shown, run })

const strings =
  (test: (a: string, b: string) => boolean): Run =>
  (a, b) =>
    typeof a === "string" && typeof b === "string" ? test(a, b) : undefined
const ordered =
  (test: (order: number) => boolean): Run =>
  (a, b) => {
    const order = compare(a ?? null, b ?? null)
    return order === undefined ? undefined : test(order)
  }
const calculated =
  (operator: "+" | "-" | "*" | "/" | "%"): Run =>
  (a, b) =>
    arithmetic(operator, a ?? null, b ?? null)

const functions: ReadonlyMap<string, CelFunction> = new Map<string, CelFunction>([
  ["==", two("_==_", (a, b) => isSame(a ?? null, b ?? null))],
  ["!=", two("_!=_", (a, b) => !isSame(a ?? null, b ?? null))],
  [
    "<",
    two(
      "_<_",
      ordered((order) => order < 0),
    ),
  ],
  [
    "<=",
    two(
      "_<=_",
      ordered((order) => order <= 0),
    ),
  ],
  [
    ">",
    two(
      "_>_",
      ordered((order) => order > 0),
    ),
  ],
  [
    ">=",
    two(
      "_>=_",
      ordered((order) => order >= 0),
    ),
  ],
  ["+", two("_+_", calculated("+"))],
  ["-", two("_-_", calculated("-"))],
  ["*", two("_*_", calculated("*"))],
  ["/", two("_/_", calculated("/"))],
  ["%", two("_%_", calculated("%"))],
  ["neg", one("-_", (a) => (typeof a === "number" ? -a : typeof a === "bigint" ? inInt(-a) : undefined))],
  ["!", one("!_", (a) => (typeof a === "boolean" ? !a : undefined))],
  ["in", two("@in", contains)],
  ["[]", two("_[_]", index)],
  [
    ".startsWith",
    two(
      "startsWith",
      strings((a, b) => a.startsWith(b)),
    ),
  ],
  [
    ".endsWith",
    two(
      "endsWith",
      strings((a, b) => a.endsWith(b)),
    ),
  ],
  [
    ".contains",
    two(
      "contains",
      strings((a, b) => a.includes(b)),
    ),
  ],
  ["matches", two("matches", strings(matches))],
  [".matches", two("matches", strings(matches))],
  ["size", one("size", size)],
  [".size", one("size", size)],
  ["string", one("string", toText)],
  ["int", one("int", toInt)],
  ["uint", one("uint", toUint)],
  ["double", one("double", toDouble)],
  ["bytes", one("bytes", (a) => (typeof a === "string" ? utf8(a) : a instanceof Uint8Array ? a : undefined))],
  ["bool", one("bool", (a) => (typeof a === "boolean" ? a : undefined))],
  ["dyn", one("dyn", (a) => a)],
  ["type", one("type", (a) => ({ kind: "type", name: kindName(a ?? null) }))],
  ["timestamp", one("timestamp", (a) => (typeof a === "string" ? parseTimestamp(a) : timeOf(a, "timestamp")))],
  ["duration", one("duration", (a) => (typeof a === "string" ? parseDuration(a) : timeOf(a, "duration")))],
  ...Object.entries(timeFields).map(([name, read]): [string, CelFunction] => [
    `.${name}`,
    {
      arity: [1, 2],
      shown: name,
      run: (a, zone) => {
        const time = timeOf(a, "timestamp") ?? timeOf(a, "duration")
        return time === undefined || (zone !== undefined && zone !== "UTC") ? undefined : read(time)
      },
    },
  ]),
])

/** Functions whose arguments are not all evaluated. */
const special: Readonly<Record<string, number>> = { "&&": 2, "||": 2, "?:": 3 }

/** Whether a function with so many arguments is known. @param name with a dot in front for a method, whose receiver counts */
export function isFunction(name: string, count: number): boolean {
  return special[name] === count || functions.get(name)?.arity.includes(count) === true
}

/** Calls a function. @throws CelError without an overload, and for values it cannot take */
export function callFunction(name: string, args: readonly CelValue[]): CelValue {
  const found = functions.get(name)
  const result = found?.run(...args)
  if (result !== undefined) return result
  throw new CelError(`No matching overloads found : ${found?.shown ?? name}(${args.map(kindName).join(", ")})`)
}

function contains(value: CelValue | undefined, container: CelValue | undefined): CelValue | undefined {
  if (typeof container !== "object" || container === null || container instanceof Uint8Array) {
    throw new CelError("No matching overloads found : @in")
  }
  if (container.kind === "list") return container.items.some((item) => isSame(item, value ?? null))
  if (container.kind === "map") return container.get(value ?? null) !== undefined
  throw new CelError("No matching overloads found : @in")
}

function index(container: CelValue | undefined, key: CelValue | undefined): CelValue | undefined {
  const own = typeof container === "object" && container !== null && "kind" in container ? container : undefined
  if (own?.kind === "list") {
    const at = numberOf(key ?? null)
    if (at === undefined) throw new CelError(`Index error: expected integer type, got ${kindName(key ?? null)}`)
    const item = own.items[Number(at)]
    if (item === undefined) throw new CelError(`Index error: index=${at} size=${own.items.length}`)
    return item
  }
  const fields = own?.kind === "message" ? own.fields : own?.kind === "map" ? own : undefined
  if (fields === undefined) throw new CelError(`Invalid container type: '${kindName(container ?? null)}'`)
  const found = fields.get(key ?? null)
  if (found === undefined) throw absentKey(key ?? null)
  return found
}

/** What is said of a key that is not there. */
export function absentKey(key: CelValue): CelError {
  const shown = typeof key === "string" ? `"${key}"` : String(numberOf(key) ?? key)
  return new CelError(`Key not found in map : ${shown}`)
}

function matches(text: string, pattern: string): boolean {
  try {
    // The engine's own expressions: what RE2 has, they have but for a few letters.
    return new RegExp(pattern, "u").test(text)
  } catch {
    throw new CelError("invalid regular expression")
  }
}

function size(value: CelValue | undefined): CelValue | undefined {
  if (typeof value === "string") return BigInt([...value].length)
  if (value instanceof Uint8Array) return BigInt(value.length)
  if (typeof value !== "object" || value === null) return undefined
  if (value.kind === "list") return BigInt(value.items.length)
  return value.kind === "map" && value.entries !== undefined ? BigInt(value.entries().length) : undefined
}

function toText(value: CelValue | undefined): CelValue | undefined {
  if (value instanceof Uint8Array) return decodeUtf8(value)
  if (["string", "bigint", "number", "boolean"].includes(typeof value)) return String(value)
  if (typeof value !== "object" || value === null) return undefined
  if (value.kind === "uint") return String(value.value)
  if (value.kind === "timestamp") return printTimestamp(value.nanos)
  return value.kind === "duration" ? printDuration(value.nanos) : undefined
}

function toInt(value: CelValue | undefined): CelValue | undefined {
  if (typeof value === "bigint") return value
  if (typeof value === "number") return inInt(BigInt(Math.trunc(finite(value))))
  if (typeof value === "string") {
    if (!/^[-+]?\d+$/.test(value)) throw new CelError("cannot convert string to int")
    return inInt(BigInt(value))
  }
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined
  if (value.kind === "uint") return inInt(value.value)
  return value.kind === "timestamp" ? value.nanos / 1_000_000_000n : undefined
}

function toUint(value: CelValue | undefined): CelValue | undefined {
  const number = typeof value === "string" ? textToUint(value) : numberOf(value ?? null)
  if (number === undefined) return undefined
  const whole = typeof number === "number" ? BigInt(Math.trunc(finite(number))) : number
  if (whole < 0n || BigInt.asUintN(64, whole) !== whole) throw new CelError("out of range")
  return uint(whole)
}

function textToUint(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new CelError("cannot convert string to uint")
  return BigInt(text)
}

function toDouble(value: CelValue | undefined): CelValue | undefined {
  if (typeof value === "string") {
    if (value.trim() === "" || Number.isNaN(Number(value))) throw new CelError("cannot convert string to double")
    return Number(value)
  }
  const number = numberOf(value ?? null)
  return number === undefined ? undefined : Number(number)
}

function timeOf(value: CelValue | undefined, kind: CelTime["kind"]): CelTime | undefined {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined
  return value.kind === kind && "nanos" in value ? value : undefined
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new CelError("double out of range")
  return value
}

function inInt(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new CelError("integer overflow")
  return value
}
