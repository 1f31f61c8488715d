// Which backend a request reaches through a real Envoy: matches, weights, mirrors, retries, timeouts, sessions, fallback.
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "./backend.ts"
import { type GatewayUnderTest, type RequestOptions, startGateway } from "./gateway-under-test.ts"
import { backend, gateway, prefix, route, stream, to } from "./resources.ts"

type Document = Readonly<Record<string, unknown>>

/** A Service `primary` with one endpoint that is ready or not. */
function primary(port: number, isReady: boolean): string {
  return stream(
    { apiVersion: "v1", kind: "Service", metadata: { name: "primary" }, spec: { ports: [{ name: "http", port: 80 }] } },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "primary-1", labels: { "kubernetes.io/service-name": "primary" } },
      addressType: "IPv4",
      ports: [{ name: "http", port }],
      endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready: isReady } }],
    },
  )
}

describe("requests through a real Envoy", () => {
  const backends: Backend[] = []
  let one: Backend
  let two: Backend
  let flaky: Backend
  let failing: Backend
  let slow: Backend
  let gw: GatewayUnderTest
  let port: number

  const add = async (...args: Parameters<typeof startBackend>): Promise<Backend> => {
    const started = await startBackend(...args)
    backends.push(started)
    return started
  }
  const get = (path: string, options?: RequestOptions) => gw.request(port, path, options)
  const nameOf = ({ body }: { readonly body: string }): string => (JSON.parse(body) as { backend: string }).backend

  /** Names of the backends that many requests reach, and how often. */
  const counts = async (
    path: string,
    total: number,
    options?: RequestOptions,
  ): Promise<ReadonlyMap<string, number>> => {
    const names = new Map<string, number>()
    let left = total
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const name = nameOf(await get(path, options))
        names.set(name, (names.get(name) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker))
    return names
  }

  beforeAll(async () => {
    ;[port] = (await freePorts(1)) as [number]
    one = await add("one")
    two = await add("two")
    const zero = await add("zero")
    let failures = 0
    const fail: Parameters<typeof startBackend>[1] = (_request, response) => {
      response.writeHead(503).end()
      return true
    }
    flaky = await add("flaky", (request, response) => failures++ % 3 !== 2 && fail(request, response))
    failing = await add("failing", fail)
    slow = await add("slow", () => true)
    const pair: Document = {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "Backend",
      metadata: { name: "pair" },
      spec: { endpoints: [one, two].map((each) => ({ ip: { address: "127.0.0.1", port: each.port } })) },
    }
    const spare = backend("spare", two.port)
    const mirrorTo = (rest: Document = {}) => [
      { type: "RequestMirror", requestMirror: { backendRef: to("two"), ...rest } },
    ]
    gw = await startGateway({
      "primary.yaml": primary(one.port, true),
      "all.yaml": stream(
        ...gateway({ http: port }),
        ...Object.entries({ one, two, zero, flaky, failing, slow }).map(([name, at]) => backend(name, at.port)),
        pair,
        { ...spare, spec: { ...(spare.spec as Document), fallback: true } },
        route("plain", [prefix("/plain", { backendRefs: [to("one")] })]),
        route("weighted", [
          prefix("/weighted", {
            backendRefs: [to("one", { weight: 3 }), to("two", { weight: 1 }), to("zero", { weight: 0 })],
          }),
        ]),
        route("mirror", [
          prefix("/mirror", { filters: mirrorTo(), backendRefs: [to("one")] }),
          prefix("/half", { filters: mirrorTo({ percent: 50 }), backendRefs: [to("one")] }),
        ]),
        route("retry", [
          prefix("/retry", { retry: { attempts: 3, codes: [503] }, backendRefs: [to("flaky")] }),
          prefix("/give-up", { retry: { attempts: 2, codes: [503], backoff: "1ms" }, backendRefs: [to("failing")] }),
          prefix("/once", { backendRefs: [to("failing")] }),
        ]),
        route("timeout", [
          prefix("/slow", { timeouts: { request: "100ms" }, backendRefs: [to("slow")] }),
          prefix("/slow-backend", { timeouts: { backendRequest: "100ms" }, backendRefs: [to("slow")] }),
          prefix("/in-time", { timeouts: { request: "30s" }, backendRefs: [to("one")] }),
        ]),
        route("sessions", [
          prefix("/no-session", { backendRefs: [to("pair")] }),
          prefix("/cookie", { sessionPersistence: { sessionName: "mine", type: "Cookie" }, backendRefs: [to("pair")] }),
          prefix("/header", {
            sessionPersistence: { sessionName: "x-mine", type: "Header" },
            backendRefs: [to("pair")],
          }),
        ]),
        route("fallback", [prefix("/fallback", { backendRefs: [{ name: "primary", port: 80 }, to("spare")] })]),
        route("methods", [
          {
            matches: [
              {
                path: { type: "Exact", value: "/exact" },
                method: "POST",
                headers: [{ name: "x-kind", value: "a" }],
                queryParams: [{ name: "q", value: "1" }],
              },
            ],
            backendRefs: [to("two")],
          },
        ]),
        route("nowhere", [prefix("/nowhere", { backendRefs: [to("absent")] })]),
      ),
    })
  })
  afterAll(async () => {
    await gw?.[Symbol.asyncDispose]()
    for (const each of backends) await each[Symbol.asyncDispose]()
  })

  it("reach their backend", async () => {
    const answer = await get("/plain/x")
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([200, { backend: "one", path: "/plain/x" }])
  })

  it("split by weight", async () => {
    const reached = await counts("/weighted", 2000)
    // Three of four, and nothing for weight 0; 2000 draws stay within five standard deviations (97) of it.
    expect(Math.abs((reached.get("one") ?? 0) - 1500)).toBeLessThan(97)
    expect((reached.get("one") ?? 0) + (reached.get("two") ?? 0)).toBe(2000)
  })

  it("are mirrored, all or a share, while the first backend answers", async () => {
    const mirrored = (path: string) => two.seen.filter((request) => request.path === path).length
    expect(nameOf(await get("/mirror/m"))).toBe("one")
    await gw.until(port, "/plain", () => mirrored("/mirror/m") === 1)
    expect(await counts("/half", 400)).toEqual(new Map([["one", 400]]))
    // 400 draws of one half stay within five standard deviations (50) of 200.
    await gw.until(port, "/plain", () => mirrored("/half") > 150)
    expect(mirrored("/half")).toBeLessThan(250)
  })

  it("are tried again until they succeed or the attempts are used up", async () => {
    expect((await get("/retry")).status).toBe(200)
    expect(flaky.seen.length).toBe(3)
    expect([(await get("/give-up")).status, failing.seen.length]).toEqual([503, 3])
    expect([(await get("/once")).status, failing.seen.length]).toEqual([503, 4])
  })

  it("time out, as a whole and at the backend", async () => {
    const statuses = await Promise.all(
      ["/slow", "/slow-backend", "/in-time"].map(async (path) => (await get(path)).status),
    )
    expect(statuses).toEqual([504, 504, 200])
    expect(slow.seen.map(({ path }) => path).sort()).toEqual(["/slow", "/slow-backend"])
  })

  it("stay with one endpoint when they carry its cookie or header, and only then", async () => {
    expect((await counts("/no-session", 40)).size).toBe(2)
    const first = await get("/cookie")
    const [cookie = ""] = first.headers["set-cookie"] ?? []
    expect(cookie).toMatch(/^mine=/)
    const headers = { cookie: cookie.split(";")[0] ?? "" }
    expect(await counts("/cookie", 40, { headers })).toEqual(new Map([[nameOf(first), 40]]))
    const other = await get("/header")
    const session = String(other.headers["x-mine"])
    expect(await counts("/header", 40, { headers: { "x-mine": session } })).toEqual(new Map([[nameOf(other), 40]]))
  })

  it("go to the fallback while no endpoint of the first backend is ready", async () => {
    expect(await counts("/fallback", 20)).toEqual(new Map([["one", 20]]))
    await gw.write("primary.yaml", primary(one.port, false))
    await gw.until(port, "/fallback", (answer) => nameOf(answer) === "two")
    expect(await counts("/fallback", 20)).toEqual(new Map([["two", 20]]))
    await gw.write("primary.yaml", primary(one.port, true))
    await gw.until(port, "/fallback", (answer) => nameOf(answer) === "one")
  })

  it("match by method, header and query together", async () => {
    const full = await get("/exact?q=1", { method: "POST", headers: { "x-kind": "a" } })
    const lacking = await get("/exact?q=2", { method: "POST", headers: { "x-kind": "a" } })
    expect([full.status, lacking.status]).toEqual([200, 404])
  })

  it("get 500 for a backend that does not exist, and the other routes are left alone", async () => {
    expect([(await get("/nowhere")).status, (await get("/plain")).status]).toEqual([500, 200])
  })
})
