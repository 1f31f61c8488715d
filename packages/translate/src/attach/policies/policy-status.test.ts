import { describe, expect, it } from "vitest"
import { createTranslator, type Translator, xdsDocument } from "../../translator.ts"
import { defaultSettings, type Settings } from "../../world/settings.ts"
import type { AnyObject } from "../../world/world.ts"
import { object, service } from "../test-world.ts"

const { controllerName } = defaultSettings
const gatewayApi = { apiVersion: "gateway.networking.k8s.io/v1" }
const group = "gateway.networking.k8s.io"

function gatewayClass(name: string): AnyObject {
  return object("GatewayClass", `/${name}`, { ...gatewayApi, spec: { controllerName } })
}

function gateway(
  name: string,
  listeners: readonly string[] = ["http"],
  more: object = {},
  className = "eg",
): AnyObject {
  return object("Gateway", name, {
    ...gatewayApi,
    spec: {
      gatewayClassName: className,
      listeners: listeners.map((listener, i) => ({
        name: listener,
        protocol: "HTTP",
        port: 80 + i,
        allowedRoutes: { namespaces: { from: "All" } },
      })),
      allowedListeners: { namespaces: { from: "All" } },
      ...more,
    },
  })
}

function listenerSet(name: string, parent: string, listeners: readonly string[]): AnyObject {
  const [namespace, gatewayName] = parent.split("/")
  return object("ListenerSet", name, {
    ...gatewayApi,
    spec: {
      parentRef: { namespace, name: gatewayName },
      listeners: listeners.map((listener, i) => ({
        name: listener,
        protocol: "HTTP",
        port: 8000 + i,
        allowedRoutes: { namespaces: { from: "All" } },
      })),
    },
  })
}

interface Ref {
  readonly kind?: string
  readonly namespace?: string
  readonly name: string
  readonly sectionName?: string
}

function route(
  name: string,
  parentRefs: readonly Ref[],
  kind = "HTTPRoute",
  rules: readonly string[] = ["one", "two"],
): AnyObject {
  return object(kind, name, {
    ...gatewayApi,
    spec: {
      parentRefs: parentRefs.map((ref) => ({ group, ...ref })),
      rules: rules.map((rule) => ({
        name: rule,
        ...(kind === "HTTPRoute" ? { matches: [{ path: { type: "PathPrefix", value: `/${rule}` } }] } : {}),
        backendRefs: [{ group: "", kind: "Service", name: "backend", namespace: "default", port: 8080, weight: 1 }],
      })),
    },
  })
}

function policy(name: string, targetRefs: readonly Ref[], spec: object = {}, metadata: object = {}): AnyObject {
  return object("EnvoyExtensionPolicy", name, {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    metadata,
    spec: { targetRefs: targetRefs.map((ref) => ({ group, kind: "HTTPRoute", ...ref })), ...spec },
  })
}

const lua = (text: string) => ({
  lua: [{ type: "Inline", inline: `function envoy_on_request(h) h:logInfo("${text}") end` }],
})
const brokenLua = { lua: [{ type: "Inline", inline: "function" }] }

function translate(objects: readonly AnyObject[], settings: Partial<Settings> = {}): Translator {
  const made = createTranslator({
    settings: { ...defaultSettings, isLuaEnabled: true, ...settings },
    onFailure: (query, key, error) => {
      throw new Error(`${query} ${key}: ${String(error)}`)
    },
  })
  for (const namespace of ["default", "infra", "shop"]) made.upsert(object("Namespace", `/${namespace}`))
  for (const each of [gatewayClass("eg"), ...service("default/backend"), ...objects]) made.upsert(each)
  return made
}

interface Shown {
  readonly [ancestor: string]: Readonly<Record<string, string>>
}

/** Conditions by ancestor, in the order of the status: `Kind ns/name/section` to type and `reason: message`. */
function statusOf(made: Translator, name: string, kind = "EnvoyExtensionPolicy"): Shown | undefined {
  const status = made.status(`${kind}/${name}`)?.status as
    | {
        readonly ancestors: readonly {
          readonly ancestorRef: Ref
          readonly conditions: readonly { type: string; status: string; reason: string; message: string }[]
        }[]
      }
    | undefined
  if (status === undefined) return undefined
  return Object.fromEntries(
    status.ancestors.map(({ ancestorRef: ref, conditions }) => [
      `${ref.kind} ${ref.namespace}/${ref.name}${ref.sectionName === undefined ? "" : `/${ref.sectionName}`}`,
      Object.fromEntries(conditions.map(({ type, reason, message }) => [type, `${reason}: ${message}`])),
    ]),
  )
}

const accepted = "Accepted: Policy has been accepted."
const overridden = (scopes: string) =>
  `Overridden: This policy is being overridden by other envoyExtensionPolicies for ${scopes}`
const merged = (scopes: string) => `Merged: This policy is being merged by other envoyExtensionPolicies for ${scopes}`
const truncated = "Aggregated: Ancestors have been truncated because the number of policy ancestors exceeds 16."

const onGateway: Ref = { namespace: "infra", name: "gw" }

describe("precedence and its messages", () => {
  it("names what speaks more specifically, on each level", () => {
    const set = { kind: "ListenerSet", namespace: "infra", name: "set" }
    const made = translate([
      gateway("infra/gw", ["http", "other"]),
      listenerSet("infra/set", "infra/gw", ["extra", "spare"]),
      route("infra/whole", [{ name: "gw" }]),
      route("infra/on-http", [{ name: "gw", sectionName: "http" }]),
      route("infra/on-set", [set]),
      route("infra/on-extra", [{ ...set, sectionName: "extra" }]),
      route("infra/free", [{ name: "gw" }]),
      policy("infra/p-gateway", [{ kind: "Gateway", name: "gw" }]),
      policy("infra/p-http", [{ kind: "Gateway", name: "gw", sectionName: "http" }]),
      policy("infra/p-set", [{ kind: "ListenerSet", name: "set" }]),
      policy("infra/p-extra", [{ kind: "ListenerSet", name: "set", sectionName: "extra" }]),
      policy("infra/p-spare", [{ kind: "ListenerSet", name: "set", sectionName: "spare" }]),
      policy("infra/p-whole", [{ name: "whole" }]),
      policy("infra/p-rule", [{ name: "whole", sectionName: "two" }]),
      policy("infra/p-on-http", [{ name: "on-http", sectionName: "one" }]),
      policy("infra/p-on-set", [{ name: "on-set" }]),
      policy("infra/p-on-extra", [{ name: "on-extra" }]),
    ])
    expect(statusOf(made, "infra/p-gateway")).toEqual({
      "Gateway infra/gw": {
        Accepted: accepted,
        Overridden: overridden(
          "these gateway listeners: [infra/gw/http] and these listenersets: [infra/set] and these listenerset listeners: [infra/set/extra infra/set/spare] and these routes: [infra/on-extra infra/on-http infra/on-set infra/whole]",
        ),
      },
    })
    expect(statusOf(made, "infra/p-http")).toEqual({
      "Gateway infra/gw/http": {
        Accepted: accepted,
        Overridden: overridden("these routes: [infra/on-http infra/whole]"),
      },
    })
    expect(statusOf(made, "infra/p-set")).toEqual({
      "ListenerSet infra/set": {
        Accepted: accepted,
        Overridden: overridden(
          "these listenerset listeners: [infra/set/extra infra/set/spare] and these routes: [infra/on-extra infra/on-set]",
        ),
      },
    })
    expect(statusOf(made, "infra/p-extra")).toEqual({
      "ListenerSet infra/set/extra": {
        Accepted: accepted,
        Overridden: overridden("these routes: [infra/on-extra infra/on-set]"),
      },
    })
    expect(statusOf(made, "infra/p-spare")).toEqual({
      "ListenerSet infra/set/spare": { Accepted: accepted, Overridden: overridden("these routes: [infra/on-set]") },
    })
    expect(statusOf(made, "infra/p-whole")).toEqual({
      "Gateway infra/gw": { Accepted: accepted, Overridden: overridden("these route rules: [two]") },
    })
    expect(statusOf(made, "infra/p-rule")).toEqual({ "Gateway infra/gw": { Accepted: accepted } })
    expect(statusOf(made, "infra/p-on-set")).toEqual({ "ListenerSet infra/set": { Accepted: accepted } })
  })

  it("counts policies that came too late or name a missing rule as overriding, but not rules and listeners there are none of", () => {
    const made = translate([
      gateway("infra/gw"),
      route("infra/r", [{ name: "gw" }]),
      route("infra/s", [{ name: "gw" }]),
      policy("infra/gateway", [{ kind: "Gateway", name: "gw" }]),
      policy("infra/gone", [{ kind: "Gateway", name: "gw", sectionName: "gone" }]),
      policy("infra/no-rule", [{ name: "r", sectionName: "gone" }]),
      policy("infra/s-1", [{ name: "s" }]),
      policy("infra/s-2", [{ name: "s" }]),
      policy("infra/s-3", [{ name: "s", sectionName: "gone" }]),
    ])
    expect(statusOf(made, "infra/gateway")).toEqual({
      "Gateway infra/gw": { Accepted: accepted, Overridden: overridden("these routes: [infra/r infra/s]") },
    })
    expect(statusOf(made, "infra/gone")).toEqual({
      "Gateway infra/gw/gone": { Accepted: "TargetNotFound: No section name gone found for Gateway infra/gw" },
    })
    expect(statusOf(made, "infra/no-rule")).toEqual({
      "Gateway infra/gw": { Accepted: "TargetNotFound: No section name gone found for HTTPRoute infra/r" },
    })
    expect(statusOf(made, "infra/s-1")).toEqual({ "Gateway infra/gw": { Accepted: accepted } })
    expect(statusOf(made, "infra/s-2")).toEqual({
      "Gateway infra/gw": {
        Accepted: "Conflicted: Unable to target HTTPRoute s, another EnvoyExtensionPolicy has already attached to it",
      },
    })
  })

  it("keeps the good of several targets, and leaves missing ones unsaid", () => {
    const made = translate([
      gateway("infra/gw"),
      gateway("infra/other"),
      route("infra/r", [{ name: "gw" }]),
      listenerSet("infra/lost", "infra/nowhere", ["x"]),
      policy("infra/first", [{ name: "r" }]),
      policy(
        "infra/many",
        [
          { kind: "Gateway", name: "other" },
          { name: "r" },
          { name: "missing" },
          { kind: "Gateway", name: "missing" },
          { kind: "ListenerSet", name: "lost" },
          { kind: "Gateway", name: "gw" },
        ],
        {},
        { generation: 7 },
      ),
    ])
    expect(statusOf(made, "infra/many")).toEqual({
      // Once refused, an ancestor is not accepted by way of another target.
      "Gateway infra/gw": {
        Accepted: "Conflicted: Unable to target HTTPRoute r, another EnvoyExtensionPolicy has already attached to it",
        Overridden: overridden("these routes: [infra/r]"),
      },
      "Gateway infra/other": { Accepted: accepted },
    })
    expect(made.status("EnvoyExtensionPolicy/infra/many")).toMatchObject({
      status: { ancestors: [{ conditions: [{ observedGeneration: 7 }, { observedGeneration: 7 }] }, {}] },
    })
    expect(
      statusOf(translate([policy("infra/lost", [{ kind: "ListenerSet", name: "lost" }])]), "infra/lost"),
    ).toBeUndefined()
  })

  it("takes a ListenerSet's namespace from the route where the reference has none", () => {
    const made = translate([
      gateway("infra/gw"),
      listenerSet("shop/set", "infra/gw", ["extra"]),
      route("shop/r", [{ kind: "ListenerSet", name: "set", sectionName: "extra" }]),
      policy("shop/p", [{ name: "r" }]),
      policy("shop/q", [{ kind: "ListenerSet", name: "set" }]),
    ])
    expect(statusOf(made, "shop/p")).toEqual({ "ListenerSet shop/set/extra": { Accepted: accepted } })
    expect(statusOf(made, "shop/q")).toMatchObject({
      "ListenerSet shop/set": { Overridden: overridden("these routes: [shop/r]") },
    })
  })
})

describe("selectors", () => {
  const labelled = (each: AnyObject): AnyObject => ({ ...each, metadata: { ...each.metadata, labels: { team: "a" } } })
  const grant = object("ReferenceGrant", "shop/grant", {
    apiVersion: "gateway.networking.k8s.io/v1beta1",
    spec: {
      from: [{ group: "gateway.envoyproxy.io", kind: "EnvoyExtensionPolicy", namespace: "infra" }],
      to: [{ group, kind: "HTTPRoute" }],
    },
  })
  const base = [
    gateway("infra/gw"),
    labelled(route("infra/near", [onGateway])),
    labelled(route("shop/far", [onGateway])),
    labelled(route("default/ungranted", [onGateway])),
    route("infra/unlabelled", [onGateway]),
    grant,
    object("Namespace", "/shop", { metadata: { labels: { tier: "one" } } }),
  ]
  const selecting = (namespaces: object | undefined, labels: object = { matchLabels: { team: "a" } }) =>
    translate([
      ...base,
      policy("infra/p", [], {
        ...lua("x"),
        targetSelectors: [{ kind: "HTTPRoute", ...labels, ...(namespaces === undefined ? {} : { namespaces }) }],
      }),
      policy("infra/gateway", [{ kind: "Gateway", name: "gw" }]),
    ])

  it.each<readonly [string, object | undefined, string]>([
    ["the own namespace by default", undefined, "infra/near"],
    ["the own namespace when asked", { from: "Same" }, "infra/near"],
    ["all that grant it", { from: "All" }, "infra/near shop/far"],
    ["namespaces by label", { from: "Selector", selector: { matchLabels: { tier: "one" } } }, "shop/far"],
  ])("take %s", (_, namespaces, want) => {
    const made = selecting(namespaces)
    expect(statusOf(made, "infra/gateway")).toMatchObject({
      "Gateway infra/gw": { Overridden: overridden(`these routes: [${want}]`) },
    })
    expect(statusOf(made, "infra/p")).toEqual({ "Gateway infra/gw": { Accepted: accepted } })
  })

  it.each<readonly [string, object | undefined, object | undefined]>([
    ["a selector without one", { from: "Selector" }, undefined],
    ["an unknown rule", { from: "Nearby" }, undefined],
    ["expressions that cannot be read", undefined, { matchExpressions: [{ key: "team", operator: "Near" }] }],
    ["labels nobody has", undefined, { matchLabels: { team: "z" } }],
  ])("take nothing for %s, silently", (_, namespaces, labels) => {
    const made = selecting(namespaces, labels)
    expect(statusOf(made, "infra/p")).toBeUndefined()
    expect(statusOf(made, "infra/gateway")).toEqual({ "Gateway infra/gw": { Accepted: accepted } })
  })
})

describe("errors of routes with several parents", () => {
  it("stand once for each parent, on all ancestors of a class", () => {
    const made = translate([
      gateway("infra/a"),
      gateway("infra/b"),
      route("infra/r", [{ name: "a" }, { name: "b" }]),
      policy("infra/p", [{ name: "r" }], brokenLua),
    ])
    const text = "Lua: validation failed for lua body in policy with name envoyextensionpolicy/infra/p/lua/0: "
    const status = statusOf(made, "infra/p") ?? {}
    expect(Object.keys(status)).toEqual(["Gateway infra/a", "Gateway infra/b"])
    const message = status["Gateway infra/a"]?.Accepted ?? ""
    expect(message.split(text)).toHaveLength(3)
    expect(message).toMatch(/^Invalid: Lua: .*\nLua: .*\.$/s)
    expect(status["Gateway infra/b"]?.Accepted).toBe(message)
  })

  it("stay within their class", () => {
    const made = translate([
      gatewayClass("second"),
      gateway("infra/a"),
      gateway("infra/b", ["http"], {}, "second"),
      route("infra/r", [{ name: "b" }, { name: "a" }]),
      policy("infra/p", [{ name: "r" }, { kind: "Gateway", name: "b" }], brokenLua),
    ])
    const status = statusOf(made, "infra/p") ?? {}
    // Class by class, in the order of their names.
    expect(Object.keys(status)).toEqual(["Gateway infra/a", "Gateway infra/b"])
    for (const { Accepted } of Object.values(status)) expect(Accepted?.match(/Lua: /g)).toHaveLength(1)
  })
})

describe("long lists of ancestors", () => {
  const names = Array.from({ length: 18 }, (_, i) => `gw-${i + 1}`)
  const gateways = names.map((name) => gateway(`infra/${name}`))
  const everywhere = route(
    "infra/r",
    names.map((name) => ({ name })),
  )
  const byName = names.map((name) => `Gateway infra/${name}`).sort()

  it("are sorted and cut at sixteen", () => {
    const made = translate([...gateways, everywhere, policy("infra/p", [{ name: "r" }])])
    const status = statusOf(made, "infra/p") ?? {}
    expect(Object.keys(status)).toEqual(byName.slice(0, 16))
    expect(status[byName[15] ?? ""]).toEqual({ Accepted: accepted, Aggregated: truncated })
    expect(status[byName[0] ?? ""]).toEqual({ Accepted: accepted })
  })

  it("lose what was said to an ancestor before it became important", () => {
    const made = translate([
      ...gateways,
      everywhere,
      policy("infra/p", [{ name: "r" }, { kind: "Gateway", name: "gw-9" }]),
    ])
    const status = statusOf(made, "infra/p") ?? {}
    expect(Object.keys(status)).toEqual(["Gateway infra/gw-9", ...byName.slice(0, 15)])
    expect(status["Gateway infra/gw-9"]).toEqual({ Overridden: overridden("these routes: [infra/r]") })
  })

  it("are cut again when classes are put together", () => {
    const made = translate([
      gatewayClass("second"),
      ...names.slice(0, 10).map((name) => gateway(`infra/${name}`)),
      ...names.slice(0, 10).map((name) => gateway(`shop/${name}`, ["http"], {}, "second")),
      route("infra/r", [
        ...names.slice(0, 10).map((name) => ({ name })),
        ...names.slice(0, 10).map((name) => ({ namespace: "shop", name })),
      ]),
      policy("infra/p", [{ name: "r" }]),
    ])
    const status = Object.entries(statusOf(made, "infra/p") ?? {})
    expect(status).toHaveLength(16)
    expect(status.at(-1)?.[1]).toEqual({ Accepted: accepted, Aggregated: truncated })
    expect(status.filter(([name]) => name.includes("shop/"))).toHaveLength(6)
  })
})

describe("merging", () => {
  const merging = { mergeType: "StrategicMerge" }

  it("takes the nearest policy above each listener, and tells both sides", () => {
    const set = { kind: "ListenerSet", namespace: "infra", name: "set" }
    const made = translate([
      gateway("infra/gw", ["http", "plain"]),
      listenerSet("infra/set", "infra/gw", ["extra"]),
      route("infra/r", [
        { name: "gw", sectionName: "http" },
        { name: "gw", sectionName: "plain" },
        { ...set, sectionName: "extra" },
      ]),
      policy("infra/gateway", [{ kind: "Gateway", name: "gw" }], lua("gateway")),
      policy("infra/http", [{ kind: "Gateway", name: "gw", sectionName: "http" }], lua("http")),
      policy("infra/set", [{ kind: "ListenerSet", name: "set" }], lua("set")),
      policy("infra/p", [{ name: "r" }], merging),
    ])
    expect(statusOf(made, "infra/p")).toEqual({
      "Gateway infra/gw/http": { Accepted: accepted, Merged: "Merged: Merged with policy infra/http" },
      "Gateway infra/gw/plain": { Accepted: accepted, Merged: "Merged: Merged with policy infra/gateway" },
      "ListenerSet infra/set/extra": { Accepted: accepted, Merged: "Merged: Merged with policy infra/set" },
    })
    expect(statusOf(made, "infra/http")).toEqual({
      "Gateway infra/gw/http": { Accepted: accepted, Merged: merged("these routes: [infra/r]") },
    })
    expect(statusOf(made, "infra/set")).toEqual({
      "ListenerSet infra/set": { Accepted: accepted, Merged: merged("these routes: [infra/r]") },
    })
    expect(statusOf(made, "infra/gateway")).toEqual({
      "Gateway infra/gw": {
        Accepted: accepted,
        Merged: merged("these routes: [infra/r]"),
        Overridden: overridden("these gateway listeners: [infra/gw/http] and these listenersets: [infra/set]"),
      },
    })
    const filters = JSON.stringify(xdsDocument(made)["infra/gw"]?.listeners)
    for (const name of ["gateway", "http", "set"]) expect(filters).toContain(`envoyextensionpolicy/infra/${name}/lua/0`)
    expect(filters).not.toContain("envoyextensionpolicy/infra/p/lua")
  })

  it("hides a Gateway's policy that a listener's policy stands before", () => {
    const made = translate([
      gateway("infra/gw"),
      route("infra/r", [{ name: "gw" }]),
      policy("infra/gateway", [{ kind: "Gateway", name: "gw" }], lua("gateway")),
      policy("infra/http", [{ kind: "Gateway", name: "gw", sectionName: "http" }], lua("http")),
      policy("infra/p", [{ name: "r" }], { ...merging, ...lua("own") }),
    ])
    // A reference without listener has an ancestor of its own beside those of the listeners.
    expect(statusOf(made, "infra/p")).toEqual({
      "Gateway infra/gw/http": { Merged: "Merged: Merged with policy infra/http" },
      "Gateway infra/gw": { Accepted: accepted },
    })
    expect(statusOf(made, "infra/http")).toEqual({
      "Gateway infra/gw/http": { Accepted: accepted, Merged: merged("these routes: [infra/r]") },
    })
    expect(statusOf(made, "infra/gateway")).toEqual({
      "Gateway infra/gw": {
        Accepted: accepted,
        Overridden: overridden("these gateway listeners: [infra/gw/http] and these routes: [infra/r]"),
      },
    })
  })

  it("refuses on the listener where it fails, and merges nothing there", () => {
    const made = translate([
      gateway("infra/gw", ["http", "plain"]),
      route("infra/r", [{ name: "gw" }]),
      policy("infra/http", [{ kind: "Gateway", name: "gw", sectionName: "http" }], brokenLua),
      policy("infra/plain", [{ kind: "Gateway", name: "gw", sectionName: "plain" }], lua("plain")),
      policy("infra/p", [{ name: "r" }], merging),
    ])
    const status = statusOf(made, "infra/p") ?? {}
    expect(status).toMatchObject({
      "Gateway infra/gw": { Accepted: accepted },
      "Gateway infra/gw/plain": { Merged: "Merged: Merged with policy infra/plain" },
    })
    expect(Object.keys(status["Gateway infra/gw/http"] ?? {})).toEqual(["Accepted"])
    expect(status["Gateway infra/gw/http"]?.Accepted).toMatch(
      /^Invalid: Lua: .*envoyextensionpolicy\/infra\/http\/lua\/0/,
    )
    expect(statusOf(made, "infra/http")).toMatchObject({
      "Gateway infra/gw/http": { Overridden: overridden("these routes: [infra/r]") },
    })
  })

  it("stands alone where nobody is above, and fails on that listener alone", () => {
    const made = translate([
      gateway("infra/gw"),
      route("infra/r", [{ name: "gw" }]),
      policy("infra/p", [{ name: "r" }], { ...merging, ...brokenLua }),
      route("infra/s", [{ name: "gw" }]),
      policy("infra/q", [{ name: "s" }], { ...merging, ...lua("own") }),
    ])
    expect(Object.keys(statusOf(made, "infra/p") ?? {})).toEqual(["Gateway infra/gw/http", "Gateway infra/gw"])
    expect(statusOf(made, "infra/p")?.["Gateway infra/gw/http"]?.Accepted).toMatch(/^Invalid: Lua: /)
    expect(statusOf(made, "infra/q")).toEqual({ "Gateway infra/gw": { Accepted: accepted } })
  })
})

describe("policies of extension servers", () => {
  const settings = { extensionKinds: { resources: [], backends: [], policies: ["foo.test/Bar"] } }
  const bar = (name: string, spec: object, apiVersion = "foo.test/v1"): AnyObject =>
    object("Bar", name, { apiVersion, spec })
  const target = (ref: Ref) => ({ targetRefs: [{ group, kind: "HTTPRoute", ...ref }] })
  const world = [
    gateway("infra/gw", ["http", "other"]),
    listenerSet("infra/set", "infra/gw", ["extra"]),
    route("infra/r", [{ name: "gw", sectionName: "http" }]),
    route("infra/on-set", [{ kind: "ListenerSet", name: "set" }]),
    route("infra/g", [{ name: "gw" }], "GRPCRoute"),
  ]
  const said = (spec: object, apiVersion?: string) =>
    statusOf(translate([...world, bar("infra/bar", spec, apiVersion)], settings), "infra/bar", "Bar")

  it.each<readonly [string, object, Shown | undefined]>([
    ["a Gateway", target({ kind: "Gateway", name: "gw" }), { "Gateway infra/gw": { Accepted: accepted } }],
    [
      "a listener",
      target({ kind: "Gateway", name: "gw", sectionName: "http" }),
      { "Gateway infra/gw/http": { Accepted: accepted } },
    ],
    ["a missing listener", target({ kind: "Gateway", name: "gw", sectionName: "gone" }), undefined],
    ["a listener of a ListenerSet", target({ kind: "Gateway", name: "gw", sectionName: "extra" }), undefined],
    ["a ListenerSet", target({ kind: "ListenerSet", name: "set" }), undefined],
    ["a route", target({ name: "r" }), { "Gateway infra/gw/http": { Accepted: accepted } }],
    ["a gRPC route", target({ kind: "GRPCRoute", name: "g" }), { "Gateway infra/gw": { Accepted: accepted } }],
    ["a rule", target({ name: "r", sectionName: "two" }), { "Gateway infra/gw/http": { Accepted: accepted } }],
    [
      "a missing rule",
      target({ name: "r", sectionName: "gone" }),
      { "Gateway infra/gw/http": { Accepted: "TargetNotFound: No section name gone found for HTTPRoute infra/r" } },
    ],
    ["a route of a ListenerSet", target({ name: "on-set" }), { "Gateway infra/gw": { Accepted: accepted } }],
    ["a missing route", target({ name: "gone" }), undefined],
    [
      "one reference",
      { targetRef: { group, kind: "HTTPRoute", name: "r" } },
      { "Gateway infra/gw/http": { Accepted: accepted } },
    ],
    [
      "an empty reference beside good ones",
      { targetRef: {}, ...target({ name: "r" }) },
      { "Gateway infra/gw/http": { Accepted: accepted } },
    ],
    ["an unknown group", { targetRefs: [{ group: "x", kind: "HTTPRoute", name: "r" }] }, undefined],
    ["references that are no list", { targetRefs: { group, kind: "HTTPRoute", name: "r" } }, undefined],
    ["references that are no objects", { targetRefs: ["r", 1, null] }, undefined],
    ["names that are no text", { targetRefs: [{ group, kind: "HTTPRoute", name: 7 }] }, undefined],
    ["selectors that are none", { targetSelectors: [{ kind: "HTTPRoute", matchExpressions: "x" }] }, undefined],
    ["nothing", {}, undefined],
  ])("are attached to %s", (_, spec, want) => expect(said(spec)).toEqual(want))

  it("are of their group only", () => {
    expect(said(target({ name: "r" }), "other.test/v1")).toBeUndefined()
    expect(said(target({ name: "r" }), "v1")).toBeUndefined()
  })

  it("share targets", () => {
    const made = translate(
      [...world, bar("infra/one", target({ name: "r" })), bar("infra/two", target({ name: "r" }))],
      settings,
    )
    for (const name of ["infra/one", "infra/two"])
      expect(statusOf(made, name, "Bar")).toEqual({ "Gateway infra/gw/http": { Accepted: accepted } })
  })
})
