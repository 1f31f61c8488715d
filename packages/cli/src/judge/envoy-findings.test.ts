import type { Judgement } from "@attache/control-plane"
import { type LoadedObject, loadObjects } from "@attache/kube-api"
import { keyOf, type ProxySnapshot, type Resource } from "@attache/translate"
import { describe, expect, it } from "vitest"
import { envoyFindings, resourceKey } from "./envoy-findings.ts"

const text = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: a }
spec:
  rules:
    - name: first
    - name: second
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: b }
spec: {}
`
const objects: ReadonlyMap<string, LoadedObject> = new Map(
  loadObjects(text, { file: "r.yaml" }).objects.map((loaded) => [keyOf(loaded.object), loaded]),
)
const a = "HTTPRoute/default/a"
const b = "HTTPRoute/default/b"
const origin = (object: string, field = "") => ({ object, field })
const typeUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster"

function findings(
  resource: Partial<Resource>,
  judgement: Partial<Judgement>,
  culprit?: string,
  isThere: (path: string) => boolean = () => false,
) {
  const one = { name: "c", bytes: new Uint8Array(), version: "1", origins: [], ...resource }
  const none = (kind: string) => ({ typeUrl: kind, groups: [] })
  const clusters = { typeUrl, groups: [{ resources: [one] }] }
  const tables = { clusters, listeners: none("l"), routes: none("r"), endpoints: none("e"), secrets: none("s") }
  const snapshot: ProxySnapshot = { key: "p", tables, diagnostics: [] }
  const culprits = new Map(culprit === undefined ? [] : [[resourceKey({ typeUrl, name: "c" }), culprit]])
  return envoyFindings(
    { snapshot, judgement: { resources: [], warming: [], ...judgement }, culprits },
    objects,
    isThere,
  )
}

const refused = (message: string): Partial<Judgement> => ({
  resources: [{ typeUrl, name: "c", verdict: "refused", message }],
})

describe("envoyFindings", () => {
  it("puts a refusal where the resource comes from", () => {
    expect(findings({ origins: [origin("Proxy/p"), origin(a, "spec.rules[1]")] }, refused("no"))).toEqual([
      {
        code: "ATT_RESOURCE_REFUSED",
        severity: "error",
        message: "Envoy refuses Cluster c: no",
        file: "r.yaml",
        line: 7,
        column: 7,
        object: { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", namespace: "default", name: "a" },
        field: "spec.rules[1]",
      },
    ])
  })

  it.each([
    ["the object to blame", { origins: [origin(a)] }, b, { object: { name: "b" }, line: 9 }],
    ["no place, when nothing given made it", { origins: [origin("Proxy/p")] }, undefined, {}],
    [
      "the object, when several of its fields did",
      { origins: [origin(a, "x"), origin(a, "y")] },
      undefined,
      { line: 1 },
    ],
    [
      "the only object of all parts",
      { parts: [[{ name: "1", version: "1", origins: [origin(b)] }]] },
      undefined,
      { line: 9 },
    ],
  ] as const)("names %s", (_, resource, culprit, wanted) => {
    const [finding] = findings(resource, refused("no"), culprit)
    expect(finding).toMatchObject(wanted)
    if (Object.keys(wanted).length === 0) expect(finding?.object).toBeUndefined()
  })

  it("names none of several objects that share a resource by its parts", () => {
    const parts = [[a, b].map((object) => ({ name: object, version: "1", origins: [origin(object)] }))]
    expect(findings({ parts }, refused("no"))[0]).not.toHaveProperty("object")
    expect(findings({ parts }, refused("no"), b)[0]).toMatchObject({ object: { name: "b" } })
  })

  it.each([
    ["Invalid path: /certs/ca.crt", "/certs/ca.crt"],
    ["Unable to open Maxmind database file /db/City.mmdb. Error Error opening it", "/db/City.mmdb"],
    ["unable to read file: /etc/x.lua", "/etc/x.lua"],
  ])("only warns of a file that this machine lacks: %s", (message, path) => {
    expect(findings({}, refused(message))).toMatchObject([{ code: "ATT_RESOURCE_NOT_JUDGED", severity: "warning" }])
    expect(findings({}, refused(message), undefined, (file) => file === path)).toMatchObject([
      { code: "ATT_RESOURCE_REFUSED", severity: "error" },
    ])
  })

  it("warns of what got no answer and of what is not warm, and is silent about the rest", () => {
    const verdict = (name: "accepted" | "unasked" | "unanswered") => ({ typeUrl, name: "c", verdict: name })
    const resources = [verdict("accepted"), verdict("unasked"), verdict("unanswered")]
    expect(
      findings({ origins: [origin(b)] }, { resources, warming: [{ typeUrl, name: "c" }] }).map(
        ({ code, severity, object }) => [code, severity, object?.name],
      ),
    ).toEqual([
      ["ATT_RESOURCE_NOT_JUDGED", "warning", "b"],
      ["ATT_RESOURCE_NOT_WARM", "warning", "b"],
    ])
  })
})
