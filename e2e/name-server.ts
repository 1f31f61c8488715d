// A name server that knows one name, for Envoys that look for a Service as they would in a cluster.
import { createSocket } from "node:dgram"

/** A name server on a free UDP port of 127.0.0.1. */
export interface NameServer extends AsyncDisposable {
  /** Member of a bootstrap that has Envoy ask it. */
  readonly resolver: Readonly<Record<string, unknown>>
}

/** Starts one. Other names do not exist. @param address IPv4 address of the name */
export async function startNameServer(name: string, address: string): Promise<NameServer> {
  const socket = createSocket("udp4")
  socket.on("message", (query, from) => socket.send(answerTo(query, name, address), from.port, from.address))
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
  const resolvers = [{ socket_address: { address: "127.0.0.1", port_value: socket.address().port } }]
  const type = "type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig"
  return {
    resolver: {
      typed_dns_resolver_config: {
        name: "envoy.network.dns_resolver.cares",
        typed_config: { "@type": type, resolvers, dns_resolver_options: { no_default_search_domain: true } },
      },
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

/** Source: RFC 1035 section 4. */
function answerTo(query: Buffer, name: string, address: string): Buffer {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length))
    at += 1 + length
  }
  const question = query.subarray(12, at + 5)
  const isKnown = labels.join(".").toLowerCase() === name
  const isAsked = isKnown && query.readUInt16BE(at + 1) === 1
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 2)
  header.writeUInt16BE(isKnown ? 0x8580 : 0x8583, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(isAsked ? 1 : 0, 6)
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, ...address.split(".").map(Number)])
  return Buffer.concat([header, question, ...(isAsked ? [record] : [])])
}
