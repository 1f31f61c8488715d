import { describe, expect, it } from "vitest"
import { object } from "../test-world.ts"
import { otherPair, tlsData, wildPair } from "./test-certificates.ts"
import { envoyProxy, gatewayClass, gatewayOf, groupOf, listenersOf } from "./test-gateways.ts"

const secrets = [
  object("Secret", "infra/wild", { type: "kubernetes.io/tls", data: tlsData(wildPair) }),
  object("Secret", "infra/wild-too", { type: "kubernetes.io/tls", data: tlsData(wildPair) }),
  object("Secret", "infra/other", { type: "kubernetes.io/tls", data: tlsData(otherPair) }),
]
const https = (name: string, hostname: string | undefined, certificate: string, port = 443) => ({
  name,
  port,
  protocol: "HTTPS",
  ...(hostname === undefined ? {} : { hostname }),
  tls: { certificateRefs: [{ name: certificate }] },
})

function overlaps(listeners: readonly Readonly<Record<string, unknown>>[]) {
  const drafts = listenersOf(groupOf("infra/gw", [gatewayOf("infra/gw", listeners), ...secrets]))
  return Object.values(drafts).map(({ conditions, isTlsOverlapping }) => {
    const found = conditions.find((c) => c.type === "OverlappingTLSConfig")
    return [found?.reason, isTlsOverlapping]
  })
}

describe("HTTPS listeners", () => {
  const none = [undefined, false]
  it.each<[string, readonly ReturnType<typeof https>[], unknown]>([
    ["alone", [https("a", "a.test", "wild")], [none]],
    ["of two ports", [https("a", "a.test", "wild"), https("b", "a.test", "wild-too", 444)], [none, none]],
    ["of other names and certificates", [https("a", "a.test", "wild"), https("b", "b.test", "other")], [none, none]],
    ["of one certificate", [https("a", "a.test", "wild"), https("b", "b.test", "wild")], [none, none]],
    [
      "whose certificates cover the same names",
      [https("a", "a.test", "wild"), https("b", "b.test", "wild-too")],
      [
        ["OverlappingCertificates", true],
        ["OverlappingCertificates", true],
      ],
    ],
    [
      "whose hostnames cover each other",
      [https("a", "*.test", "wild"), https("b", "b.test", "other")],
      [
        ["OverlappingHostnames", false],
        ["OverlappingHostnames", false],
      ],
    ],
    [
      "of which one has no hostname",
      [https("a", undefined, "wild"), https("b", "b.test", "other")],
      [
        ["OverlappingHostnames", false],
        ["OverlappingHostnames", false],
      ],
    ],
    [
      "whose wildcard covers one label only",
      [https("a", "*.test", "wild"), https("b", "b.c.test", "other")],
      [none, none],
    ],
  ])("%s", (_, listeners, expected) => {
    expect(overlaps(listeners)).toEqual(expected)
  })

  it("say where the other is when its Gateway is another one", () => {
    const objects = [
      gatewayClass("infra/ep"),
      envoyProxy("infra/ep", { mergeGateways: true }),
      gatewayOf("infra/a", [https("l", "x.test", "wild")]),
      gatewayOf("infra/b", [https("m", "*.test", "other")]),
    ]
    const draft = listenersOf(groupOf("eg", [...objects, ...secrets]))["infra/a/l"]
    expect(draft?.conditions.find((c) => c.type === "OverlappingTLSConfig")?.message).toBe(
      "The hostname x.test overlaps with the hostname *.test in listener m of gateway b.",
    )
  })

  it("lose HTTP/2 where their own certificate cannot be seen", () => {
    const sds = object("Secret", "infra/sds", {
      type: "gateway.envoyproxy.io/sds",
      data: { url: Buffer.from("unix:///s").toString("base64"), secretName: Buffer.from("c").toString("base64") },
    })
    const listeners = [https("a", "a.test", "sds"), https("b", "b.test", "wild")]
    const group = groupOf("infra/gw", [gatewayOf("infra/gw", listeners), sds, ...secrets], {
      isSdsSecretRefEnabled: true,
    })
    expect(Object.values(listenersOf(group)).map((l) => l.isTlsOverlapping)).toEqual([true, false])
  })
})
