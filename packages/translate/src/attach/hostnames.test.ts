import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { covers, intersectHostname, routeHosts } from "./hostnames.ts"

describe("intersectHostname", () => {
  it.each([
    [undefined, "a.example.com", "a.example.com"],
    ["a.example.com", "a.example.com", "a.example.com"],
    ["a.example.com", "b.example.com", undefined],
    ["*.example.com", "a.b.example.com", "a.b.example.com"],
    ["*.example.com", "example.com", undefined],
    ["a.example.com", "*.example.com", "a.example.com"],
    ["*.example.com", "*.com", "*.example.com"],
    ["*.com", "*.example.com", "*.example.com"],
    ["*.example.com", "*.example.org", undefined],
  ])("of %s and %s is %s", (listener, route, common) => {
    expect(intersectHostname(listener, route)).toBe(common)
  })

  it("does not depend on who is listener and who is route", () => {
    const label = fc.stringMatching(/^[a-z]{1,3}$/)
    const name = fc.tuple(fc.boolean(), fc.array(label, { minLength: 1, maxLength: 3 }))
    const text = name.map(([isWild, labels]) => (isWild ? `*.${labels.join(".")}` : labels.join(".")))
    fc.assert(fc.property(text, text, (a, b) => intersectHostname(a, b) === intersectHostname(b, a)))
  })
})

describe("covers", () => {
  it("wants at least one character for the star", () => {
    expect(covers("*.example.com", ".example.com")).toBe(false)
    expect(covers("*.example.com", "x.example.com")).toBe(true)
  })
})

describe("routeHosts", () => {
  it.each<[readonly string[], string | undefined, readonly (string | undefined)[], readonly string[]]>([
    [[], undefined, [], ["*"]],
    [[], "*.example.com", ["*.example.com"], ["*.example.com"]],
    [["b.com", "a.com", "b.com"], undefined, [], ["a.com", "b.com"]],
    [["a.com", "b.com"], undefined, ["a.com"], ["b.com"]],
    [["a.org"], "*.com", [], []],
  ])("of %j on %s beside %j are %j", (route, listener, others, hosts) => {
    expect(routeHosts(route, listener, others)).toEqual(hosts)
  })
})
