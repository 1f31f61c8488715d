import { describe, expect, it } from "vitest"
import { object, readsOf } from "../test-world.ts"
import { parseSlicesId, readEndpointFacts, readEndpoints, slicesId } from "./endpoints.ts"

const port = { kind: "Service", namespace: "default", name: "s", protocol: "TCP", portName: "http" } as const
const id = slicesId(port)

function slice(name: string, endpoints: readonly unknown[], rest: Readonly<Record<string, unknown>> = {}) {
  return object("EndpointSlice", `default/${name}`, {
    metadata: { labels: { "kubernetes.io/service-name": "s" } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints,
    ...rest,
  })
}

describe("slicesId", () => {
  it("can be read back", () => expect(parseSlicesId(id)).toEqual(port))
})

describe("readEndpoints", () => {
  it("takes every address of every endpoint with the port, ready or not", () => {
    const endpoints = [
      { addresses: ["1.1.1.1", "1.1.1.2"], zone: "z1" },
      { addresses: ["2.2.2.2"], conditions: { ready: false } },
    ]
    const other = slice("other", [{ addresses: ["3.3.3.3"] }], {
      ports: [{ name: "metrics", port: 9, protocol: "TCP" }],
    })
    expect(readEndpoints(readsOf([slice("a", endpoints), other]), id)).toEqual([
      { address: { type: "socket", host: "1.1.1.1", port: 8080 }, zone: "z1" },
      { address: { type: "socket", host: "1.1.1.2", port: 8080 }, zone: "z1" },
      { address: { type: "socket", host: "2.2.2.2", port: 8080 }, isDraining: true },
    ])
  })

  it.each([
    [{ ready: true }, false],
    [{ ready: false, serving: true, terminating: false }, false],
    [{ ready: true, serving: false, terminating: false }, true],
    [{ ready: true, serving: true, terminating: true }, true],
    [{ ready: false, serving: true }, true],
  ])("drains by conditions %j: %s", (conditions, isDraining) => {
    const [endpoint] = readEndpoints(readsOf([slice("a", [{ addresses: ["1.1.1.1"], conditions }])]), id)
    expect(endpoint?.isDraining === true).toBe(isDraining)
  })
})

describe("readEndpointFacts", () => {
  const address = [{ addresses: ["1.1.1.1"] }]
  const names = slice("names", [{ addresses: ["a.example.com"] }], { addressType: "FQDN" })

  it.each([
    ["no slice", [], { isEmpty: true }],
    ["addresses", [slice("a", address)], { isEmpty: false, addressType: "ip" }],
    ["no address", [slice("a", [])], { isEmpty: true, addressType: "ip" }],
    ["names", [names], { isEmpty: false, addressType: "fqdn" }],
    ["both", [slice("a", address), names], { isEmpty: false, addressType: "mixed" }],
  ])("with %s", (_, objects, facts) => {
    expect(readEndpointFacts(readsOf(objects), id)).toEqual(facts)
  })

  it("stay equal when endpoints come and go", () => {
    const before = readEndpointFacts(readsOf([slice("a", address)]), id)
    const after = readEndpointFacts(readsOf([slice("a", [...address, { addresses: ["1.1.1.2"] }])]), id)
    expect(after).toEqual(before)
  })
})
