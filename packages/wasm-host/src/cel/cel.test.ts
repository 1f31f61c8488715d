import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { evaluateCel } from "./evaluate.ts"
import { parseExpression } from "./parse.ts"
import { CelError, type CelValue, mapOf, serializeCel } from "./value.ts"

const request = mapOf([
  ["path", "/api/x"],
  ["size", 7n],
  ["headers", mapOf([["a", "1"]])],
  ["time", { kind: "timestamp", nanos: 1_767_225_600_000_000_000n }],
])
const scope = (name: string): CelValue | undefined => (name === "request" ? request : undefined)

/** Bytes a module would get, as hexadecimal; or the error's text. */
function outcome(text: string): string {
  const node = parseExpression(text)
  if ("stage" in node) return `${node.stage}: ${node.message.split("\n")[0]}`
  try {
    const bytes = serializeCel(evaluateCel(node, scope))
    return bytes === undefined ? "no bytes" : Buffer.from(bytes).toString("hex")
  } catch (error) {
    if (error instanceof CelError) return error.message
    throw error
  }
}
const int = (value: number): string => Buffer.from(BigInt64Array.of(BigInt(value)).buffer).toString("hex")
const double = (value: number): string => Buffer.from(Float64Array.of(value).buffer).toString("hex")
const text = (value: string): string => Buffer.from(value).toString("hex")

describe("expressions", () => {
  it.each([
    ["request.path", text("/api/x")],
    ["request.headers['a'] + request.headers.a", text("11")],
    ["request.path.startsWith('/api') && request.size >= 7", "01"],
    ["request.size in [1, 7] ? 'yes' : 'no'", text("yes")],
    ["1 + 2 * 3 - 4 / 2", int(5)],
    ["-7 % 3", int(-1)],
    ["(1.5 + 0.5) * 2.0", double(4)],
    ["1u + 2u == 3u && 1 == 1.0 && 2 > 1.5", "01"],
    ["size('häß') == 3 && 'abc'.size() == 3 && size([1, 2]) == 2 && size({'a': 1}) == 1", "01"],
    ["'a\\u0062\\n' + r'\\n' + '''c'''", text("ab\n\\nc")],
    ["b'\\xff' + bytes('a')", "ff61"],
    ["[1, 2, 3].filter(x, x > 1).map(x, x * 10) == [20, 30]", "01"],
    ["[1, 2].exists(x, x == 2) && [1, 2].all(x, x > 0) && [1, 2].exists_one(x, x > 1)", "01"],
    ["has(request.path) && !has(request.nope)", "01"],
    ["{'a': 1, 'b': 2}['b']", int(2)],
    ["'a' in {'a': 1} && !(3 in [1, 2])", "01"],
    ["string(1.5) + string(true) + string(duration('90s'))", text("1.5true90s")],
    ["string(timestamp('2026-01-02T03:04:05.5Z') + duration('1s'))", text("2026-01-02T03:04:06.5Z")],
    ["request.time.getFullYear() == 2026 && duration('2h').getHours() == 2", "01"],
    ["timestamp('2026-03-01T00:00:00Z').getDayOfYear()", int(59)],
    ["int('-12') + int(3.9) + int(4u)", int(-5)],
    ["type(1) == type(2)", "01"],
    ["true || request.nope", "01"],
    ["request.nope && false", "00"],
    ["null", "no bytes"],
    ["type(1)", "no bytes"],
  ])("%s", (expression, want) => expect(outcome(expression)).toBe(want))
  it.each([
    ["request.nope", 'Key not found in map : "nope"'],
    ["nope", 'No value with name "nope" found in Activation'],
    ["1 / 0", "divide by zero"],
    ["1 + 'a'", "No matching overloads found : _+_(int64, string)"],
    ["9223372036854775807 + 1", "integer overflow"],
    ["1 ? 2 : 3", "No matching overloads found : <jump_condition>"],
    ["request.path[0]", "Invalid container type: 'string'"],
    ["int('x')", "cannot convert string to int"],
    ["1 in 2", "No matching overloads found : @in"],
    ["'a'.matches('(')", "invalid regular expression"],
    ["foo(1)", "compile: No overloads provided for FunctionStep creation"],
    ["getHours(request.time)", "compile: No overloads provided for FunctionStep creation"],
    ["", expect.stringMatching(/^parse: ERROR: <input>:1:1: Syntax error: mismatched input '<EOF>' expecting \{/)],
    ["a b", "parse: ERROR: <input>:1:3: Syntax error: extraneous input 'b' expecting <EOF>"],
    ["(1", "parse: ERROR: <input>:1:3: Syntax error: missing ')' at '<EOF>'"],
    ["a.", "parse: ERROR: <input>:1:3: Syntax error: no viable alternative at input '.'"],
    ["#", "parse: ERROR: <input>:1:1: Syntax error: token recognition error at: '#'"],
    ["9223372036854775808", "parse: ERROR: <input>:1:1: Syntax error: invalid int literal"],
  ])("%s is refused", (expression, want) => expect(outcome(expression)).toEqual(want))
  it("bounds nesting and work", () => {
    expect(outcome("(".repeat(1000))).toContain("nested too deeply")
    const many = `[${"1,".repeat(399)}1]`
    expect(outcome(`${many}.all(a, ${many}.all(b, a == b))`)).toBe("Iteration budget exceeded")
  })
  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (any) => void outcome(any)))
    const piece = fc.constantFrom(
      "1",
      "'a'",
      "request",
      ".path",
      "[",
      "]",
      "(",
      ")",
      "+",
      "&&",
      "?",
      ":",
      "{",
      "}",
      ",",
      ".map(x,",
      "!",
      "-",
      "in",
    )
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => void outcome(pieces.join(" "))))
  })
})
