import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { type ClientAcks, createSnapshot, type ResourceAck } from "@attache/xds-server"
import { expect, it } from "vitest"
import { acceptedFact } from "./accepted.ts"

const snapshot = createSnapshot({
  [typeUrls.listener]: [{ name: "l", bytes: Uint8Array.of(1) }],
  [typeUrls.cluster]: [{ name: "c", bytes: Uint8Array.of(1) }],
})
const client = (types: Readonly<Record<string, Readonly<Record<string, ResourceAck>>>>, nodeId = "n"): ClientAcks => ({
  proxyKey: "p",
  nodeId,
  streamId: 1,
  variant: "delta",
  types: new Map(
    Object.entries(types).map(([url, acks]) => [url, { version: "", resources: new Map(Object.entries(acks)) }]),
  ),
})
const acked: ResourceAck = { state: "acked" }
const texts = (...clients: readonly ClientAcks[]): readonly string[] =>
  acceptedFact(snapshot, clients, []).lacks.map(({ subject, reason }) => `${subject}: ${reason}`)

it("is so when every Envoy has acknowledged everything", () => {
  const all = client({ [typeUrls.cluster]: { c: acked }, [typeUrls.listener]: { l: acked, gone: { state: "absent" } } })
  expect(acceptedFact(snapshot, [all], [])).toEqual({ state: "yes", lacks: [] })
  const streams = [client({ [typeUrls.cluster]: { c: acked } }), client({ [typeUrls.listener]: { l: acked } })]
  expect(acceptedFact(snapshot, streams, []).state, "one type a stream").toBe("yes")
})

it("names what is missing", () => {
  const states: readonly ResourceAck[] = [
    { state: "nacked", message: " no\n" },
    { state: "sent" },
    { state: "pending" },
  ]
  const types = { [typeUrls.cluster]: { c: acked }, [typeUrls.listener]: Object.fromEntries(states.entries()) }
  expect(texts(client(types))).toEqual([
    "Listener 0: Envoy refuses it: no",
    "Listener 1: sent, and not answered yet",
    "Listener 2: not sent yet",
  ])
  const starting = client({ [typeUrls.cluster]: { c: acked } }, "other")
  expect(texts(starting)).toEqual(["Listener l: Envoy has not asked for it yet"])
  expect(texts()).toEqual(["proxy: no Envoy is connected"])
  expect(acceptedFact(undefined, [starting], []).state).toBe("no")
  const withdrawn = [{ subject: "Listener l", reason: "withdrawn" }]
  expect(acceptedFact(snapshot, [client({ [typeUrls.cluster]: {}, [typeUrls.listener]: {} })], withdrawn).state).toBe(
    "no",
  )
})

it("says once that a resource is refused whose object is known", () => {
  const object = { apiVersion: "v1", kind: "Gateway", namespace: "default", name: "gw" }
  const blamed = { subject: "Listener l", object, field: "spec.listeners[0]", reason: "Envoy refuses it: in use" }
  const nacked = client({
    [typeUrls.cluster]: { c: acked },
    [typeUrls.listener]: { l: { state: "nacked", message: "in use" } },
  })
  expect(acceptedFact(snapshot, [nacked], [blamed]).lacks).toEqual([blamed])
})

it("does not say of a cluster that Envoy took that it was refused, though it came with one that was", () => {
  const message = "Error adding/updating cluster(s) b: no such type"
  const types = {
    [typeUrls.cluster]: Object.fromEntries(
      ["a", "b", "c"].map((name) => [name, { state: "nacked", message } as const]),
    ),
    [typeUrls.listener]: { l: acked },
  }
  expect(texts(client(types))).toEqual(["Cluster b: Envoy refuses it: no such type"])
})
