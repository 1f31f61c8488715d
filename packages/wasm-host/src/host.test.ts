import { describe, expect, it } from "vitest"
import { createHost, type Host } from "./host.ts"
import type { HostOptions } from "./options.ts"
import { encodePairs } from "./pairs.ts"
import { createSharedState } from "./process.ts"
import { buildGuest, type GuestCall, type GuestSpec } from "./testing/guest.ts"

function started(spec: GuestSpec, options: Partial<HostOptions> = {}): Host {
  const host = createHost({
    module: buildGuest(spec),
    clusters: { upstream: () => ({ headers: { "content-length": "5" }, body: "hello" }) },
    ...options,
  })
  expect(host.start()).toEqual({ isStarted: true })
  return host
}
const codesOf = (host: Host): readonly string[] => host.mistakes.map(({ code }) => code)
const reply = ["proxy_send_local_response", 418, 0, 0, 16, 3, 0, 0, -1] as const

describe("a chain of plugins", () => {
  const all = ["request_headers", "response_headers", "log", "done", "delete"].map((name) => `proxy_on_${name}`)
  const spec: GuestSpec = {
    callbacks: Object.fromEntries(["proxy_on_context_create", ...all].map((name) => [name, []])),
  }
  const calls = (host: Host): readonly string[] =>
    host.trace().flatMap((line) => /^\[host->vm\] proxy_on_(\w+\(\d+(?:, 1\))?)/.exec(line)?.[1] ?? [])
  it("has two roots in one VM when id, configuration and code are the same", () => {
    const host = started(spec, { behind: [{ module: buildGuest(spec), plugin: { rootId: "second" } }] })
    const before = calls(host).length
    host.send({})
    expect(calls(host).slice(before)).toEqual([
      ...["context_create(3, 1)", "request_headers(3", "context_create(4", "request_headers(4"],
      ...["response_headers(4", "response_headers(3"],
      ...["log(3", "log(4", "done(3", "delete(3", "done(4", "delete(4"],
    ])
    expect(host.printStats(/created/)).toEqual(["wasm.envoy.wasm.runtime.v8.created: 5"])
  })
  it("has a VM for each that differs, and one root for equal plugins", () => {
    const behind = [{ module: buildGuest(spec), vm: { id: "other" } }, { module: buildGuest(spec) }]
    expect(started(spec, { behind }).printStats(/count/)).toEqual(["wasm.wasm_vm_count: 6"])
  })
  it("is refused as a whole when one of them is", () => {
    const broken = { module: buildGuest({ marker: null }), plugin: { name: "broken" } }
    const host = createHost({ module: buildGuest(spec), behind: [broken] })
    expect(host.start()).toEqual({ isStarted: false, reason: "Unable to create Wasm plugin broken" })
    expect(calls(host).filter((call) => call.startsWith("delete(1"))).toHaveLength(1)
  })
})

describe("start", () => {
  it("runs a base VM, a canary, the main thread and the workers", () => {
    const host = started({ callbacks: { proxy_on_vm_start: [], proxy_on_configure: [] } }, { workers: 2 })
    expect(host.printStats()).toEqual([
      "wasm.envoy.wasm.runtime.v8.active: 4",
      "wasm.envoy.wasm.runtime.v8.created: 5",
      "wasm.wasm_vm_count: 4",
    ])
    expect(host.trace().filter((line) => line.startsWith("[host->vm] proxy_on_configure"))).toHaveLength(4)
  })
  it.each<[string, GuestSpec, string]>([
    [
      "vm start",
      { callbacks: { proxy_on_vm_start: [] }, returns: { proxy_on_vm_start: 0 } },
      "Wasm VM failed Failed to start base Wasm",
    ],
    [
      "configure",
      { callbacks: { proxy_on_configure: [] }, returns: { proxy_on_configure: 0 } },
      "Wasm VM failed Failed to configure base Wasm plugin",
    ],
    [
      "a trap in configure",
      { callbacks: { proxy_on_configure: ["trap"] } },
      "Wasm VM failed Failed to configure base Wasm plugin",
    ],
    [
      "a restricted call",
      { callbacks: { _initialize: [["proxy_done"]] } },
      "Function: _initialize failed: Uncaught Error: restricted_callback",
    ],
    ["no marker", { marker: null }, "Wasm VM failed Missing or unknown Proxy-Wasm ABI version"],
  ])("is refused for %s, under every policy", (_what, spec, line) => {
    for (const failurePolicy of ["FAIL_CLOSED", "FAIL_OPEN", "FAIL_RELOAD"] as const) {
      const host = createHost({ module: buildGuest(spec), plugin: { failurePolicy } })
      expect(host.start()).toEqual({ isStarted: false, reason: "Unable to create Wasm plugin plugin" })
      expect(host.logs.map(({ text }) => text)).toContain(line)
    }
  })
  it("refuses both failure fields, and modules beyond the limit", () => {
    expect(
      createHost({ module: buildGuest({}), plugin: { failOpen: true, failurePolicy: "FAIL_OPEN" } }).start().isStarted,
    ).toBe(false)
    const host = createHost({ module: buildGuest({}), limits: { moduleBytes: 10 } })
    expect([host.start().isStarted, codesOf(host)]).toEqual([false, ["ATT_WASM_FILE_TOO_LARGE"]])
  })
  it("names a host call in the start section instead of dying", () => {
    const host = createHost({ module: buildGuest({ startSection: [["proxy_log", 2, 0, 0]] }) })
    expect([host.start().isStarted, host.crash?.code]).toEqual([false, "ATT_WASM_START_SECTION_CALL"])
  })
})

describe("requests", () => {
  it("pass through", () => {
    const host = started({})
    const result = host.send({ path: "/a" })
    expect([result.outcome, result.status, new TextDecoder().decode(result.body)]).toEqual(["complete", 200, "hello"])
    expect(host.accessLog).toEqual(["200 - via_upstream"])
  })
  it("are answered by the plugin", () => {
    const host = started({ callbacks: { proxy_on_request_headers: [[...reply]] }, data: { 16: "no\n" } })
    const result = host.send({})
    expect([result.status, new TextDecoder().decode(result.body), host.upstream]).toEqual([418, "no\n", []])
    expect(result.headers.slice(0, 2)).toEqual([
      ["content-length", "3"],
      ["content-type", "text/plain"],
    ])
  })
  it("end in 503 when the module traps, and the other streams of the VM with them", () => {
    const host = started({ callbacks: { proxy_on_request_headers: ["trap"], proxy_on_log: [] }, hasNames: true })
    expect([host.send({}).status, host.send({}).status]).toEqual([503, 503])
    expect(host.logs.filter(({ level }) => level === "error")[0]?.text).toMatch(
      /^Function: proxy_on_request_headers failed: Uncaught RuntimeError: unreachable\nProxy-Wasm plugin in-VM backtrace:\n {2}0: {2}0x[0-9a-f]+ - proxy_on_request_headers$/,
    )
    expect(host.trace().some((line) => line.includes("proxy_on_log"))).toBe(false)
    expect(host.accessLog[0]).toBe("503 - wasm_fail_stream")
  })
  it.each([
    [{ failurePolicy: "FAIL_OPEN" }, [503, 200], ["ATT_WASM_TRAPPED", "ATT_WASM_FAIL_OPEN_ANSWERS_503"]],
    [{ failOpen: true }, [200, 200], ["ATT_WASM_TRAPPED"]],
    [{ failurePolicy: "FAIL_CLOSED" }, [503, 503], ["ATT_WASM_TRAPPED"]],
  ] as const)("after a trap under %j", (plugin, want, mistakes) => {
    const host = started({ callbacks: { proxy_on_request_headers: ["trap"] } }, { plugin })
    expect([host.send({}).status, host.send({}).status]).toEqual(want)
    expect(codesOf(host)).toEqual(mistakes)
  })
  it("get a fresh VM after the back-off under FAIL_RELOAD", () => {
    const host = started(
      { callbacks: { proxy_on_request_headers: ["trap"] } },
      { plugin: { failurePolicy: "FAIL_RELOAD" } },
    )
    host.send({})
    host.send({})
    host.advance(1500)
    host.send({})
    expect(host.printStats(/reload/)).toEqual(["wasm.plugin.vm_reload_backoff: 1", "wasm.plugin.vm_reload_success: 1"])
    expect(host.trace().filter((line) => line.startsWith("[host->vm] proxy_on_request_headers(2,"))).toHaveLength(2)
  })
  it.each<[string, GuestSpec, string]>([
    [
      "continued twice",
      { callbacks: { proxy_on_request_headers: [["proxy_continue_stream", 0]] } },
      "ATT_WASM_CONTINUE_TWICE",
    ],
    ["answered twice", { callbacks: { proxy_on_request_headers: [[...reply], [...reply]] } }, "ATT_WASM_REPLY_TWICE"],
    [
      "left paused",
      { callbacks: { proxy_on_request_headers: [] }, returns: { proxy_on_request_headers: 1 } },
      "ATT_WASM_STREAM_LEFT_PAUSED",
    ],
    [
      "asked for headers too late",
      { callbacks: { proxy_on_request_body: [["proxy_get_header_map_value", 0, 16, 3, 64, 68]] } },
      "ATT_WASM_MAP_OUT_OF_PHASE",
    ],
    [
      "changed in length",
      { callbacks: { proxy_on_request_body: [["proxy_set_buffer_bytes", 0, 0, 0, 16, 3]] } },
      "ATT_WASM_STALE_CONTENT_LENGTH",
    ],
  ])("%s are reported", (_what, spec, code) => {
    const host = started(spec)
    host.send({ method: "POST", body: "ab", timeoutMs: 1000 })
    expect(codesOf(host)).toContain(code)
    const found = host.mistakes.find((m) => m.code === code)
    expect(found?.message).toContain("Envoy")
    expect(found?.hint).toBeTruthy()
  })
  it("continued twice reach the upstream twice", () => {
    const host = started({ callbacks: { proxy_on_request_headers: [["proxy_continue_stream", 0]] } })
    expect([host.send({}).status, host.upstream.length]).toEqual([200, 2])
  })
  it("stop where Envoy would have crashed", () => {
    const host = started({ callbacks: { proxy_on_request_headers: [["proxy_continue_stream", 1]] } })
    expect([host.send({}).outcome, host.crash?.code, host.send({}).outcome]).toEqual([
      "crash",
      "ATT_WASM_CONTINUE_RESPONSE_EARLY",
      "crash",
    ])
  })
  it.each<[string, GuestCall]>([
    ["headers", ["proxy_get_header_map_value", 6, 16, 3, 512, 516]],
    ["trailers", ["proxy_get_header_map_pairs", 7, 512, 516]],
    ["body", ["proxy_get_buffer_bytes", 4, 0, 9, 512, 516]],
  ])("are ended when the %s of a call's response are read that no callback was there for", (_what, read) => {
    const headers = encodePairs([
      [":method", "GET"],
      [":path", "/"],
      [":authority", "a"],
    ])
    const call: GuestCall = ["proxy_http_call", 32, 8, 64, headers.length, 0, 0, 0, 0, 500, 512]
    const spec = (more: GuestSpec["callbacks"]): GuestSpec => ({
      callbacks: { proxy_on_request_headers: [call], proxy_on_response_headers: [read], ...more },
      data: { 16: "x-a", 32: "upstream", 64: headers },
    })
    const clusters = { upstream: ({ method = "" }) => ({ delayMs: method === "GET" ? 1 : 50 }) }
    const host = started(spec({}), { clusters })
    host.send({ method: "POST" })
    expect(host.crash?.code).toBe("ATT_WASM_CALL_RESPONSE_GONE")
    const fine = started(spec({ proxy_on_http_call_response: [] }), { clusters })
    fine.send({ method: "POST" })
    expect(fine.crash).toBeUndefined()
  })
  it("run nothing more once Envoy would have died, whatever was due", () => {
    const spec: GuestSpec = {
      callbacks: {
        proxy_on_configure: [["proxy_register_shared_queue", 16, 3, 512]],
        proxy_on_queue_ready: [],
        proxy_on_request_body: [
          ["proxy_enqueue_shared_queue", 1, 16, 3],
          ["proxy_continue_stream", 1],
        ],
      },
      data: { 16: "x-a" },
    }
    const host = started(spec)
    const exchange = host.open({ method: "POST", chunks: ["", "a"] })
    host.advance(10)
    expect([exchange.isDone, host.crash?.code]).toEqual([true, "ATT_WASM_CONTINUE_RESPONSE_EARLY"])
    expect(host.trace().filter((line) => line.includes("[host->vm] proxy_on_queue_ready"))).toEqual([])
  })
  it("can be fed step by step", () => {
    const host = started({ callbacks: { proxy_on_request_body: [] } })
    const exchange = host.open({ method: "POST", isOpen: true })
    exchange.data("ab", false)
    exchange.trailers({ "x-t": "1" })
    host.advance(10)
    expect([exchange.isDone, exchange.text()]).toEqual([true, "hello"])
  })
  it("of a restricted plugin get INTERNAL_FAILURE and an error line", () => {
    const host = started(
      { callbacks: { proxy_on_request_headers: [["proxy_done"]] } },
      { plugin: { allowedCapabilities: ["proxy_on_request_headers", "proxy_on_context_create"] } },
    )
    host.send({})
    expect(host.trace()).toContain("[vm<-host] env.proxy_done return: 10")
    expect(
      host.logs.some(({ level, text }) => level === "error" && text.includes("restricted proxy-wasm capability")),
    ).toBe(true)
  })
})

describe("a root", () => {
  it("ticks in virtual time", () => {
    const host = started({
      callbacks: { proxy_on_configure: [["proxy_set_tick_period_milliseconds", 100]], proxy_on_tick: [] },
    })
    host.advance(350)
    expect(host.trace().filter((line) => line === "[host->vm] proxy_on_tick(1)")).toHaveLength(6)
  })
  it("waits for proxy_done when it is not done", () => {
    const spec: GuestSpec = { callbacks: { proxy_on_done: [], proxy_on_delete: [] }, returns: { proxy_on_done: 0 } }
    const host = started(spec)
    host.stop()
    expect(host.trace().filter((line) => line.includes("proxy_on_delete"))).toEqual([])
  })
  it("warns about a Struct", () => {
    const host = started(
      {},
      { plugin: { configuration: { "@type": "type.googleapis.com/google.protobuf.Struct", value: {} } } },
    )
    expect(codesOf(host)).toEqual(["ATT_WASM_STRUCT_CONFIGURATION"])
  })
  it("shares data with other proxies of the same VM id", () => {
    const shared = createSharedState()
    started(
      { callbacks: { proxy_on_configure: [["proxy_set_shared_data", 16, 1, 16, 1, 0]] }, data: { 16: "k" } },
      { shared, vm: { id: "v" } },
    )
    const reader = started(
      { callbacks: { proxy_on_configure: [["proxy_get_shared_data", 16, 1, 64, 68, 72]] }, data: { 16: "k" } },
      { shared, vm: { id: "v" } },
    )
    expect(reader.trace()).toContain("[vm<-host] env.proxy_get_shared_data return: 0")
  })
  it("keeps no more log lines than the limit", () => {
    const host = started({ callbacks: { proxy_on_configure: [["proxy_log", 2, 16, 1]] } }, { limits: { logLines: 5 } })
    expect([host.logs.length, codesOf(host)]).toEqual([5, ["ATT_WASM_LOG_OVERFLOW"]])
  })
})

describe("TCP", () => {
  it("passes data both ways and ends in order", () => {
    const host = started({
      callbacks: {
        proxy_on_new_connection: [],
        proxy_on_downstream_data: [],
        proxy_on_upstream_data: [],
        proxy_on_log: [],
        proxy_on_done: [],
      },
    })
    const connection = host.connect({ data: (bytes) => bytes })
    connection.send("ab")
    host.advance(5)
    connection.end()
    host.advance(5)
    expect(connection.received.map((bytes) => new TextDecoder().decode(bytes))).toEqual(["ab"])
    expect(connection.isClosed).toBe(true)
    const calls = host.trace().flatMap((line) => /^\[host->vm\] (proxy_\w+\(2.*\))$/.exec(line)?.[1] ?? [])
    expect(calls).toEqual([
      "proxy_on_new_connection(2)",
      "proxy_on_downstream_data(2, 2, 0)",
      "proxy_on_upstream_data(2, 2, 0)",
      "proxy_on_downstream_data(2, 0, 1)",
      "proxy_on_upstream_data(2, 0, 1)",
      "proxy_on_done(2)",
      "proxy_on_log(2)",
    ])
  })
  it("closes when the module traps", () => {
    const host = started({ callbacks: { proxy_on_downstream_data: ["trap"] } })
    const connection = host.connect({ data: () => undefined })
    connection.send("ab")
    expect([connection.isClosed, connection.serverReceived]).toEqual([true, []])
  })
})

describe("a stream that is over", () => {
  const reply: GuestCall = ["proxy_send_local_response", 200, 0, 0, 0, 0, 0, 0, -1]
  it.each<readonly [callback: string, calls: readonly GuestCall[]]>([
    ["proxy_on_log", [["proxy_close_stream", 0]]],
    ["proxy_on_done", [reply]],
    ["proxy_on_context_create", [["proxy_close_stream", 1]]],
    ["proxy_on_response_headers", [reply, reply]],
    ["proxy_on_response_trailers", [["proxy_continue_stream", 1]]],
  ])("ends Envoy when it is touched from %s", (callback, calls) => {
    const module = buildGuest({ callbacks: { [callback]: calls } })
    const trailers = { "x-t": "1" }
    const host = createHost({ module, clusters: { upstream: () => ({ chunks: ["a"], trailers }) } })
    host.start()
    host.send({})
    expect(host.crash).toMatchObject({ code: "ATT_WASM_STREAM_IS_OVER", isCrash: true })
  })
})

describe("a gRPC call to nothing", () => {
  it.each<{ readonly call: GuestCall }>([
    { call: ["proxy_grpc_call", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 64] },
    { call: ["proxy_grpc_stream", 0, 0, 0, 0, 0, 0, 0, 0, 64] },
  ])("ends Envoy: $call", ({ call }) => {
    const host = createHost({ module: buildGuest({ callbacks: { proxy_on_request_headers: [call] } }) })
    host.start()
    expect(host.send({}).outcome).toBe("crash")
    expect(host.crash?.code).toBe("ATT_WASM_GRPC_TARGET")
  })
})
