import { describe, expect, it } from "vitest"
import type { Settings } from "../../world/settings.ts"
import type { AnyObject } from "../../world/world.ts"
import { object } from "../test-world.ts"
import { frontendFor } from "./frontend-tls.ts"
import { tlsData, wildPair } from "./test-certificates.ts"
import { envoyProxy, gatewayClass, gatewayOf, groupOf, listenersOf, shown } from "./test-gateways.ts"

const certificate = object("Secret", "infra/server", { type: "kubernetes.io/tls", data: tlsData(wildPair) })
const https = (port: number) => ({
  name: `https-${port}`,
  port,
  protocol: "HTTPS",
  tls: { certificateRefs: [{ name: "server" }] },
})
const ca = object("ConfigMap", "infra/ca", { data: { "ca.crt": "CA" } })
const validation = (name: string, rest: object = {}) => ({
  validation: { caCertificateRefs: [{ group: "", kind: "ConfigMap", name, ...rest }] },
})
const ok = "ResolvedRefs=True ResolvedRefs: Successfully resolved all TLS references for the gateway"

function read(tls: object | undefined, objects: readonly AnyObject[] = [], settings: Partial<Settings> = {}) {
  const gateway = gatewayOf("infra/gw", [https(443), https(8443)], tls === undefined ? {} : { spec: { tls } })
  const group = groupOf("infra/gw", [gateway, certificate, ca, ...objects], settings)
  const state = group.gateways[0]
  if (state === undefined) throw new Error("no Gateway")
  return {
    conditions: state.conditions.map((c) => shown(c)),
    backend: state.tls.backend,
    validations: state.listeners.map(({ spec }) => frontendFor(state.tls.frontend, spec)),
    listeners: listenersOf(group),
  }
}

describe("clients of a Gateway", () => {
  it("show no certificate when nothing is said", () => {
    expect(read(undefined)).toMatchObject({ conditions: [], validations: [undefined, undefined] })
  })

  it("show one on every HTTPS port, or on the port that says so", () => {
    const { conditions, validations } = read({
      frontend: { default: validation("ca"), perPort: [{ port: 8443, tls: {} }] },
    })
    expect(conditions).toEqual([ok])
    expect(validations).toEqual([
      {
        type: "valid",
        validation: {
          ca: { type: "inline", secretName: "gateway/infra/gw/default/ca.crt", certificate: Buffer.from("CA") },
          isOptional: false,
        },
      },
      undefined,
    ])
    const own = read({ frontend: { default: {}, perPort: [{ port: 8443, tls: validation("ca") }] } }).validations
    expect(own[0]).toBeUndefined()
    expect(own[1]).toMatchObject({ validation: { ca: { secretName: "gateway/infra/gw/8443/ca.crt" } } })
  })

  it("may go without where the Gateway says so, and it is told that this is not safe", () => {
    const optional = { validation: { ...validation("ca").validation, mode: "AllowInsecureFallback" } }
    const { conditions, validations } = read({ frontend: { default: optional } })
    expect(conditions).toEqual([
      "InsecureFrontendValidationMode=True ConfigurationChanged: Gateway is using AllowInsecureFallback frontend validation mode.",
      ok,
    ])
    expect(validations[0]).toMatchObject({ validation: { isOptional: true } })
  })

  it.each<[string, object, AnyObject[], string, string]>([
    ["missing", validation("none"), [], "InvalidCACertificateRef", "configmap none not found in namespace infra"],
    [
      "of no known kind",
      validation("ca", { kind: "Service" }),
      [],
      "InvalidCACertificateKind",
      "Unsupported reference kind, supported kinds are ConfigMap, Secret, and ClusterTrustBundle in caCertificateRefs",
    ],
    [
      "without a certificate",
      validation("empty"),
      [object("ConfigMap", "infra/empty", { data: { a: "1", b: "2" } })],
      "InvalidCACertificateRef",
      "no ca found in configmap empty",
    ],
    [
      "of another namespace without a grant",
      validation("far", { namespace: "secrets" }),
      [object("ConfigMap", "secrets/far", { data: { "ca.crt": "CA" } })],
      "RefNotPermitted",
      "cross-namespace reference is not permitted by any ReferenceGrant for caCertificateRef /far (kind: ConfigMap, namespace: secrets)",
    ],
  ])("cannot be validated with certificates that are %s", (_, spec, objects, reason, fault) => {
    const { conditions, listeners } = read({ frontend: { default: {}, perPort: [{ port: 443, tls: spec }] } }, objects)
    expect(conditions).toEqual([
      `ResolvedRefs=False InvalidParameters: Failed to get frontend CA certs for gateway: ${fault}`,
    ])
    const told = `Listener has invalid caCertificateRef for frontend TLS validation: ${fault}`
    expect(listeners["infra/gw/https-443"]?.conditions.map((c) => shown(c))).toEqual([
      `ResolvedRefs=False ${reason}: ${told}`,
      `Programmed=False ${reason}: ${told}`,
      `Accepted=False NoValidCACertificate: ${told}`,
    ])
    expect(listeners["infra/gw/https-8443"]?.isReady).toBe(true)
  })

  it("are told of the last fault when there are several", () => {
    const tls = { frontend: { default: validation("a"), perPort: [{ port: 443, tls: validation("b") }] } }
    expect(read(tls).conditions).toEqual([
      "ResolvedRefs=False InvalidParameters: Failed to get frontend CA certs for gateway: configmap b not found in namespace infra",
    ])
  })
})

describe("a Gateway towards its backends", () => {
  const own = object("Secret", "infra/client", { data: tlsData(wildPair) })
  const ofProxy = object("Secret", "proxies/client", { data: tlsData(wildPair) })
  const proxy = (ref?: object) => [
    gatewayClass("proxies/ep"),
    envoyProxy("proxies/ep", {
      backendTLS: {
        minVersion: "1.3",
        alpnProtocols: ["h2"],
        ...(ref === undefined ? {} : { clientCertificateRef: ref }),
      },
    }),
  ]
  const backend = (ref: object) => ({ backend: { clientCertificateRef: ref } })

  it("shows the certificate it names", () => {
    const read1 = read(backend({ name: "client" }), [own])
    expect(read1.conditions).toEqual([ok])
    expect(read1.backend).toMatchObject({ clientCertificates: [{ name: "infra/client" }], parameters: {} })
  })

  it("takes certificate and parameters of its EnvoyProxy otherwise", () => {
    const { conditions, backend: found } = read(undefined, [...proxy({ name: "client" }), ofProxy])
    expect(conditions).toEqual([])
    expect(found).toMatchObject({
      clientCertificates: [{ name: "proxies/client" }],
      parameters: { minVersion: "1.3" },
      alpnProtocols: ["h2"],
    })
  })

  it("takes nothing of its EnvoyProxy when it names a certificate, even in vain", () => {
    const objects = [...proxy({ name: "client" }), ofProxy, own]
    const found = read(backend({ name: "client" }), objects).backend
    expect([found?.parameters, found?.alpnProtocols]).toEqual([{}, undefined])
    expect(read(backend({ name: "none" }), objects).backend).toBeUndefined()
  })

  it.each<[string, object, AnyObject[], string]>([
    [
      "group",
      { group: "x", name: "client" },
      [],
      "InvalidClientCertificateRef: Invalid backend client certificate reference for gateway: invalid client certificate reference group: x",
    ],
    [
      "kind",
      { kind: "ConfigMap", name: "client" },
      [],
      "InvalidClientCertificateRef: Invalid backend client certificate reference for gateway: invalid client certificate reference kind: ConfigMap",
    ],
    [
      "namespace",
      { name: "client", namespace: "proxies" },
      [ofProxy],
      "RefNotPermitted: invalid cross-namespace reference to backend client certificate",
    ],
    ["name", { name: "none" }, [], "InvalidClientCertificateRef: failed to get backend client certs for gateway"],
    [
      "content",
      { name: "empty" },
      [object("Secret", "infra/empty", { data: {} })],
      "InvalidClientCertificateRef: invalid backend client cert secret for gateway: secret infra/empty must contain 'tls.crt' and 'tls.key' fields",
    ],
  ])("is told of a certificate with the wrong %s", (_, ref, objects, condition) => {
    expect(read(backend(ref), objects).conditions).toEqual([`ResolvedRefs=False ${condition}`])
  })

  it("keeps why its EnvoyProxy's certificate cannot be had for the backends", () => {
    expect(read(undefined, proxy({ name: "none" })).backend?.error).toBe(
      "failed to locate TLS secret for client auth: proxies/none specified in EnvoyProxy proxies/ep",
    )
    expect(read(undefined, proxy({ name: "client", namespace: "infra" })).backend?.error).toContain(
      "Secret namespace: infra does not match EnvoyProxy namespace: proxies",
    )
  })
})
