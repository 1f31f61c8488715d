// External processors: how Envoy reaches them, what they may do, and what happens without them.
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { silentLogger } from "@attache/base"
import { freePorts } from "@attache/envoy"
import { createExtProcServer, type ExtProcServer, type Handlers, respond } from "@attache/ext-proc"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "./backend.ts"
import { caConfigMap, createAuthority } from "./certificates.ts"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, socketBackend, stream, to } from "./resources.ts"

type Document = Readonly<Record<string, unknown>>

const both = { processingMode: { request: {}, response: {} }, messageTimeout: "10s" }

/** A BackendTLSPolicy that trusts the ConfigMap `ca` for `processor.example.com`. */
function tlsPolicy(name: string, targetRef: Document, ca: string): Document {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "BackendTLSPolicy",
    metadata: { name },
    spec: {
      targetRefs: [targetRef],
      validation: {
        caCertificateRefs: [{ group: "", kind: "ConfigMap", name: ca }],
        hostname: "processor.example.com",
      },
    },
  }
}

/** A Service `processor` whose port is 443, with its endpoint. */
function service(port: number): readonly Document[] {
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "processor" },
      spec: { ports: [{ name: "grpc", port: 443, targetPort: port }] },
    },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "processor-1", labels: { "kubernetes.io/service-name": "processor" } },
      addressType: "IPv4",
      ports: [{ name: "grpc", port }],
      endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready: true } }],
    },
  ]
}

describe("external processors of a real Envoy", () => {
  let folder: string
  let port: number
  let one: Backend
  let gw: GatewayUnderTest
  const servers: ExtProcServer[] = []
  const seen: Record<string, string[]> = {}

  const serve = async (name: string, handlers: Handlers<undefined>): Promise<string> => {
    const unixPath = join(folder, `${name}.sock`)
    const server = createExtProcServer({ logger: silentLogger, ...handlers })
    servers.push(server)
    await server.listen({ unixPath })
    return unixPath
  }
  /** Notes each path and puts the name into requests and responses. */
  const naming = (name: string): Handlers<undefined> => ({
    onRequestHeaders: (headers) => {
      seen[name] = [...(seen[name] ?? []), headers.get(":path") ?? ""]
      headers.set("x-by", name)
    },
    onResponseHeaders: (headers) => headers.set("x-by", name),
  })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "attache-processors-"))
    ;[port] = (await freePorts(1)) as [number]
    one = await startBackend("one")
    const [authority, stranger] = await Promise.all([createAuthority(), createAuthority()])
    const secure = createExtProcServer({ logger: silentLogger, ...naming("tls") })
    servers.push(secure)
    const address = await secure.listen({ port: 0, tls: await authority.sign("processor.example.com") })
    const tlsPort = Number(address.split(":").at(-1))
    const gone = join(folder, "gone.sock")
    const backendTarget = (name: string) => ({ group: "gateway.envoyproxy.io", kind: "Backend", name })

    const policies: readonly (readonly [string, Document])[] = [
      ["unix", { backendRefs: [to("unix")], ...both }],
      ["tls-backend", { backendRefs: [to("secure")], ...both }],
      ["tls-service", { backendRefs: [{ name: "processor", port: 443 }], ...both }],
      ["tls-stranger", { backendRefs: [to("distrusted")], ...both }],
      ["closed", { backendRefs: [to("gone")], ...both }],
      ["closed-with-status", { backendRefs: [to("gone")], statusOnError: 503, ...both }],
      ["open", { backendRefs: [to("gone")], failOpen: true, ...both }],
      ["throws", { backendRefs: [to("throws")], ...both }],
      ["throws-open", { backendRefs: [to("throws")], failOpen: true, ...both }],
      ["shadow", { backendRefs: [to("shadowed")], shadowMode: true, ...both }],
      ["denies", { backendRefs: [to("denies")], ...both }],
      [
        "bodies",
        {
          backendRefs: [to("bodies")],
          messageTimeout: "10s",
          processingMode: { request: { body: "Buffered" }, response: { body: "Buffered" } },
        },
      ],
      [
        "streams",
        {
          backendRefs: [to("streams")],
          messageTimeout: "10s",
          processingMode: { request: {}, response: { body: "Streamed" } },
        },
      ],
    ]
    const fail = () => {
      throw new Error("no luck")
    }
    gw = await startGateway({
      "all.yaml": stream(
        ...gateway({ http: port }),
        backend("one", one.port),
        backend("secure", tlsPort),
        backend("distrusted", tlsPort),
        ...service(tlsPort),
        caConfigMap("ca", authority),
        caConfigMap("stranger", stranger),
        tlsPolicy("secure", backendTarget("secure"), "ca"),
        tlsPolicy("distrusted", backendTarget("distrusted"), "stranger"),
        tlsPolicy("processor", { group: "", kind: "Service", name: "processor" }, "ca"),
        socketBackend("unix", await serve("unix", naming("unix"))),
        socketBackend("gone", gone),
        socketBackend("throws", await serve("throws", { onRequestHeaders: fail })),
        socketBackend("shadowed", await serve("shadowed", naming("shadowed"))),
        socketBackend(
          "denies",
          await serve("denies", {
            onRequestHeaders: () => respond(403, { body: "not you\n", headers: { "x-why": "rule" } }),
          }),
        ),
        socketBackend(
          "bodies",
          await serve("bodies", {
            onRequestBody: (body) => body.replace(body.text().toUpperCase()),
            onResponseBody: (body) => body.replace(`[${body.text()}]`),
          }),
        ),
        socketBackend(
          "streams",
          await serve("streams", {
            onResponseHeaders: (headers) => headers.remove("content-length"),
            onResponseBody: (chunk) => chunk.replace(chunk.text().toUpperCase()),
          }),
        ),
        route("plain", [prefix("/plain", { backendRefs: [to("one")] })]),
        ...policies.flatMap(([name, entry]) => [
          route(name, [prefix(`/${name}`, { backendRefs: [to("one")] })]),
          extensions(name, { kind: "HTTPRoute", name }, { extProc: [entry] }),
        ]),
      ),
    })
  })
  afterAll(async () => {
    for (const each of [gw, one]) await each?.[Symbol.asyncDispose]()
    await Promise.all(servers.map((server) => server.close(0)))
    await rm(folder, { recursive: true, force: true })
  })

  it.each([
    ["a Unix socket", "unix", "unix"],
    ["TLS, as a BackendTLSPolicy of its Backend says", "tls-backend", "tls"],
    ["TLS, as a BackendTLSPolicy of its Service says", "tls-service", "tls"],
  ])("are reached over %s", async (_, path, name) => {
    const answer = await gw.request(port, `/${path}`)
    expect([answer.status, answer.headers["x-by"]]).toEqual([200, name])
    expect(JSON.parse(answer.body)).toMatchObject({ headers: { "x-by": name } })
    expect(seen[name]).toContain(`/${path}`)
  })

  it("are not spoken to when their certificate is not of the authority that is trusted", async () => {
    expect((await gw.request(port, "/tls-stranger")).status).toBe(500)
    expect(seen.tls).not.toContain("/tls-stranger")
  })

  it.each([
    ["closes", "closed", 500],
    ["closes with its own status", "closed-with-status", 503],
    ["opens", "open", 200],
  ])("when nobody listens, a policy %s", async (_, path, status) => {
    const { length } = one.seen
    expect((await gw.request(port, `/${path}`)).status).toBe(status)
    expect(one.seen.length - length).toBe(status === 200 ? 1 : 0)
  })

  it("that throw close their route, or leave it open, and take nobody else along", async () => {
    const statuses = await Promise.all(["throws", "throws-open", "plain"].map((path) => gw.request(port, `/${path}`)))
    expect(statuses.map(({ status }) => status)).toEqual([500, 200, 200])
  })

  it("in shadow mode see everything and change nothing", async () => {
    const answer = await gw.request(port, "/shadow")
    expect([answer.status, answer.headers["x-by"], answer.body.includes("x-by")]).toEqual([200, undefined, false])
    await gw.until(port, "/plain", () => seen.shadowed?.includes("/shadow") === true)
  })

  it("answer in the backend's place", async () => {
    const { length } = one.seen
    const answer = await gw.request(port, "/denies")
    expect([answer.status, answer.body, answer.headers["x-why"]]).toEqual([403, "not you\n", "rule"])
    expect(one.seen.length).toBe(length)
  })

  it("change bodies, whole and in chunks", async () => {
    const whole = await gw.request(port, "/bodies", { method: "POST", body: "hello" })
    expect([whole.status, whole.body[0], whole.body.at(-1)]).toEqual([200, "[", "]"])
    expect(whole.body).toContain('"body":"HELLO"')
    const chunks = await gw.request(port, "/streams")
    expect([chunks.status, chunks.body.includes('"BACKEND":"ONE"')]).toEqual([200, true])
  })
})
