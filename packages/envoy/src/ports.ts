import { createSocket } from "node:dgram"
import { readdir, readFile, readlink } from "node:fs/promises"
import { createServer, type Server } from "node:net"
import { basename } from "node:path"
import type { AttacheError } from "@attache/base"
import { errnoOf, failure } from "./failure.ts"
import { type JsonObject, type JsonValue, listIn, numberIn, objectIn, textIn } from "./json.ts"

/** An address that Envoy is going to bind. */
export interface ListenAddress {
  readonly address: string
  /** 0 to 65535; 0 lets the system choose and is never refused. */
  readonly port: number
  /** Default `tcp`. */
  readonly protocol?: "tcp" | "udp"
  /** Name of the listener, for messages. */
  readonly name?: string
}

/** The process that holds a port; Linux only, and only as far as this user may see. */
export interface PortHolder {
  readonly pid: number
  /** Name of the program. */
  readonly name: string
}

/**
 * Binds and releases every address, so that a port in use is found before Envoy starts.
 *
 * Envoy binds with SO_REUSEPORT: a second one on a port starts without an error and takes part of the traffic. A plain
 * bind fails then. Somebody may still take the port between this check and Envoy's start.
 *
 * @throws AttacheError ATT_ENVOY_PORT_IN_USE (facts: port, address, and pid and process when known),
 * ATT_ENVOY_PORT_FORBIDDEN, ATT_ENVOY_ADDRESS_UNAVAILABLE
 */
export async function checkPorts(addresses: readonly ListenAddress[]): Promise<void> {
  await Promise.all(addresses.filter(({ port }) => port !== 0).map(checkPort))
}

/** Ports that are free on 127.0.0.1 for TCP at this moment, all different. For tests; in products use port 0. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = []
  try {
    while (servers.length < count) servers.push(await listenOnFree(50))
    return servers.flatMap((server) => {
      const bound = server.address()
      return bound !== null && typeof bound === "object" ? [bound.port] : []
    })
  } finally {
    await Promise.all(servers.map(closed))
  }
}

/**
 * Below the range from which systems take ports for connections and for port 0: there a port would often be somebody else's before it
 * is used.
 */
const quietPorts = { first: 10_240, count: 22_000 }

async function listenOnFree(attempts: number): Promise<Server> {
  if (attempts === 0) return listen({ address: "127.0.0.1", port: 0 })
  const port = quietPorts.first + Math.floor(Math.random() * quietPorts.count)
  return listen({ address: "127.0.0.1", port }).catch(() => listenOnFree(attempts - 1))
}

/** Addresses of the admin interface and the static listeners of a bootstrap; Unix sockets and internal listeners are left out. */
export function bootstrapAddresses(bootstrap: JsonObject): readonly ListenAddress[] {
  const listeners = listIn(objectIn(bootstrap, "static_resources", "staticResources"), "listeners")
  return [
    ...socketAddress(objectIn(bootstrap, "admin"), "admin"),
    ...listeners.flatMap((listener) => [
      ...socketAddress(listener, textIn(listener, "name")),
      ...listIn(listener, "additional_addresses", "additionalAddresses").flatMap((extra) =>
        socketAddress(extra, textIn(listener, "name")),
      ),
    ]),
  ]
}

/** The process that listens on a TCP port, from `/proc`; undefined elsewhere or when it belongs to another user. */
export async function portHolder(port: number, protocol: "tcp" | "udp" = "tcp"): Promise<PortHolder | undefined> {
  const tables = await Promise.all(
    [protocol, `${protocol}6`].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  )
  const inodes = new Set(tables.flatMap((table) => socketInodes(table, port, protocol)))
  if (inodes.size === 0) return undefined
  for (const pid of (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
      if (inode === undefined || !inodes.has(inode)) continue
      return { pid: Number(pid), name: await programOf(pid) }
    }
  }
  return undefined
}

/** Name of the file that a process runs; the kernel's name for it, which threads may change, where that is hidden. */
async function programOf(pid: string): Promise<string> {
  const file = await readlink(`/proc/${pid}/exe`).catch(() => "")
  if (file !== "") return basename(file.replace(/ \(deleted\)$/, ""))
  return (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "unknown")).trim()
}

/** Inodes of the sockets that hold a port, from the text of `/proc/net/tcp` or `udp`. Source: proc(5). */
export function socketInodes(table: string, port: number, protocol: "tcp" | "udp"): readonly string[] {
  const held = protocol === "tcp" ? "0A" : "07"
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`
  return table.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    const inode = fields[9]
    return fields[1]?.endsWith(suffix) === true && fields[3] === held && inode !== undefined ? [inode] : []
  })
}

async function checkPort(wanted: ListenAddress): Promise<void> {
  try {
    if (wanted.protocol === "udp") await bindUdp(wanted)
    else await closed(await listen(wanted))
  } catch (error) {
    throw await portFailure(wanted, error)
  }
}

/** The {@link AttacheError} for a bind that failed; asks `/proc` who holds a port in use. */
export async function portFailure(wanted: ListenAddress, error: unknown): Promise<AttacheError> {
  const { address, port } = wanted
  const errno = errnoOf(error)
  const place = `${address.includes(":") ? `[${address}]` : address}:${port}${wanted.name === undefined ? "" : ` (${wanted.name})`}`
  const facts = { address, port, ...(wanted.name === undefined ? {} : { name: wanted.name }) }
  if (errno === "EADDRINUSE") {
    const holder = await portHolder(port, wanted.protocol)
    const by = holder === undefined ? "by another process" : `by ${holder.name} (process ${holder.pid})`
    const known = holder === undefined ? {} : { pid: holder.pid, process: holder.name }
    return failure("ATT_ENVOY_PORT_IN_USE", `${place} is in use ${by}`, {
      cause: error,
      facts: { ...facts, ...known },
      retry: "later",
    })
  }
  if (errno === "EACCES" || errno === "EPERM") {
    return failure("ATT_ENVOY_PORT_FORBIDDEN", `this user may not listen on ${place}`, { cause: error, facts })
  }
  return failure("ATT_ENVOY_ADDRESS_UNAVAILABLE", `cannot listen on ${place} (${errno ?? "unknown"})`, {
    cause: error,
    facts,
  })
}

function socketAddress(owner: JsonValue | undefined, name: string | undefined): readonly ListenAddress[] {
  const socket = objectIn(objectIn(owner, "address"), "socket_address", "socketAddress")
  const address = textIn(socket, "address")
  const port = numberIn(socket, "port_value", "portValue")
  if (address === undefined || port === undefined) return []
  const protocol = textIn(socket, "protocol") === "UDP" ? "udp" : "tcp"
  return [{ address, port, protocol, ...(name === undefined ? {} : { name }) }]
}

function listen({ address, port }: ListenAddress): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen({ host: address, port, exclusive: true, ipv6Only: address === "::" && port !== 0 }, () =>
      resolve(server),
    )
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

function bindUdp({ address, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4")
    socket.once("error", reject)
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve()))
  })
}
