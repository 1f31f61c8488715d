// TCP connections of the SDK: the same in the host and on a real Envoy.
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { type AddressInfo, connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createIdleBootstrap, findEnvoy, type JsonObject, runEnvoy } from "@attache/envoy"
import { createHost } from "@attache/wasm-host"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { compileAssemblyScript } from "./build.ts"

let module: Uint8Array
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "wasm-connections-"))
  module = await compileAssemblyScript(join(import.meta.dirname, "../testdata/assembly/connections.ts"))
  writeFileSync(join(folder, "guest.wasm"), module)
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** What a client gets for what it sends, the next piece once an answer to the one before is complete. */
const dialogue = [
  { pieces: ["ab", "cd\n"], answer: "1:ABCD\n" },
  { pieces: ["wait"], answer: "1:waited\n" },
  { pieces: ["ef\n"], answer: "2:EF\n" },
]
/** After `close`, of which the server must not hear. */
const wanted = {
  server: "ABCD\nwaited\nEF\n",
  logs: ["resumed true, again false", "downstream closed 1", "done", "log 2"],
}
const textOf = (line: string): string | undefined => /^wasm log(?: plugin)? lines: (.*)$/.exec(line)?.[1]

describe("connections", () => {
  it("in the host", () => {
    const host = createHost({ module, plugin: { rootId: "lines" } })
    host.start()
    const connection = host.connect({ data: (bytes) => bytes })
    const text = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).toString()
    let got = ""
    for (const { pieces, answer } of dialogue) {
      for (const piece of pieces) {
        connection.send(piece)
        host.advance(20)
      }
      expect(text(connection.received)).toBe(got + answer)
      got += answer
    }
    connection.send("close")
    host.advance(20)
    expect([text(connection.serverReceived), connection.isClosed]).toEqual([wanted.server, true])
    const lines = host.logs.filter(({ level }) => level === "info").map((line) => textOf(line.text))
    expect(lines.filter((line) => line !== undefined)).toEqual(wanted.logs)
  })

  it("on Envoy", async () => {
    const seen: Buffer[] = []
    const server = createServer((socket) => {
      socket.on("data", (data) => {
        seen.push(data)
        socket.write(data)
      })
      socket.on("error", () => {})
    })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const logs: string[] = []
    await using envoy = await runEnvoy({
      path: (await findEnvoy()).path,
      bootstrap: bootstrapOf((server.address() as AddressInfo).port),
      concurrency: 1,
      componentLogLevels: { wasm: "info" },
      onLog: ({ message }) => logs.push(...[textOf(message) ?? []].flat()),
    })
    const [address] = (await envoy.admin.listeners())[0]?.addresses ?? []
    if (address === undefined || !("port" in address)) throw new Error("the listener is not bound")
    const client = connect(address.port, "127.0.0.1")
    let got = ""
    client.setEncoding("utf8").on("data", (text: string) => {
      got += text
    })
    let answered = ""
    for (const { pieces, answer } of dialogue) {
      for (const piece of pieces) client.write(piece)
      answered += answer
      await expect.poll(() => got, { timeout: 10_000 }).toBe(answered)
    }
    client.write("close")
    await once(client, "close")
    await expect.poll(() => logs, { timeout: 10_000 }).toEqual(wanted.logs)
    expect(Buffer.concat(seen).toString()).toBe(wanted.server)
    expect((await envoy.admin.stats({ filter: "^wasmcustom" })).get("wasmcustom.connections")).toBe(1)
    server.close()
  })
})

function bootstrapOf(upstream: number): JsonObject {
  const typed = (type: string, fields: JsonObject): JsonObject => ({
    "@type": `type.googleapis.com/envoy.extensions.filters.network.${type}`,
    ...fields,
  })
  const vm = { runtime: "envoy.wasm.runtime.v8", code: { local: { filename: join(folder, "guest.wasm") } } }
  const config = { name: "plugin", root_id: "lines", vm_config: vm }
  const filters = [
    { name: "wasm", typed_config: typed("wasm.v3.Wasm", { config }) },
    { name: "tcp", typed_config: typed("tcp_proxy.v3.TcpProxy", { stat_prefix: "tcp", cluster: "upstream" }) },
  ]
  const socket = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } })
  const endpoint = { address: socket(upstream) }
  const cluster = {
    name: "upstream",
    load_assignment: { cluster_name: "upstream", endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  }
  const listener = { name: "tcp", address: socket(0), filter_chains: [{ filters }] }
  return { ...createIdleBootstrap(), static_resources: { listeners: [listener], clusters: [cluster] } }
}
