import type { Diagnostic } from "@attache/base"
import { describe, expect, it } from "vitest"
import { loadObjects } from "./load-objects.ts"
import { validateObject } from "./validate-object.ts"

const gatewayApi = "apiVersion: gateway.networking.k8s.io/v1\n"

function judge(text: string, old?: string): readonly Diagnostic[] {
  const [loaded] = loadObjects(text, { file: "a.yaml" }).objects
  const before = old === undefined ? undefined : loadObjects(old, { file: "old.yaml" }).objects[0]
  if (loaded === undefined) throw new Error("nothing was loaded")
  return validateObject(loaded, before === undefined ? {} : { old: before.object })
}

const gateway = (listeners: string, metadata = "name: web"): string =>
  `${gatewayApi}kind: Gateway\nmetadata: {${metadata}}\nspec:\n  gatewayClassName: a\n  listeners:\n${listeners}`
const http = "    - {name: http, port: 80, protocol: HTTP}\n"

describe("validateObject", () => {
  it("says nothing about what is right, and about kinds nobody knows", () => {
    expect(judge(gateway(http))).toEqual([])
    expect(judge("apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: A}\nspec: 1")).toEqual([])
  })

  it("gives place, field, the server's words and its whole answer", () => {
    expect(judge(gateway("    - name: http\n      port: 70000\n      protocol: HTTP\n"))).toEqual([
      {
        code: "ATT_RESOURCE_SCHEMA",
        severity: "error",
        message: "Invalid value: 70000: spec.listeners[0].port in body should be less than or equal to 65535",
        detail:
          'Gateway.gateway.networking.k8s.io "web" is invalid: spec.listeners[0].port: Invalid value: 70000: spec.listeners[0].port in body should be less than or equal to 65535',
        file: "a.yaml",
        line: 8,
        column: 7,
        object: { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", namespace: "default", name: "web" },
        field: "spec.listeners[0].port",
      },
    ])
  })

  it("joins several errors and says that rules were left out after a blocking one", () => {
    const findings = judge(gateway("    - {name: http, protocol: HTTP}\n    - {name: http, port: 0, protocol: HTTP}\n"))
    const unchecked =
      "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"
    expect(findings.map(({ field }) => field)).toEqual([
      "spec.listeners[0].port",
      "spec.listeners[1].port",
      "spec.listeners[1]",
    ])
    for (const { detail } of findings) {
      expect(detail).toMatch(/^Gateway\.gateway\.networking\.k8s\.io "web" is invalid: \[spec/)
      expect(detail).toContain(`, ${unchecked}]`)
    }
  })

  it("runs rules when nothing blocks", () => {
    const [finding, ...rest] = judge(gateway("    - {name: http, port: 80, protocol: HTTP, tls: {mode: Terminate}}\n"))
    expect(rest).toMatchObject([{ message: expect.stringContaining("certificateRefs or options must be specified") }])
    expect(finding).toMatchObject({
      code: "ATT_RESOURCE_RULE",
      field: "spec.listeners",
      line: 6,
      message: "Invalid value: tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']",
    })
  })

  it("names an error that the server repeats only once", () => {
    const text = `apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: BackendTrafficPolicy\nmetadata: {name: a}
spec: {targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: a}, healthCheck: {active: {type: X}}}`
    const messages = judge(text).filter(({ field }) => field === "spec.healthCheck.active.type")
    expect(messages.map(({ message }) => message)).toEqual([
      'Unsupported value: "X": supported values: "HTTP", "TCP", "GRPC"',
      'Invalid value: "": "spec.healthCheck.active.type" must validate all the schemas (allOf). None validated',
    ])
  })

  it("warns of unknown fields with the nearest name, and judges the object without them", () => {
    const findings = judge(gateway("    - {name: http, port: 80, protocol: HTTP, hostName: a}\n"))
    expect(findings).toMatchObject([
      {
        code: "ATT_RESOURCE_UNKNOWN_FIELD",
        severity: "warning",
        field: "spec.listeners[0].hostName",
        hint: "did you mean spec.listeners[0].hostname?",
        line: 7,
      },
    ])
    expect(findings[0]).not.toHaveProperty("detail")
  })

  it.each<[string, string, string]>([
    ["a name", gateway(http, "name: Web"), "metadata.name"],
    ["a namespace", gateway(http, "name: web, namespace: a.b"), "metadata.namespace"],
    [
      "a Service's name",
      "apiVersion: v1\nkind: Service\nmetadata: {name: a.b}\nspec: {ports: [{port: 1}]}",
      "metadata.name",
    ],
  ])("refuses %s that is none", (_name, text, field) => {
    expect(judge(text)).toMatchObject([{ code: "ATT_RESOURCE_NAME", severity: "error", field, line: 3 }])
  })

  it("refuses versions that are not served and warns of those that go away", () => {
    const text = (version: string) =>
      `apiVersion: gateway.networking.k8s.io/${version}\nkind: TCPRoute\nmetadata: {name: a}\nspec: {rules: [{backendRefs: [{name: a, port: 1}]}]}`
    expect(judge(text("v1"))).toEqual([])
    expect(judge(text("v1alpha2"))).toMatchObject([
      {
        code: "ATT_RESOURCE_DEPRECATED_VERSION",
        severity: "warning",
        line: 1,
        hint: "use gateway.networking.k8s.io/v1",
      },
    ])
    expect(judge(text("v7"))).toMatchObject([
      { code: "ATT_RESOURCE_VERSION_NOT_SERVED", severity: "error", line: 1, hint: "use gateway.networking.k8s.io/v1" },
    ])
  })

  it("warns of loopback addresses in an EndpointSlice", () => {
    const text = `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a}\naddressType: IPv4\nendpoints:
  - addresses: [10.0.0.1, 127.0.0.1]\n  - addresses: ["::1"]\nports: []`
    const findings = judge(text).filter(({ code }) => code === "ATT_RESOURCE_LOOPBACK_ENDPOINT")
    expect(findings.map(({ field, line, severity }) => [field, line, severity])).toEqual([
      ["endpoints[0].addresses[1]", 6, "warning"],
      ["endpoints[1].addresses[0]", 7, "warning"],
    ])
  })

  it("looks at the object before for rules about changes", () => {
    const text = (name: string) =>
      `${gatewayApi}kind: GatewayClass\nmetadata: {name: a}\nspec: {controllerName: example.com/${name}}`
    expect(judge(text("b"))).toEqual([])
    expect(judge(text("b"), text("b"))).toEqual([])
    expect(judge(text("c"), text("b"))).toMatchObject([
      {
        code: "ATT_RESOURCE_RULE",
        field: "spec.controllerName",
        message: 'Invalid value: "example.com/c": Value is immutable',
      },
    ])
  })

  it("does not look at a status, which creation drops", () => {
    expect(judge(`${gateway(http)}status: {conditions: 5}\n`)).toEqual([])
    expect(judge(`${gateway(http)}status: {nothing: 5}\n`)).toMatchObject([
      { field: "status.nothing", severity: "warning" },
    ])
  })

  it("has a place for every finding, also of what is absent", () => {
    const [finding] = judge(gateway("    - {name: http, port: 80}\n"))
    expect(finding).toMatchObject({
      field: "spec.listeners[0].protocol",
      message: "Required value",
      line: 7,
      column: 7,
    })
  })
})
