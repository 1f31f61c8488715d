import { describe, expect, it } from "vitest"
import { defaultSettings, type Settings } from "../../world/settings.ts"
import type { AnyObject } from "../../world/world.ts"
import { object } from "../test-world.ts"
import { checkPair } from "./certificates.ts"
import { namedPair, otherPair, tlsData, wildPair } from "./test-certificates.ts"
import { gatewayOf, groupOf, listenersOf, shown } from "./test-gateways.ts"

const secret = (key: string, data: object, type = "kubernetes.io/tls") => object("Secret", key, { type, data })
const base64 = (text: string) => Buffer.from(text).toString("base64")
const good = secret("infra/good", tlsData(wildPair))

function read(refs: readonly object[], objects: readonly AnyObject[] = [], settings: Partial<Settings> = {}) {
  const listener = { name: "l", port: 443, protocol: "HTTPS", tls: { certificateRefs: refs } }
  const group = groupOf("infra/gw", [gatewayOf("infra/gw", [listener]), good, ...objects], settings)
  const draft = listenersOf(group)["infra/gw/l"]
  return {
    resolved: draft?.conditions.filter((c) => c.type === "ResolvedRefs").map((c) => shown(c)),
    programmed: draft?.isReady,
    names: draft?.tls?.certificates.map(({ name }) => name) ?? [],
    draft,
  }
}

describe("certificates of a listener", () => {
  it("are delivered in order with their DNS names known", () => {
    const other = secret("infra/other", tlsData(otherPair))
    const { draft, ...rest } = read([{ name: "other" }, { name: "good" }], [other])
    expect(rest).toMatchObject({ programmed: true, names: ["infra/other", "infra/good"] })
    expect(draft?.sans).toEqual(["other.test", "*.example.com", "www.example.com"])
  })

  it.each<[string, object, AnyObject[], string, string]>([
    [
      "a group",
      { group: "x", name: "good" },
      [],
      "InvalidCertificateRef",
      "Listener's TLS certificate ref group must be unspecified/empty.",
    ],
    [
      "a kind",
      { kind: "ConfigMap", name: "good" },
      [],
      "InvalidCertificateRef",
      "Listener's TLS certificate ref kind must be Secret.",
    ],
    ["nothing", { name: "none" }, [], "InvalidCertificateRef", "Secret infra/none does not exist."],
    [
      "another namespace without a grant",
      { name: "far", namespace: "secrets" },
      [secret("secrets/far", tlsData(wildPair))],
      "RefNotPermitted",
      "Certificate ref to secret secrets/far not permitted by any ReferenceGrant.",
    ],
    [
      "a Secret of another type",
      { name: "opaque" },
      [secret("infra/opaque", tlsData(wildPair), "Opaque")],
      "InvalidCertificateRef",
      "Secret infra/opaque must be of type kubernetes.io/tls.",
    ],
    [
      "a Secret without a key",
      { name: "half" },
      [secret("infra/half", { "tls.crt": base64(wildPair.certificate) })],
      "InvalidCertificateRef",
      "Secret infra/half must contain tls.crt and tls.key.",
    ],
    [
      "an SDS Secret while those are off",
      { name: "sds" },
      [secret("infra/sds", { url: base64("unix:///s") }, "gateway.envoyproxy.io/sds")],
      "InvalidCertificateRef",
      "SDS Secret infra/sds cannot be used because SDS Secret references are not enabled in EnvoyGateway configuration.",
    ],
  ])("that refer to %s cannot be had", (_, ref, objects, reason, message) => {
    const { resolved, programmed } = read([ref], objects)
    expect(resolved).toEqual([`ResolvedRefs=False ${reason}: No valid secrets exist: certificate refs 0: ${message}`])
    expect(programmed).toBe(false)
  })

  it("leave out those that cannot be had", () => {
    const { resolved, programmed, names } = read([{ name: "none" }, { name: "good" }])
    expect(resolved).toEqual([
      "ResolvedRefs=False PartiallyInvalidCertificateRef: Some secrets are invalid: certificate refs 0: Secret infra/none does not exist.",
    ])
    expect([programmed, names]).toEqual([true, ["infra/good"]])
  })

  it("may stand in another namespace where a grant says so", () => {
    const grant = object("ReferenceGrant", "secrets/grant", {
      spec: {
        from: [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "infra" }],
        to: [{ group: "", kind: "Secret" }],
      },
    })
    const far = secret("secrets/far", tlsData(wildPair))
    expect(read([{ name: "far", namespace: "secrets" }], [far, grant]).names).toEqual(["secrets/far"])
  })

  it("come from another SDS server where that is allowed", () => {
    const data = { url: base64("unix:///run/sds"), secretName: base64("cert") }
    const sds = secret("infra/sds", data, "gateway.envoyproxy.io/sds")
    const { draft } = read([{ name: "sds" }], [sds], { ...defaultSettings, isSdsSecretRefEnabled: true })
    expect(draft?.tls?.certificates).toEqual([
      { name: "infra/sds", content: { type: "sds", sds: { url: "/run/sds", secretName: "cert" } } },
    ])
    expect(draft?.isSdsBacked).toBe(true)
  })

  it("are delivered as certificates and nothing else, whatever stands around them", () => {
    const noisy = secret("infra/noisy", {
      ...tlsData(wildPair),
      "tls.crt": base64(`# note\n${wildPair.certificate.replaceAll("\n", "\r\n")}\n\n`),
      "tls.ocsp-staple": base64("staple"),
    })
    const content = read([{ name: "noisy" }], [noisy]).draft?.tls?.certificates[0]?.content
    expect(content).toMatchObject({ type: "inline", ocspStaple: new Uint8Array(Buffer.from("staple")) })
    expect(content?.type === "inline" && Buffer.from(content.chain).toString()).toBe(wildPair.certificate)
  })
})

describe("checkPair", () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text))
  const noKey = wildPair.key.replace(/[A-Za-z0-9+/]{20}/, "AAAAAAAAAAAAAAAAAAAA")

  it("gives the common name of a certificate without other names", () => {
    expect(checkPair(bytes(namedPair.certificate), bytes(namedPair.key)).sans).toEqual(["only-a-name.test"])
  })

  it.each<[string, string, string, RegExp]>([
    ["text that is no PEM", "none", wildPair.key, /unable to decode pem data for certificate/],
    [
      "PEM that is no certificate",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      wildPair.key,
      /unable to parse certificate/,
    ],
    ["a key that is no PEM", wildPair.certificate, "none", /unable to decode pem data in tls.key/],
    ["a key that is broken", wildPair.certificate, noKey, /unable to parse private key in tls.key/],
    ["a key of another certificate", wildPair.certificate, otherPair.key, /private key does not match public key/],
  ])("refuses %s", (_, certificate, key, error) => {
    expect(checkPair(bytes(certificate), bytes(key)).error).toMatch(error)
  })
})
