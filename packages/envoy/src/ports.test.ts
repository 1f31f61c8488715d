import { createSocket } from "node:dgram"
import { createServer } from "node:net"
import { describe, expect, it } from "vitest"
import { bootstrapAddresses, checkPorts, freePorts, portFailure, portHolder, socketInodes } from "./ports.ts"

async function held(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const bound = server.address()
  const port = bound !== null && typeof bound === "object" ? bound.port : 0
  return { port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) }
}

describe("checkPorts", () => {
  it("passes what is free and what the system chooses", async () => {
    const ports = await freePorts(5)
    expect(new Set(ports).size).toBe(5)
    await checkPorts([...ports, 0].map((port) => ({ address: "127.0.0.1", port })))
    await checkPorts(ports.map((port) => ({ address: "127.0.0.1", port, protocol: "udp" })))
  })

  it("names port, listener and holder of one in use", async () => {
    await using server = await held()
    const { port } = server
    const failed = checkPorts([{ address: "127.0.0.1", port, name: "http" }])
    const known = process.platform === "linux" ? { pid: process.pid } : {}
    await expect(failed).rejects.toMatchObject({
      code: "ATT_ENVOY_PORT_IN_USE",
      message: expect.stringContaining(`127.0.0.1:${port} (http) is in use by`),
      facts: { address: "127.0.0.1", port, ...known },
    })
  })

  it("finds a port that is held on one address when all are wanted", async () => {
    await using server = await held()
    await expect(checkPorts([{ address: "0.0.0.0", port: server.port }])).rejects.toMatchObject({
      code: "ATT_ENVOY_PORT_IN_USE",
    })
  })

  it("finds a datagram port in use", async () => {
    const socket = createSocket("udp4")
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
    const { port } = socket.address()
    await expect(checkPorts([{ address: "127.0.0.1", port, protocol: "udp" }])).rejects.toMatchObject({
      code: "ATT_ENVOY_PORT_IN_USE",
    })
    socket.close()
  })

  it("refuses an address of another machine", async () => {
    await expect(checkPorts([{ address: "192.0.2.1", port: 8080 }])).rejects.toMatchObject({
      code: "ATT_ENVOY_ADDRESS_UNAVAILABLE",
    })
  })

  it("tells that a low port is forbidden", async () => {
    const denied = Object.assign(new Error("denied"), { code: "EACCES" })
    expect(await portFailure({ address: "::1", port: 80, name: "http" }, denied)).toMatchObject({
      code: "ATT_ENVOY_PORT_FORBIDDEN",
      message: "this user may not listen on [::1]:80 (http)",
    })
  })
})

describe("portHolder", () => {
  it("reads listening sockets of a port from the kernel's table", () => {
    const table = [
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0",
      "   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0",
      "   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0",
    ].join("\n")
    expect(socketInodes(table, 8080, "tcp")).toEqual(["111"])
    expect(socketInodes(table, 80, "tcp")).toEqual(["333"])
    expect(socketInodes(table, 81, "tcp")).toEqual([])
    expect(socketInodes("garbage\n\n", 80, "tcp")).toEqual([])
  })

  it("knows nobody on a free port", async () => {
    const [port = 0] = await freePorts(1)
    expect(await portHolder(port)).toBeUndefined()
  })
})

describe("bootstrapAddresses", () => {
  it("collects admin and static listeners in both spellings", () => {
    const bootstrap = {
      admin: { address: { socket_address: { address: "127.0.0.1", port_value: 19000 } } },
      static_resources: {
        listeners: [
          {
            name: "a",
            address: { socketAddress: { address: "0.0.0.0", portValue: 80 } },
            additional_addresses: [{ address: { socket_address: { address: "::", port_value: 80, protocol: "UDP" } } }],
          },
          { name: "socket", address: { pipe: { path: "/x" } } },
          { name: "inside", internal_listener: {} },
          "damaged",
        ],
      },
    }
    expect(bootstrapAddresses(bootstrap)).toEqual([
      { name: "admin", address: "127.0.0.1", port: 19000, protocol: "tcp" },
      { name: "a", address: "0.0.0.0", port: 80, protocol: "tcp" },
      { name: "a", address: "::", port: 80, protocol: "udp" },
    ])
    expect(bootstrapAddresses({})).toEqual([])
  })
})
