// Built-in kinds have schemas and rules of our own: what files easily have wrong is refused, with a place.
import { describe, expect, it } from "vitest"
import { loadObjects } from "./load-objects.ts"
import { validateObject } from "./validate-object.ts"

const fields = (text: string): readonly string[] =>
  loadObjects(text, { file: "a.yaml" }).objects.flatMap((loaded) =>
    validateObject(loaded).map(({ field = "" }) => field),
  )

const service = (spec: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: ${spec}`
const secret = (rest: string): string => `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n${rest}`
const configMap = (rest: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${rest}`
const slice = (rest: string): string =>
  `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a}\n${rest}`

describe("built-in kinds", () => {
  it.each<[string, string]>([
    ["a Service", service("{ports: [{port: 80, targetPort: http-1}], selector: {a/b: c}}")],
    ["a Service with names", service("{ports: [{port: 80, name: a}, {port: 81, name: b, targetPort: 0}]}")],
    ["a headless Service without ports", service("{clusterIP: None}")],
    ["an external Service", service("{type: ExternalName, externalName: a.example.com.}")],
    ["a Secret with nothing in a key", secret('stringData: {a: ""}\ndata: {b: ""}')],
    ["a Secret of a certificate", secret("type: kubernetes.io/tls\ndata: {tls.crt: YQ==, tls.key: YQ==}")],
    ["a ConfigMap", configMap('data: {a.b_c-D: "", a..: x}')],
    ["an EndpointSlice", slice('addressType: IPv6\nendpoints: [{addresses: ["2001:db8::1"]}]\nports: [{port: 1}]')],
    ["an EndpointSlice of names", slice("addressType: FQDN\nendpoints: [{addresses: [a.example.com]}]")],
    ["an EndpointSlice of nothing", slice("addressType: IPv4\nendpoints: null")],
  ])("lets pass %s", (_name, text) => {
    expect(fields(text)).toEqual([])
  })

  it.each<[string, string, readonly string[]]>([
    ["no ports", service("{selector: {a: b}}"), ["spec.ports"]],
    ["several ports without names", service("{ports: [{port: 80}, {port: 81}]}"), ["spec.ports"]],
    ["two ports of a name", service("{ports: [{port: 80, name: a}, {port: 81, name: a}]}"), ["spec.ports"]],
    ["the same port twice", service("{ports: [{port: 80, name: a}, {port: 80, name: b}]}"), ["spec.ports[1]"]],
    ["a port's name", service("{ports: [{port: 80, name: A_b}]}"), ["spec.ports[0].name"]],
    ["a target port's name", service("{ports: [{port: 80, targetPort: a--b}]}"), ["spec.ports[0].targetPort"]],
    ["a target port's number", service("{ports: [{port: 80, targetPort: 70000}]}"), ["spec.ports[0].targetPort"]],
    ["a cluster address", service("{clusterIP: none, ports: [{port: 80}]}"), ["spec.clusterIP"]],
    ["no external name", service("{type: ExternalName}"), ["spec.externalName"]],
    ["an external name that is none", service("{type: ExternalName, externalName: A.b}"), ["spec.externalName"]],
    ["a selector's value", service("{ports: [{port: 80}], selector: {a: b c}}"), ["spec.selector.a"]],
    ["data that is no base64", secret("data: {a: b}"), ["data.a"]],
    ["a Secret's key", secret("data: {a/b: YQ==}"), ["data"]],
    ["a Secret of a certificate without key", secret("type: kubernetes.io/tls\ndata: {tls.crt: YQ==}"), [""]],
    ["a text for data", secret("stringData: text"), ["stringData"]],
    ["a number for text", configMap("data: {a: 1}"), ["data.a"]],
    ["a ConfigMap's key", configMap('data: {"..": x}'), ["data"]],
    ["an address of the other family", slice('addressType: IPv4\nendpoints: [{addresses: ["::2"]}]'), [""]],
    ["two ports of no name", slice("addressType: IPv4\nendpoints: []\nports: [{port: 1}, {port: 2}]"), [""]],
  ])("refuses %s", (_name, text, want) => {
    expect(fields(text)).toEqual(want)
  })
})
