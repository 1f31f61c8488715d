import { decode, encode, fromJson, toJson } from "@attache/envoy-api"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import type { Resource } from "@attache/translate"
import { expect, it } from "vitest"
import { withLocalModules } from "./local-modules.ts"

const type = (name: string): string => `type.googleapis.com/envoy.extensions.${name}`
const wasm = (name: string, code: object): object => ({
  name,
  typedConfig: {
    "@type": type("filters.http.wasm.v3.Wasm"),
    config: { name, vmConfig: { runtime: "envoy.wasm.runtime.v8", code } },
  },
})
const remote = (sha256: string): object => ({
  remote: { httpUri: { uri: "http://m/", cluster: "m", timeout: "10s" }, sha256 },
})
const listener = (...httpFilters: readonly object[]): Resource => {
  const manager = {
    "@type": type("filters.network.http_connection_manager.v3.HttpConnectionManager"),
    statPrefix: "x",
    httpFilters,
  }
  const filters = [{ name: "manager", typedConfig: manager }]
  const json = { name: "l", defaultFilterChain: { filters } } as unknown as Parameters<typeof fromJson>[1]
  return { name: "l", bytes: encode(ListenerSchema, fromJson(ListenerSchema, json)), version: "1", origins: [] }
}
const here = (sha256: string) => Promise.resolve(sha256 === "gone" ? undefined : `/modules/${sha256}`)

it("has modules that are to be fetched read from files", async () => {
  const local = await withLocalModules(listener(wasm("a", remote("one")), wasm("b", remote("gone"))), here)
  const text = JSON.stringify(toJson(ListenerSchema, decode(ListenerSchema, local.bytes)))
  expect(text).toContain('"code":{"local":{"filename":"/modules/one"}}')
  expect(text).toContain('"sha256":"gone"')
  expect(text).not.toContain('"sha256":"one"')
})

it("leaves a listener alone that has none of them", async () => {
  const plain = listener(wasm("a", { local: { filename: "/x" } }), wasm("b", remote("gone")))
  expect(await withLocalModules(plain, here)).toBe(plain)
})
