import { describe, expect, it } from "vitest"
import type { DestinationSetting } from "../../plan/index.ts"
import { object, readsOf } from "../test-world.ts"
import { type MergeRule, mergeBackends } from "./merge-backends.ts"

const rule: MergeRule = { hasSessionPersistence: false, hasFallback: false, isSplittable: true, backendRefs: 1 }
const setting = (name: string, rest: Partial<DestinationSetting> = {}): DestinationSetting => ({
  name: `rule/0/backend/${name}`,
  protocol: "http",
  addressType: "ip",
  endpoints: { type: "fixed", endpoints: [] },
  metadata: { kind: "Service", namespace: "shop", name },
  ...rest,
})
const reads = readsOf([
  object("Service", "shop/a", { metadata: { labels: { share: "yes" } } }),
  object("Service", "shop/b"),
])

function clusters(settings: readonly DestinationSetting[], more: Partial<MergeRule> = {}, selector?: object) {
  const merge = selector === undefined ? {} : { selector: selector as Readonly<Record<string, unknown>> }
  const candidates = settings.map((each) => ({ setting: each, port: 8080 }))
  return mergeBackends(reads, merge, { ...rule, backendRefs: settings.length, ...more }, candidates).map(
    ({ mergedCluster }) => mergedCluster,
  )
}

describe("mergeBackends", () => {
  it("names clusters by backend, port and protocol", () => {
    expect(clusters([setting("a"), setting("b", { protocol: "grpc" })])).toEqual([
      "service/shop/a/8080/http",
      "service/shop/b/8080/grpc",
    ])
    const backend = setting("x", { metadata: { kind: "Backend", namespace: "shop", name: "x" }, protocol: "ws" })
    expect(mergeBackends(reads, {}, rule, [{ setting: backend }])[0]?.mergedCluster).toBe("backend/shop/x/0/http")
  })

  it.each<[string, Partial<DestinationSetting>]>([
    ["filters", { filters: {} }],
    ["a kind of an extension server", { isCustom: true }],
    ["names resolved on request", { addressType: "dynamic-resolver" }],
  ])("leaves a backend with %s alone", (_, rest) => {
    expect(clusters([setting("a", rest), setting("b")])).toEqual([undefined, "service/shop/b/8080/http"])
  })

  it.each<[string, readonly DestinationSetting[], Partial<MergeRule>]>([
    ["keeps sessions", [setting("a"), setting("b")], { hasSessionPersistence: true }],
    ["has a fallback", [setting("a"), setting("b", { priority: 1 })], { hasFallback: true }],
    ["cannot be split", [setting("a"), setting("b")], { isSplittable: false }],
    [
      "has another backendRef without weight, and keeps sessions",
      [setting("a")],
      { hasSessionPersistence: true, backendRefs: 2 },
    ],
  ])("leaves a rule alone that %s", (_, settings, more) => {
    expect(clusters(settings, more)).toEqual(settings.map(() => undefined))
  })

  it("shares a single backend whatever the rule does", () => {
    expect(clusters([setting("a")], { hasSessionPersistence: true, isSplittable: false })).toEqual([
      "service/shop/a/8080/http",
    ])
  })

  it("shares what a selector takes", () => {
    expect(clusters([setting("a"), setting("b")], {}, { matchLabels: { share: "yes" } })).toEqual([
      "service/shop/a/8080/http",
      undefined,
    ])
  })

  it("does nothing when nobody asks for it", () => {
    expect(mergeBackends(reads, undefined, rule, [{ setting: setting("a") }])).toEqual([setting("a")])
  })
})
