import { describe, expect, it } from "vitest"
import type { AnyObject } from "../../world/world.ts"
import { object, readsOf } from "../test-world.ts"
import { policyKinds } from "./policy-kind.ts"
import { gatewayOfTarget, hasSection, type PolicyObject, policiesOn, targetsOf, winnerOf } from "./targets.ts"

const kind = policyKinds.EnvoyExtensionPolicy
const group = "gateway.networking.k8s.io"
const ref = (target: string, name: string, sectionName?: string) => ({
  group,
  kind: target,
  name,
  ...(sectionName === undefined ? {} : { sectionName }),
})
const policy = (name: string, spec: object, metadata: object = {}) =>
  object("EnvoyExtensionPolicy", `shop/${name}`, { metadata, spec }) as PolicyObject
const route = (key: string, labels: object, year = 2020) =>
  object("HTTPRoute", key, {
    metadata: { labels, creationTimestamp: `${year}-01-01T00:00:00Z` },
    spec: { rules: [{ name: "one" }] },
  })
const select = (rest: object = {}) => ({ kind: "HTTPRoute", matchLabels: { app: "a" }, ...rest })

const shown = (objects: readonly AnyObject[], spec: object) =>
  targetsOf(readsOf(objects), kind, policy("p", spec)).map(
    (t) => `${t.kind}/${t.namespace}/${t.name}${t.section === undefined ? "" : `#${t.section}`}`,
  )

describe("targetsOf", () => {
  const routes = [
    route("shop/b", { app: "a" }, 2021),
    route("shop/a", { app: "a" }, 2022),
    route("shop/c", { app: "c" }),
    route("far/d", { app: "a" }),
  ]

  it.each<[string, object, readonly string[]]>([
    [
      "plain references",
      { targetRefs: [ref("HTTPRoute", "x"), ref("Gateway", "g", "http")] },
      ["HTTPRoute/shop/x", "Gateway/shop/g#http"],
    ],
    [
      "one reference, which hides the others",
      { targetRef: ref("HTTPRoute", "x"), targetRefs: [ref("HTTPRoute", "y")] },
      ["HTTPRoute/shop/x"],
    ],
    ["a reference once", { targetRefs: [ref("HTTPRoute", "x"), ref("HTTPRoute", "x")] }, ["HTTPRoute/shop/x"]],
    [
      "no kind that cannot be",
      { targetRefs: [ref("Service", "x"), { group: "other", kind: "Gateway", name: "g" }] },
      [],
    ],
    [
      "labelled objects of its namespace, the oldest first",
      { targetSelectors: [select()] },
      ["HTTPRoute/shop/b", "HTTPRoute/shop/a"],
    ],
    [
      "labelled objects before plain references, each once",
      { targetRefs: [ref("HTTPRoute", "a"), ref("HTTPRoute", "z")], targetSelectors: [select()] },
      ["HTTPRoute/shop/b", "HTTPRoute/shop/a", "HTTPRoute/shop/z"],
    ],
    ["nothing by a selector of another group", { targetSelectors: [select({ group: "other" })] }, []],
    [
      "nothing of other namespaces without a grant",
      { targetSelectors: [select({ namespaces: { from: "All" } })] },
      ["HTTPRoute/shop/b", "HTTPRoute/shop/a"],
    ],
  ])("gives %s", (_, spec, expected) => {
    expect(shown(routes, spec)).toEqual(expected)
  })

  it("gives labelled objects of other namespaces where a grant lets it, and of labelled namespaces only when asked", () => {
    const grant = object("ReferenceGrant", "far/grant", {
      spec: { from: [{ group: kind.group, kind: kind.kind, namespace: "shop" }], to: [{ group, kind: "HTTPRoute" }] },
    })
    const far = object("Namespace", "/far", { metadata: { labels: { tier: "one" } } })
    const from = (namespaces: object) => shown([...routes, grant, far], { targetSelectors: [select({ namespaces })] })
    expect(from({ from: "All" })).toContain("HTTPRoute/far/d")
    expect(from({ from: "Selector", selector: { matchLabels: { tier: "one" } } })).toEqual(["HTTPRoute/far/d"])
    expect(from({ from: "Selector", selector: { matchLabels: { tier: "two" } } })).toEqual([])
  })
})

describe("policiesOn", () => {
  it("gives policies of an object, the oldest first, each with its section", () => {
    const young = policy("a", { targetRefs: [ref("HTTPRoute", "r")] }, { creationTimestamp: "2021-01-01T00:00:00Z" })
    const old = policy(
      "b",
      { targetRefs: [ref("HTTPRoute", "r", "one"), ref("HTTPRoute", "r")] },
      { creationTimestamp: "2020-01-01T00:00:00Z" },
    )
    const labelled = policy("c", { targetSelectors: [select()] }, { creationTimestamp: "2022-01-01T00:00:00Z" })
    const world = readsOf([young, old, labelled, route("shop/r", { app: "a" })])
    const all = [young, old, labelled]
    const reads = {
      ...world,
      targets: (_: unknown, key: string) =>
        targetsOf(world, kind, all.find((p) => key.endsWith(`/${p.metadata.name}`)) as PolicyObject),
    }
    const found = policiesOn(reads, kind, { kind: "HTTPRoute", namespace: "shop", name: "r" })
    expect(found).toEqual([
      { policy: "EnvoyExtensionPolicy/shop/b", section: "one" },
      { policy: "EnvoyExtensionPolicy/shop/b" },
      { policy: "EnvoyExtensionPolicy/shop/a" },
      { policy: "EnvoyExtensionPolicy/shop/c" },
    ])
    expect([winnerOf(found, "one"), winnerOf(found, undefined), winnerOf(found, "two")]).toEqual([
      "EnvoyExtensionPolicy/shop/b",
      "EnvoyExtensionPolicy/shop/b",
      undefined,
    ])
  })
})

describe("sections", () => {
  const world = readsOf([
    route("shop/r", {}),
    object("Gateway", "shop/g", { spec: { listeners: [{ name: "http" }] } }),
    object("ListenerSet", "shop/s", {
      spec: { parentRef: { name: "g", namespace: "infra" }, listeners: [{ name: "more" }] },
    }),
  ])
  it.each<[string, string, string, boolean]>([
    ["HTTPRoute", "r", "one", true],
    ["HTTPRoute", "r", "two", false],
    ["Gateway", "g", "http", true],
    ["Gateway", "g", "more", false],
    ["ListenerSet", "s", "more", true],
    ["HTTPRoute", "none", "one", false],
  ])("%s %s has %s: %s", (targetKind, name, section, expected) => {
    expect(hasSection(world, { kind: targetKind, namespace: "shop", name }, section)).toBe(expected)
  })

  it("of a ListenerSet are carried by the Gateway it names", () => {
    expect(gatewayOfTarget(world, { kind: "ListenerSet", namespace: "shop", name: "s" })).toBe("infra/g")
    expect(gatewayOfTarget(world, { kind: "Gateway", namespace: "shop", name: "g" })).toBe("shop/g")
    expect(gatewayOfTarget(world, { kind: "ListenerSet", namespace: "shop", name: "none" })).toBeUndefined()
  })
})
