import { describe, expect, it } from "vitest"
import { AttacheError, errorFrom, isAttacheError, messageOf, unreachable } from "./errors.ts"

describe("AttacheError", () => {
  it("has a code, says when to retry, and keeps cause, facts and hint", () => {
    const cause = new Error("ECONNRESET")
    const error = new AttacheError("ATT_OCI_UNREACHABLE", "cannot reach registry", {
      retry: "later",
      cause,
      facts: { port: 5000 },
      hint: "check the address",
    })
    expect(error).toMatchObject({
      name: "AttacheError",
      code: "ATT_OCI_UNREACHABLE",
      message: "cannot reach registry",
      retry: "later",
      facts: { port: 5000 },
      hint: "check the address",
    })
    expect(error.cause).toBe(cause)
  })

  it("is never retried by default", () => {
    const error = new AttacheError("ATT_X_Y", "x")
    expect([error.retry, error.facts, error.hint, "cause" in error]).toEqual(["never", {}, undefined, false])
  })

  it("is known by its mark, also when another copy of the package made it", () => {
    const foreign = Object.assign(new Error("x"), { [Symbol.for("attache.error")]: true })
    expect([new AttacheError("ATT_X_Y", "x"), foreign].map(isAttacheError)).toEqual([true, true])
    expect([new Error("x"), null, undefined, "ATT_X_Y", {}].map(isAttacheError)).toEqual(Array(5).fill(false))
  })
})

describe("errorFrom", () => {
  it("passes its own kind through and wraps the rest", () => {
    const own = new AttacheError("ATT_A_B", "own")
    expect(errorFrom(own, "ATT_C_D", "reading")).toBe(own)
    const wrapped = errorFrom(new Error("EACCES"), "ATT_C_D", "reading a.yaml", { retry: "now", facts: { path: "a" } })
    expect(wrapped).toMatchObject({ code: "ATT_C_D", message: "reading a.yaml: EACCES", retry: "now" })
    expect((wrapped.cause as Error).message).toBe("EACCES")
  })
})

describe("messageOf", () => {
  const refused = new AggregateError([
    new Error("refused ::1"),
    new Error("refused 127.0.0.1"),
    new Error("refused ::1"),
  ])
  it.each([
    [new Error("plain"), "plain"],
    [new RangeError(""), "RangeError"],
    ["text", "text"],
    [undefined, "undefined"],
    [Object.create(null), "[object Object]"],
    [refused, "refused ::1; refused 127.0.0.1"],
    [new AggregateError([], "all failed"), "all failed"],
    [new AggregateError([]), "AggregateError"],
    [new TypeError("fetch failed", { cause: refused }), "fetch failed: refused ::1; refused 127.0.0.1"],
    [new TypeError("fetch failed"), "fetch failed"],
  ])("of %s", (value, want) => {
    expect(messageOf(value)).toBe(want)
  })
})

describe("unreachable", () => {
  it("throws a plain error", () => {
    expect(() => unreachable("kind Pod")).toThrow(new Error("unreachable: kind Pod"))
  })
})
