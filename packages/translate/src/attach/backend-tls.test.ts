import { describe, expect, it } from "vitest"
import { conflictingTlsPolicy, resolveUpstreamTls, selectTlsPolicy, type TlsTarget } from "./backend-tls.ts"
import { backendTlsAncestors } from "./backend-tls-status.ts"
import { readClientCertificate } from "./client-certificate.ts"
import { object, readsOf } from "./test-world.ts"

const target: TlsTarget = { group: "", kind: "Service", namespace: "default", name: "s", section: "https" }
const age = (year: number) => ({ creationTimestamp: `${year}-01-01T00:00:00Z` })

function policy(
  name: string,
  sectionName: string | undefined,
  year: number,
  validation: object = { hostname: "s.example.com", wellKnownCACertificates: "System" },
) {
  const ref = { group: "", kind: "Service", name: "s", ...(sectionName === undefined ? {} : { sectionName }) }
  return object("BackendTLSPolicy", `default/${name}`, { metadata: age(year), spec: { targetRefs: [ref], validation } })
}

const withCa = (refs: readonly object[]) => ({ hostname: "s.example.com", caCertificateRefs: refs })

describe("selectTlsPolicy", () => {
  it.each([
    [
      "the section before the whole, even if younger",
      [policy("whole", undefined, 2020), policy("part", "https", 2021)],
      "part",
    ],
    ["the older of two", [policy("young", undefined, 2021), policy("z-old", undefined, 2020)], "z-old"],
    ["none for another section", [policy("other", "grpc", 2020)], undefined],
  ])("takes %s", (_, objects, name) => {
    expect(selectTlsPolicy(readsOf(objects), target)?.metadata.name).toBe(name)
  })
})

describe("resolveUpstreamTls", () => {
  it("gives plain text without a policy", () => {
    const client = { clientCertificates: [], parameters: { minVersion: "1.3" } }
    expect(resolveUpstreamTls(readsOf([]), target, client)).toEqual({})
  })

  it("takes host name and system certificates of a policy, and the versions' defaults", () => {
    expect(resolveUpstreamTls(readsOf([policy("p", undefined, 2020)]), target, undefined)).toEqual({
      tls: {
        ca: { type: "system", secretName: "system_ca_certificates" },
        sni: "s.example.com",
        subjectAltNames: [],
        parameters: { minVersion: "1.2", maxVersion: "1.3" },
        clientCertificates: [],
      },
      use: { policy: "BackendTLSPolicy/default/p" },
    })
  })

  it("names the system's certificates by policy when asked to", () => {
    const reads = readsOf([policy("p", undefined, 2020)], [], { runtimeFlags: ["PerResourceSystemCASecret"] })
    expect(resolveUpstreamTls(reads, target, undefined).tls?.ca).toEqual({ type: "system", secretName: "p/default-ca" })
  })

  it.each([
    ["ca.crt", { "ca.crt": "A", "tls.crt": "B" }, "A"],
    ["tls.crt", { "tls.crt": "B", x: "C" }, "B"],
    ["the only entry", { x: "C" }, "C"],
  ])("reads a ConfigMap's %s", (_, data, text) => {
    const validation = withCa([{ group: "", kind: "ConfigMap", name: "ca" }])
    const { tls } = resolveUpstreamTls(
      readsOf([policy("p", undefined, 2020, validation), object("ConfigMap", "default/ca", { data })]),
      target,
      undefined,
    )
    const ca = tls?.ca
    expect(ca?.type === "inline" && new TextDecoder().decode(ca.certificate)).toBe(text)
    expect(ca?.secretName).toBe("p/default-ca")
  })

  it.each([
    ["ConfigMap", "InvalidCACertificateRef", "configmap ca not found in namespace default"],
    ["Secret", "InvalidCACertificateRef", "secret ca not found in namespace default"],
    [
      "Potato",
      "InvalidKind",
      "Unsupported reference kind, supported kinds are ConfigMap, Secret, and ClusterTrustBundle in caCertificateRefs",
    ],
  ])("fails for a missing %s", (kind, reason, message) => {
    const reads = readsOf([policy("p", undefined, 2020, withCa([{ group: "", kind, name: "ca" }]))])
    const result = resolveUpstreamTls(reads, target, undefined)
    expect(result.error).toBe(message)
    expect(result.use?.error).toEqual({ reason, message })
  })

  it("puts a policy over a Backend's own settings and those over the Gateway's", () => {
    const backend = object("Backend", "default/b", {
      spec: {
        tls: {
          insecureSkipVerify: false,
          wellKnownCACertificates: "System",
          sni: "own",
          minVersion: "1.3",
          alpnProtocols: [],
        },
      },
    })
    const reads = readsOf([backend])
    const own: TlsTarget = {
      group: "gateway.envoyproxy.io",
      kind: "Backend",
      namespace: "default",
      name: "b",
      backend: backend as never,
    }
    const client = {
      clientCertificates: [],
      parameters: { minVersion: "1.0", maxVersion: "1.2" },
      alpnProtocols: ["h2"],
    }
    const { tls } = resolveUpstreamTls(reads, own, client)
    expect(tls).toMatchObject({ sni: "own", parameters: { minVersion: "1.3", maxVersion: "1.2" } })
    expect(tls).not.toHaveProperty("alpnProtocols")
  })

  it.each([
    [undefined, "failed to locate TLS secret for client auth: default/cert specified in EnvoyProxy default/proxy"],
    [
      "other",
      "ClientCertificateRef Secret is not located in the same namespace as EnvoyProxy. Secret namespace: other does not match EnvoyProxy namespace: default",
    ],
  ])("tells why a client certificate of namespace %s cannot be had", (namespace, error) => {
    const ref = { name: "cert", ...(namespace === undefined ? {} : { namespace }) }
    const owner = { kind: "EnvoyProxy", namespace: "default", name: "proxy" } as const
    expect(readClientCertificate(readsOf([]), owner, ref)).toEqual({ error })
  })

  it("asks for no certificates that nobody checks", () => {
    const backend = object("Backend", "default/s", { spec: { tls: { insecureSkipVerify: true } } })
    const own: TlsTarget = { ...target, kind: "Backend", group: "gateway.envoyproxy.io", backend: backend as never }
    const { tls } = resolveUpstreamTls(readsOf([backend]), own, undefined)
    expect(tls?.isUnverified).toBe(true)
    expect(tls).not.toHaveProperty("ca")
  })

  it("fails with the Gateway's own fault", () => {
    const client = { clientCertificates: [], parameters: {}, error: "no such secret" }
    expect(resolveUpstreamTls(readsOf([policy("p", undefined, 2020)]), target, client).error).toBe("no such secret")
  })
})

describe("conflictingTlsPolicy", () => {
  it.each([
    ["the same target", "https", "old"],
    ["another section", "grpc", undefined],
  ])("with %s", (_, section, name) => {
    const young = policy("a-young", "https", 2021)
    const reads = readsOf([policy("old", section, 2020), young])
    expect(conflictingTlsPolicy(reads, young as never)?.metadata.name).toBe(name)
  })
})

describe("backendTlsAncestors", () => {
  const use = { policy: "BackendTLSPolicy/default/p" }
  const same = (a: string, b: string) => a === b

  it("lists each ancestor once", () => {
    const uses = ["x", "y", "x"].map((ancestor) => ({ ancestor, use }))
    expect(backendTlsAncestors(uses, undefined, same).map((a) => a.ancestorRef)).toEqual(["x", "y"])
  })

  it("refuses a policy in conflict under the winner's ancestors", () => {
    const list = backendTlsAncestors([{ ancestor: "x", use }], { with: "default/old", ancestors: ["x", "y"] }, same)
    expect(list.map((a) => a.conditions.map((c) => `${c.type}=${c.status}/${c.reason}`))).toEqual([
      ["ResolvedRefs=True/ResolvedRefs", "Accepted=False/Conflicted"],
      ["Accepted=False/Conflicted"],
    ])
  })

  it("tells what is wrong with the certificates", () => {
    const error = { reason: "InvalidKind", message: "no such kind" } as const
    const [ancestor] = backendTlsAncestors([{ ancestor: "x", use: { ...use, error } }], undefined, same)
    expect(ancestor?.conditions.map((c) => `${c.type}=${c.reason}: ${c.message}`)).toEqual([
      "Accepted=NoValidCACertificate: No such kind.",
      "ResolvedRefs=InvalidKind: No such kind.",
    ])
  })
})
