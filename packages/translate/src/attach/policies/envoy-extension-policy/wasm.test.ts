import type { EnvoyExtensionPolicy, Wasm } from "@attache/kube-api"
import { describe, expect, it } from "vitest"
import { object, readsOf } from "../../test-world.ts"
import { planWasm, type WasmModuleState, type WasmRequest } from "./wasm.ts"

const owner = object("EnvoyExtensionPolicy", "shop/p", {
  metadata: { resourceVersion: "7" },
}) as unknown as EnvoyExtensionPolicy
const base64 = (text: string) => Buffer.from(text).toString("base64")
const grant = object("ReferenceGrant", "far/grant", {
  spec: {
    from: [{ group: "gateway.envoyproxy.io", kind: "EnvoyExtensionPolicy", namespace: "shop" }],
    to: [{ group: "", kind: "Secret", name: "allowed" }],
  },
})
const world = readsOf(
  [
    object("Secret", "shop/pull", { data: { ".dockerconfigjson": base64("{}") } }),
    object("Secret", "shop/ca", { data: { "ca.crt": base64("PEM"), other: base64("x") } }),
    object("Secret", "shop/two", { data: { a: base64("x"), b: base64("y") } }),
    object("ConfigMap", "shop/only", { data: { whatever: "PEM" } }),
    object("ClusterTrustBundle", "/bundle", { spec: { trustBundle: "PEM" } }),
    object("Secret", "far/allowed", { data: { ".dockerconfigjson": base64("{}") } }),
    object("Secret", "far/secret", { data: { ".dockerconfigjson": base64("{}") } }),
    grant,
  ],
  [],
)

const image = (url: string, rest: object = {}, code: object = {}): Wasm =>
  ({ code: { type: "Image", image: { url, ...rest }, ...code } }) as Wasm
const http = (url: string, rest: object = {}, code: object = {}): Wasm =>
  ({ code: { type: "HTTP", http: { url, ...rest }, ...code } }) as Wasm
const ca = (name: string, kind?: string) => ({
  tls: { caCertificateRef: { name, ...(kind === undefined ? {} : { kind }) } },
})
const pull = (name: string, rest: object = {}) => ({ pullSecretRef: { name, ...rest } })

/** What the entries ask for, and what they come to when modules are as `states` says, by URL. */
function plan(entries: readonly Wasm[], states: Readonly<Record<string, WasmModuleState>> = {}) {
  const requests: WasmRequest[] = []
  const result = planWasm(
    world,
    (request) => {
      requests.push(request)
      return (
        states[request.url] ?? { state: "ready", value: { type: "remote", url: `served:${request.url}`, sha256: "s" } }
      )
    },
    owner,
    entries,
  )
  return { requests, ...result }
}

describe("Wasm modules of a policy", () => {
  it.each<readonly [Wasm, WasmRequest]>([
    [http("https://a.test/m.wasm"), { type: "HTTP", url: "https://a.test/m.wasm" }],
    [http("https://a.test", { sha256: "ab" }), { type: "HTTP", url: "https://a.test", sha256: "ab" }],
    [image("r.test/m"), { type: "Image", url: "oci://r.test/m:latest" }],
    [image("oci://r.test:5000/m"), { type: "Image", url: "oci://r.test:5000/m:latest" }],
    [image("r.test:5000/m:v1"), { type: "Image", url: "oci://r.test:5000/m:v1" }],
    [image("oci-layout:/images/m"), { type: "Image", url: "oci-layout:/images/m" }],
    [image("r.test/m"), { type: "Image", url: "oci://r.test/m:latest", resourceVersion: "7" }],
    [image("r.test/m@sha256:ab"), { type: "Image", url: "oci://r.test/m@sha256:ab" }],
    [
      image("r.test/m:v1", {}, { pullPolicy: "Always" }),
      { type: "Image", url: "oci://r.test/m:v1", pullPolicy: "Always", resourceVersion: "7" },
    ],
    [
      image("r.test/m:v1", pull("pull"), { pullPolicy: "IfNotPresent" }),
      { type: "Image", url: "oci://r.test/m:v1", pullPolicy: "IfNotPresent", pullSecret: "shop/pull" },
    ],
    [
      image("r.test/m:v1", pull("allowed", { namespace: "far" })),
      { type: "Image", url: "oci://r.test/m:v1", pullSecret: "far/allowed" },
    ],
    [http("https://a.test", ca("ca")), { type: "HTTP", url: "https://a.test", caCertificate: "PEM" }],
    [http("https://a.test", ca("only", "ConfigMap")), { type: "HTTP", url: "https://a.test", caCertificate: "PEM" }],
    [
      http("https://a.test", ca("bundle", "ClusterTrustBundle")),
      { type: "HTTP", url: "https://a.test", caCertificate: "PEM" },
    ],
  ])("%j are asked for as %j", (entry, request) => {
    expect(plan([entry])).toMatchObject({ requests: [request], errors: [], items: [{ isFailOpen: false }] })
  })

  it.each<readonly [Wasm, string]>([
    [image("a", pull("gone")), "secret shop/gone does not exist"],
    [image("a", pull("ca")), "missing .dockerconfigjson key in secret shop/ca"],
    [
      image("a", pull("secret", { namespace: "far" })),
      "pull secret ref to secret far/secret not permitted by any ReferenceGrant",
    ],
    [http("https://a.test", ca("gone")), "secret shop/gone does not exist"],
    [http("https://a.test", ca("gone", "ClusterTrustBundle")), "ref ClusterTrustBundle [gone] not found"],
    [http("https://a.test", ca("x", "Service")), "unsupported ref kind:Service"],
    [
      http("https://a.test", ca("two")),
      "ref secret [two] has none of the expected keys [ca.crt] and more than one entry",
    ],
  ])("%j cannot be asked for: %s", (entry, error) => {
    expect(plan([entry])).toMatchObject({ requests: [], errors: [error], items: [], isFailOpen: false })
  })

  it.each<readonly [string, readonly boolean[], readonly string[], boolean]>([
    ["none failed", [], [], true],
    ["the failed one may fail", [true], ["no"], true],
    ["one of the failed ones may not fail", [true, false], ["no", "no"], false],
  ])("keep the good ones when %s", (_, failOpen, errors, isFailOpen) => {
    const bad = failOpen.map((may) => ({ ...http("bad"), failOpen: may }))
    const { items, ...rest } = plan([...bad, http("good")], { bad: { state: "failed", error: "no" } })
    expect(rest).toMatchObject({ errors, isFailOpen })
    expect(items.map(({ name }) => name)).toEqual([`envoyextensionpolicy/shop/p/wasm/${failOpen.length}`])
  })

  it("keep the module they had while another is on its way or does not come", () => {
    const code = { type: "file", path: "/old", sha256: "s" } as const
    const waiting = plan([http("a")], { a: { state: "pending", lastGood: { code } } })
    expect(waiting).toMatchObject({ items: [{ code }], errors: [], isFailOpen: true, isPending: true })
    const failed = plan([http("a")], { a: { state: "failed", error: "no", lastGood: { code } } })
    expect(failed).toMatchObject({ items: [{ code }], errors: ["no"], isFailOpen: true })
    const old = { ...http("old"), name: "old", rootID: "before", config: { old: true }, env: { hostKeys: ["OLD"] } }
    const now = { ...http("a"), name: "new", rootID: "after", config: { old: false } }
    const { items } = plan([now], { a: { state: "pending", lastGood: { code, entry: old } } })
    expect(items, "with what that module was given").toMatchObject([
      { pluginName: "old", rootId: "before", config: '{"old":true}', hostEnvKeys: ["OLD"], code },
    ])
    expect(plan([http("a")], { a: { state: "pending" } })).toMatchObject({ items: [], isFailOpen: false })
  })

  it("need a cache", () => {
    expect(planWasm(world, undefined, owner, [http("a")]).errors).toEqual(["wasm cache is not initialized"])
    expect(planWasm(world, undefined, owner, []).errors).toEqual([])
  })
})
