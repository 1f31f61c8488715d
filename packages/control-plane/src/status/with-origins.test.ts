import type { ProxySnapshot } from "@attache/translate"
import { expect, it } from "vitest"
import { withOrigins } from "./with-origins.ts"

const resource = { name: "default/gw/http", origins: [{ object: "Gateway/default/gw", field: "spec.listeners[0]" }] }
const table = (...resources: readonly object[]) => ({ groups: [{ resources }] })
const snapshot = {
  tables: { listeners: table(resource), clusters: table({ name: "c", origins: [] }) },
} as unknown as ProxySnapshot

it("names the object that a resource is made from, where nothing is named", () => {
  const lacks = [
    { subject: "Listener default/gw/http", reason: "it warms" },
    { subject: "Listener other", reason: "it warms" },
    { subject: "Cluster c", reason: "it warms" },
    { subject: "proxy", reason: "no Envoy is connected" },
  ]
  const object = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", namespace: "default", name: "gw" }
  expect(withOrigins({ state: "no", lacks }, () => snapshot).lacks).toEqual([
    { ...lacks[0], object, field: "spec.listeners[0]" },
    ...lacks.slice(1),
  ])
  const fact = { state: "no", lacks } as const
  expect(withOrigins(fact, () => undefined)).toBe(fact)
})
