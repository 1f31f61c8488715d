import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { quoteRegex } from "./cors.ts"
import { emptyFilterDraft } from "./filter-draft.ts"
import { isHeaderValue, readHeaderModifier } from "./header-modifier.ts"
import { regexError } from "./regular-expression.ts"
import { filterParts } from "./route-draft.ts"
import { planSession, readSession } from "./session.ts"
import { parseDuration, planRetry, planTimeouts, protoDuration } from "./timeouts.ts"
import { readExtendedRewrite, readUrlRewrite } from "./url-rewrite.ts"

describe("readHeaderModifier", () => {
  const read = (modifier: object, direction: "Request" | "Response" = "Request") => {
    const draft = emptyFilterDraft()
    readHeaderModifier(draft, direction, modifier as never)
    return draft
  }

  it("keeps the first of two spellings", () => {
    const { requestHeaders } = read({
      add: [{ name: "A", value: "1" }],
      set: [{ name: "a", value: "2" }],
      remove: ["X", "x"],
    })
    expect(requestHeaders).toEqual({ add: [{ name: "A", value: "1" }], set: [], remove: ["X"] })
  })

  it("keeps good entries beside bad ones", () => {
    const draft = read(
      {
        add: [
          { name: "good", value: "1" },
          { name: "host", value: "1" },
        ],
      },
      "Response",
    )
    expect(draft.responseHeaders.add).toHaveLength(1)
    expect(draft.errors.map((e) => e.message)).toEqual([
      `Header: "host". The ResponseHeaderModifier filter cannot set the Host header or headers with a '/' or ':' character in them.`,
    ])
  })

  it("says so when nothing is left", () => {
    const draft = read({ add: [{ name: "bad:name", value: "1" }] })
    expect(draft.errors[0]?.message).toBe(
      "RequestHeaderModifier Filter did not provide valid configuration to add/set/remove any headers",
    )
  })

  it.each([
    ["", false],
    ["a", true],
    ["a b", true],
    ["a  b", false],
    [" a", false],
    ["ä", false],
    ["a\tb", true],
  ])("takes value %j: %s", (value, isValid) => expect(isHeaderValue(value)).toBe(isValid))
})

describe("durations", () => {
  it.each([
    ["1h30m", 5_400_000],
    ["500ms", 500],
    ["0s", 0],
    ["", undefined],
    ["5", undefined],
    ["1d", undefined],
  ])("reads %j", (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds))

  it("reads what it can print", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 99_999 }),
        (s) => parseDuration(`${s}s`) === s * 1000 && protoDuration(s * 1000) === `${s}s`,
      ),
    )
  })
})

describe("planTimeouts", () => {
  it.each([
    [{ timeouts: { request: "10s" } }, { request: "10s", idle: "3600s" }],
    [{ timeouts: { request: "2h" } }, { request: "7200s", idle: "7200s" }],
    [{ timeouts: { request: "0s" } }, { request: "0s", idle: "0s" }],
    [{ timeouts: { request: "10s", backendRequest: "5s" } }, { request: "5s", idle: "3600s" }],
    [
      { timeouts: { request: "10s", backendRequest: "5s" }, retry: {} },
      { request: "10s", idle: "3600s" },
    ],
    [{ timeouts: { request: "soon" } }, { request: "15s", idle: "3600s" }],
    [{ timeouts: { backendRequest: "5s" }, retry: {} }, undefined],
    [{}, undefined],
  ])("of %j", (rule, timeouts) => expect(planTimeouts(rule)).toEqual(timeouts))
})

describe("planRetry", () => {
  it("gives one try the backend's timeout when there is a backoff", () => {
    const rule = { timeouts: { backendRequest: "5s" }, retry: { attempts: 4, backoff: "100ms", codes: [500] } }
    expect(planRetry(rule)).toEqual({ numRetries: 4, statusCodes: [500], baseInterval: "0.1s", perTryTimeout: "5s" })
    expect(planRetry({ ...rule, retry: {} })).toEqual({})
  })
})

describe("sessions", () => {
  it.each([
    [{ type: "exact", value: "/a" }, "/a"],
    [{ type: "prefix", value: "/a/" }, "/a/"],
    [{ type: "regex", value: "/v1/.*/x" }, "/v1"],
    [{ type: "regex", value: ".*" }, ""],
    [{ type: "regex", value: "/.*/x" }, ""],
    [undefined, "/"],
  ] as const)("have cookies for the path of %j", (path, cookiePath) => {
    expect(planSession({ name: "s", type: "cookie" }, path)).toEqual({ name: "s", type: "cookie", cookiePath })
  })

  it("live as long as permanent cookies may", () => {
    const sessionPersistence = { sessionName: "s", absoluteTimeout: "1h", cookieConfig: { lifetimeType: "Permanent" } }
    expect(readSession({ sessionPersistence } as never, "d")).toEqual({
      session: { name: "s", type: "cookie", cookieTtl: "3600s" },
    })
  })
})

describe("rewrites", () => {
  it("strips a prefix that is replaced by nothing", () => {
    const draft = emptyFilterDraft()
    readUrlRewrite(draft, { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/" } } as never)
    const traits = {
      kind: "httproute",
      metadata: { kind: "", namespace: "", name: "" },
      origin: { object: "", field: "" },
      filters: draft,
      extensionRefs: [],
    } as const
    expect(filterParts(traits, { type: "prefix", value: "/a/" }).urlRewrite?.path).toEqual({
      type: "strip-prefix",
      prefix: "/a/",
    })
    expect(filterParts(traits, { type: "exact", value: "/a" }).urlRewrite?.path).toEqual({ type: "prefix", value: "" })
  })

  it("refuses a second one of the same part, from whichever side", () => {
    const draft = emptyFilterDraft()
    readUrlRewrite(draft, { hostname: "a.com" } as never)
    expect(readExtendedRewrite(draft, { hostname: { type: "Backend" } } as never)).toBe(true)
    expect(
      readExtendedRewrite(draft, {
        path: { type: "ReplaceRegexMatch", replaceRegexMatch: { pattern: "a", substitution: "b" } },
      } as never),
    ).toBe(false)
    expect(draft.errors).toHaveLength(1)
    expect(draft.path?.type).toBe("regex")
  })
})

describe("expressions", () => {
  it("quotes any text to match itself", () => {
    fc.assert(fc.property(fc.string(), (text) => new RegExp(`^${quoteRegex(text)}$`, "s").test(text)))
  })

  it.each(["(?=a)", "\\1", "a**", "[b-a]"])("refuses %s as RE2 does", (pattern) =>
    expect(regexError(pattern)).toMatch(/^error parsing regexp: /),
  )
})
