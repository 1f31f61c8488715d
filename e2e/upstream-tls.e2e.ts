// TLS towards backends and processors: whom Envoy trusts, by what name it asks, and the certificate it shows itself.
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import type { TLSSocket } from "node:tls"
import { silentLogger } from "@attache/base"
import { freePorts } from "@attache/envoy"
import { createExtProcServer, type ExtProcServer } from "@attache/ext-proc"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Backend, startBackend } from "./backend.ts"
import { type Authority, caConfigMap, createAuthority, type Pair, tlsSecret } from "./certificates.ts"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { backend, extensions, gateway, governed, prefix, route, stream, to } from "./resources.ts"

type Document = Readonly<Record<string, unknown>>

/** An HTTPS server that asks for a certificate and answers with the names of both sides. */
async function startSecure(pair: Pair, { ca }: Authority): Promise<{ readonly port: number } & AsyncDisposable> {
  const server = createServer({ ...pair, ca, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const { servername, authorized, getPeerCertificate } = request.socket as TLSSocket & { readonly servername: string }
    const client = getPeerCertificate.call(request.socket).subject?.CN
    response.end(JSON.stringify({ servername, authorized, ...(client === undefined ? {} : { client }) }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A BackendTLSPolicy for a Backend of the same name. */
function tlsPolicy(name: string, hostname: string, ca: string): Document {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "BackendTLSPolicy",
    metadata: { name },
    spec: {
      targetRefs: [{ group: "gateway.envoyproxy.io", kind: "Backend", name }],
      validation: { caCertificateRefs: [{ group: "", kind: "ConfigMap", name: ca }], hostname },
    },
  }
}

let one: Backend
let secure: Awaited<ReturnType<typeof startSecure>>
let processor: ExtProcServer
let gw: GatewayUnderTest
let port: number

beforeAll(async () => {
  ;[port] = (await freePorts(1)) as [number]
  const [authority, clients, stranger] = await Promise.all([createAuthority(), createAuthority(), createAuthority()])
  one = await startBackend("one")
  secure = await startSecure(await authority.sign("inner.example.com"), clients)
  processor = createExtProcServer({
    logger: silentLogger,
    onRequestHeaders: (headers) => headers.set("x-processed", "yes"),
  })
  const pair = await authority.sign("inner.example.com")
  const processorPort = Number(
    (await processor.listen({ port: 0, tls: { ...pair, ca: clients.ca } })).split(":").at(-1),
  )
  const backends: readonly (readonly [string, string, string])[] = [
    ["good", "inner.example.com", "ca"],
    ["wrong-name", "other.example.com", "ca"],
    ["wrong-ca", "inner.example.com", "stranger"],
  ]
  gw = await startGateway({
    "all.yaml": stream(
      ...governed(gateway({ http: port }), {
        backendTLS: { clientCertificateRef: { kind: "Secret", name: "client" } },
      }),
      tlsSecret("client", await clients.sign("envoy.example.com")),
      caConfigMap("ca", authority),
      caConfigMap("stranger", stranger),
      backend("one", one.port),
      backend("plain", secure.port),
      ...backends.flatMap(([name, hostname, ca]) => [
        backend(name, secure.port),
        tlsPolicy(name, hostname, ca),
        route(name, [prefix(`/${name}`, { backendRefs: [to(name)] })]),
      ]),
      route("plain", [prefix("/plain", { backendRefs: [to("plain")] })]),
      backend("processor", processorPort),
      tlsPolicy("processor", "inner.example.com", "ca"),
      route("processed", [prefix("/processed", { backendRefs: [to("one")] })]),
      extensions(
        "processed",
        { kind: "HTTPRoute", name: "processed" },
        { extProc: [{ backendRefs: [to("processor")], processingMode: { request: {} }, messageTimeout: "10s" }] },
      ),
    ),
  })
})
afterAll(async () => {
  for (const each of [gw, one, secure]) await each?.[Symbol.asyncDispose]()
  await processor?.close(0)
})

it("asks a backend by its name, and shows the certificate of the EnvoyProxy", async () => {
  const { status, body } = await gw.request(port, "/good")
  expect([status, JSON.parse(body)]).toEqual([
    200,
    { servername: "inner.example.com", authorized: true, client: "envoy.example.com" },
  ])
})

it.each(["wrong-name", "wrong-ca", "plain"])("gives no request to a backend with %s", async (name) => {
  const { status, body } = await gw.request(port, `/${name}`)
  expect(status).toBeGreaterThanOrEqual(500)
  expect(body).not.toContain("servername")
})

it("shows the same certificate to a processor that asks for one", async () => {
  const { status, body } = await gw.request(port, "/processed")
  expect([status, body.includes('"x-processed":"yes"')]).toEqual([200, true])
})
