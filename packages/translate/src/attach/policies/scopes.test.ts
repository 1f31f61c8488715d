import { describe, expect, it } from "vitest"
import { policyKinds } from "./policy-kind.ts"
import { parentPoliciesFor, policiesFor, type RoutePlace } from "./scopes.ts"
import type { Attachment } from "./targets.ts"

const kind = policyKinds.EnvoyExtensionPolicy
const place: RoutePlace = {
  kind: "HTTPRoute",
  namespace: "shop",
  name: "r",
  rule: "one",
  gateway: { namespace: "infra", name: "gw" },
  listener: "http",
  listenerIrName: "infra/gw/http",
}
const inSet: RoutePlace = {
  ...place,
  set: { namespace: "infra", name: "set" },
  listenerIrName: "infra/gw/infra/set/http",
}
const on: Readonly<Record<string, readonly Attachment[]>> = {
  "HTTPRoute/shop/r": [
    { policy: "rule", section: "one" },
    { policy: "other-rule", section: "two" },
    { policy: "route" },
  ],
  "ListenerSet/infra/set": [{ policy: "set" }, { policy: "set-listener", section: "http" }],
  "Gateway/infra/gw": [
    { policy: "listener", section: "http" },
    { policy: "late-listener", section: "http" },
    { policy: "gateway" },
    { policy: "late-gateway" },
  ],
}
const reads = {
  attachments: (_: unknown, t: { kind: string; namespace: string; name: string }) =>
    on[`${t.kind}/${t.namespace}/${t.name}`] ?? [],
}
const names = (found: readonly { readonly policy: string; readonly scope: string }[]) =>
  found.map(({ policy, scope }) => [policy, scope])

describe("policiesFor", () => {
  it("goes from the rule to the Gateway, the oldest of each scope", () => {
    expect(names(policiesFor(reads, kind, place))).toEqual([
      ["rule", "rule"],
      ["route", "route"],
      ["listener", "gateway-listener"],
      ["gateway", "gateway"],
    ])
  })

  it("goes over the ListenerSet instead of the Gateway's listener of that name", () => {
    expect(names(parentPoliciesFor(reads, kind, inSet))).toEqual([
      ["set-listener", "set-listener"],
      ["set", "set"],
      ["gateway", "gateway"],
    ])
  })

  it("has no rule scope for rules without a name", () => {
    const { rule: _, ...unnamed } = place
    expect(names(policiesFor(reads, kind, unnamed))[0]).toEqual(["route", "route"])
  })

  it("finds nothing where nothing is", () => {
    expect(policiesFor({ attachments: () => [] }, kind, inSet)).toEqual([])
  })
})
