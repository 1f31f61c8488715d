// HTTPS listeners: certificates by SNI.
import { X509Certificate } from "node:crypto"
import { connect } from "node:tls"
import { freePorts } from "@attache/envoy"
import { expect, it, vi } from "vitest"
import { startBackend } from "./backend.ts"
import { createAuthority, type Pair, tlsSecret } from "./certificates.ts"
import { startGateway } from "./gateway-under-test.ts"
import { backend, gateway, prefix, route, stream, to } from "./resources.ts"

/** The certificate that a port shows for a server name; rejects when the handshake fails. */
function shownCertificate(port: number, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? "none")
      socket.destroy()
    })
    socket.on("error", reject)
  })
}

const fingerprintOf = ({ cert }: Pair): string => new X509Certificate(cert).fingerprint256

/** A Gateway with one HTTPS port and a listener `cert-N` for each host name. */
function httpsGateway(port: number, hosts: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  const [namespace, gatewayClass, gw] = gateway({})
  const listeners = hosts.map((hostname, i) => ({
    name: `cert-${i}`,
    hostname,
    port,
    protocol: "HTTPS",
    tls: { mode: "Terminate", certificateRefs: [{ name: `cert-${i}` }] },
  }))
  return [namespace!, gatewayClass!, { ...gw, spec: { gatewayClassName: "attache", listeners } }]
}

it("serves two hosts and a wildcard on one HTTPS port, each with its own certificate", async () => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one")
  const hosts = ["a.example.com", "b.example.com", "*.wild.example.com"]
  const served = await Promise.all(
    hosts.map(async (hostname) => {
      const authority = await createAuthority()
      return { serverName: hostname.replace("*", "any"), ca: authority.ca, pair: await authority.sign(hostname) }
    }),
  )
  await using running = await startGateway({
    "tls.yaml": stream(
      ...httpsGateway(port, hosts),
      ...served.map(({ pair }, i) => tlsSecret(`cert-${i}`, pair)),
      backend("one", one.port),
      route("all", [prefix("/", { backendRefs: [to("one")] })]),
    ),
  })
  for (const { serverName, ca, pair } of served) {
    const { status } = await running.request(port, "/x", { headers: { host: serverName }, tls: { serverName, ca } })
    const shown = await shownCertificate(port, serverName)
    expect([serverName, status, shown]).toEqual([serverName, 200, fingerprintOf(pair)])
  }
  const tls = { serverName: "a.example.com", ca: served[1]!.ca }
  await expect(running.request(port, "/x", { headers: { host: "a.example.com" }, tls })).rejects.toThrow(/certificate/)
  await expect(shownCertificate(port, "unknown.example.org")).rejects.toThrow()
})

it("shows a certificate that was replaced from the next connection on", async () => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one")
  const authority = await createAuthority()
  const [before, after] = await Promise.all([authority.sign("a.example.com"), authority.sign("a.example.com")])
  await using running = await startGateway({
    "gateway.yaml": stream(
      ...httpsGateway(port, ["a.example.com"]),
      backend("one", one.port),
      route("all", [prefix("/", { backendRefs: [to("one")] })]),
    ),
    "secret.yaml": stream(tlsSecret("cert-0", before)),
  })
  expect(await shownCertificate(port, "a.example.com")).toBe(fingerprintOf(before))
  await running.write("secret.yaml", stream(tlsSecret("cert-0", after)))
  await vi.waitUntil(async () => (await shownCertificate(port, "a.example.com")) === fingerprintOf(after), {
    timeout: 10_000,
    interval: 10,
  })
  const tls = { serverName: "a.example.com", ca: authority.ca }
  expect((await running.request(port, "/x", { headers: { host: "a.example.com" }, tls })).status).toBe(200)
})
