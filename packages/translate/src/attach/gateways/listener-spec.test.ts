import { describe, expect, it } from "vitest"
import { gatewayOf, groupOf, listenersOf, shown } from "./test-gateways.ts"

const valid = [
  "Programmed=True Programmed: Sending translated listener configuration to the data plane",
  "Accepted=True Accepted: Listener has been successfully translated",
  "ResolvedRefs=True ResolvedRefs: Listener references have been resolved",
]
const resolved = "ResolvedRefs=True ResolvedRefs: Listener references have been resolved"
const unprogrammed = "Programmed=False Invalid: Listener is invalid, see other Conditions for details."
const http = { name: "l", port: 80, protocol: "HTTP" }
const https = { name: "l", port: 443, protocol: "HTTPS" }
const tls = { name: "l", port: 443, protocol: "TLS" }
const kinds = (...list: string[]) => ({ allowedRoutes: { kinds: list.map((kind) => ({ kind })) } })
const selector = (value?: object) => ({
  allowedRoutes: { namespaces: { from: "Selector", ...(value === undefined ? {} : { selector: value }) } },
})

function read(spec: Readonly<Record<string, unknown>>) {
  const draft = listenersOf(groupOf("infra/gw", [gatewayOf("infra/gw", [spec])]))["infra/gw/l"]
  if (draft === undefined) throw new Error("no listener")
  return { conditions: draft.conditions.map((c) => shown(c)), kinds: draft.kinds, isReady: draft.isReady }
}

describe("a listener", () => {
  it.each<[string, object, string[]]>([
    ["HTTP", http, ["HTTPRoute", "GRPCRoute"]],
    ["TCP", { ...http, protocol: "TCP" }, ["TCPRoute"]],
    ["UDP", { ...http, protocol: "UDP" }, ["UDPRoute"]],
    ["TLS that passes through", { ...tls, tls: { mode: "Passthrough" } }, ["TLSRoute"]],
    ["TLS without mode and certificates", { ...tls, tls: {} }, ["TCPRoute", "TLSRoute"]],
    ["HTTP for fewer kinds", { ...http, ...kinds("GRPCRoute", "GRPCRoute") }, ["GRPCRoute"]],
    ["HTTP for labelled namespaces", { ...http, ...selector({ matchLabels: { a: "b" } }) }, ["HTTPRoute", "GRPCRoute"]],
  ])("of %s is programmed", (_, spec, expected) => {
    expect(read(spec as typeof http)).toEqual({ conditions: valid, kinds: expected, isReady: true })
  })

  it.each<[string, object, string[]]>([
    [
      "an unknown protocol",
      { ...http, protocol: "SCTP" },
      [
        "Accepted=False UnsupportedProtocol: Protocol SCTP is unsupported, must be HTTP, HTTPS, TCP or UDP.",
        unprogrammed,
        resolved,
      ],
    ],
    [
      "a kind of another protocol",
      { ...http, ...kinds("TCPRoute") },
      [
        "ResolvedRefs=False InvalidRouteKinds: TCPRoute is not supported, kind must be one of [HTTPRoute GRPCRoute]",
        unprogrammed,
      ],
    ],
    [
      "a kind of another protocol beside a good one",
      { ...http, ...kinds("TCPRoute", "HTTPRoute") },
      [
        "ResolvedRefs=False InvalidRouteKinds: TCPRoute is not supported, kind must be one of [HTTPRoute]",
        unprogrammed,
      ],
    ],
    [
      "a kind of another group",
      { ...http, allowedRoutes: { kinds: [{ group: "example.com", kind: "HTTPRoute" }] } },
      [
        "ResolvedRefs=False InvalidRouteKinds: Group is not supported, group must be gateway.networking.k8s.io",
        unprogrammed,
      ],
    ],
    [
      "a selector that is missing",
      { ...http, ...selector() },
      [
        'Programmed=False Invalid: The allowedRoutes.namespaces.selector field must be specified when allowedRoutes.namespaces.from is set to "Selector".',
        resolved,
      ],
    ],
    [
      "a selector that cannot be read",
      { ...http, ...selector({ matchExpressions: [{ key: "a", operator: "Like", values: ["b"] }] }) },
      [
        'Programmed=False Invalid: The allowedRoutes.namespaces.selector could not be parsed: "Like" is not a valid label selector operator.',
        resolved,
      ],
    ],
    [
      "TLS on plain HTTP",
      { ...http, tls: {} },
      ["Programmed=False Invalid: Listener must not have TLS set when protocol is HTTP.", resolved],
    ],
    [
      "HTTPS without TLS",
      https,
      ["Programmed=False Invalid: Listener must have TLS set when protocol is HTTPS.", resolved],
    ],
    [
      "HTTPS that passes through",
      { ...https, tls: { mode: "Passthrough" } },
      [
        "Programmed=False UnsupportedTLSMode: TLS Passthrough mode is not supported, TLS mode must be Terminate.",
        resolved,
      ],
    ],
    [
      "HTTPS without certificates",
      { ...https, tls: {} },
      ["Programmed=False Invalid: Listener must have at least 1 TLS certificate ref", resolved],
    ],
    [
      "TLS that ends without certificates",
      { ...tls, tls: { mode: "Terminate" } },
      ["Programmed=False Invalid: Listener must have TLS certificate refs set for TLS mode Terminate.", resolved],
    ],
    [
      "certificates on TLS that passes through",
      { ...tls, tls: { mode: "Passthrough", certificateRefs: [{ name: "c" }] } },
      ["Programmed=False Invalid: Listener must not have TLS certificate refs set for TLS mode Passthrough.", resolved],
    ],
    [
      "a hostname on TCP",
      { ...http, protocol: "TCP", hostname: "a.test" },
      ["Programmed=False Invalid: Listener must not have hostname set when protocol is TCP.", resolved],
    ],
  ])("with %s is not, and has no Accepted condition of its own", (_, spec, conditions) => {
    expect(read(spec as typeof http)).toMatchObject({ conditions, isReady: false })
  })

  it("bears the generation of the object that declares it", () => {
    const gateway = gatewayOf("infra/gw", [http], { metadata: { generation: 7 } })
    const draft = listenersOf(groupOf("infra/gw", [gateway]))["infra/gw/l"]
    expect(draft?.conditions.map((c) => c.observedGeneration)).toEqual([7, 7, 7])
  })
})
