import { describe, expect, it } from "vitest"
import { createHost, type Host } from "./host.ts"
import type { HostOptions } from "./options.ts"
import { encodePairs } from "./pairs.ts"
import { buildGuest, type GuestCall, type GuestSpec, type GuestStep } from "./testing/guest.ts"

const call = encodePairs([
  [":method", "GET"],
  [":path", "/"],
  [":authority", "a"],
])
const data = { 16: "text", 32: "upstream", 64: call, 256: "::1" }
const many = <T>(count: number, step: T): readonly T[] => Array.from({ length: count }, () => step)

/** A host after one request to a guest and some time. */
function run(guest: GuestSpec, options: Partial<HostOptions> = {}): Host {
  const module = buildGuest({ data, ...guest })
  const limits = { memoryPages: 256, callBytes: 1024 * 1024, ...options.limits }
  const host = createHost({
    module,
    clusters: {
      upstream: (request) => ({
        headers: { "content-length": "2" },
        body: "ok",
        delayMs: 1,
        trailers: request.trailers,
      }),
    },
    plugin: { configuration: "configuration" },
    logLevel: "error",
    ...options,
    limits,
  })
  if (host.start().isStarted) host.send({ method: "POST", body: "body", timeoutMs: 200 })
  host.advance(100)
  host.stop()
  return host
}
const headers = (...steps: readonly GuestStep[]): GuestSpec => ({ callbacks: { proxy_on_request_headers: steps } })
const codesOf = (host: Host): readonly string[] => host.mistakes.map(({ code }) => code)

describe("hostile guests end with a name", () => {
  const reserve: GuestCall = ["proxy_get_buffer_bytes", 7, 0, 100, 1024, 1028]
  const enqueue: GuestCall = ["proxy_enqueue_shared_queue", 1, 16, 4]
  const dequeue: GuestCall = ["proxy_dequeue_shared_queue", 1, 1024, 1028]
  const callOut: GuestCall = ["proxy_http_call", 32, 8, 64, call.length, 0, 0, 0, 0, 50, 1024]
  it.each<readonly [what: string, guest: GuestSpec, codes: readonly string[]]>([
    ["endless recursion", headers("recurse"), ["ATT_WASM_TRAPPED"]],
    [
      "recursion while it starts",
      { callbacks: { _initialize: ["recurse"] } },
      ["ATT_WASM_TRAPPED", "ATT_WASM_START_REFUSED"],
    ],
    [
      "recursion in the allocator",
      {
        callbacks: { proxy_on_request_headers: [["proxy_get_property", 16, 0, 64, 68], reserve] },
        allocatorSteps: ["recurse"],
      },
      [],
    ],
    ["a trap in the start section", { startSection: ["trap"] }, ["ATT_WASM_START_REFUSED"]],
    ["recursion in the start section", { startSection: ["recurse"] }, ["ATT_WASM_START_REFUSED"]],
    ["a host call in the start section", { startSection: [["proxy_log", 2, 16, 4]] }, ["ATT_WASM_START_SECTION_CALL"]],
    ["a trap in _initialize", { callbacks: { _initialize: ["trap"] } }, ["ATT_WASM_TRAPPED", "ATT_WASM_START_REFUSED"]],
    [
      "a call that is not allowed yet",
      { callbacks: { _initialize: [["proxy_done"]] } },
      ["ATT_WASM_TRAPPED", "ATT_WASM_START_REFUSED"],
    ],
    [
      "a start that says no",
      { callbacks: { proxy_on_vm_start: [] }, returns: { proxy_on_vm_start: 0 } },
      ["ATT_WASM_START_REFUSED"],
    ],
    [
      "a configuration that is refused",
      { callbacks: { proxy_on_configure: [] }, returns: { proxy_on_configure: 0 } },
      ["ATT_WASM_START_REFUSED"],
    ],
    [
      "a trap in a tick",
      { callbacks: { proxy_on_configure: [["proxy_set_tick_period_milliseconds", 1]], proxy_on_tick: ["trap"] } },
      ["ATT_WASM_TRAPPED"],
    ],
    ["memory grown as far as it goes", headers("grow", "grow"), []],
    [
      "an allocator that traps",
      { callbacks: { proxy_on_configure: [reserve] }, allocatorSteps: ["trap"] },
      ["ATT_WASM_TRAPPED"],
    ],
    [
      "an allocator that calls the host",
      { callbacks: { proxy_on_configure: [reserve] }, allocatorSteps: [["proxy_done"]] },
      ["ATT_WASM_TRAPPED"],
    ],
    [
      "an allocator that calls for more of itself",
      { callbacks: { proxy_on_configure: [reserve] }, allocatorSteps: [reserve] },
      ["ATT_WASM_TRAPPED"],
    ],
    [
      "a queue that feeds itself",
      {
        callbacks: {
          proxy_on_configure: [["proxy_register_shared_queue", 16, 4, 1024]],
          proxy_on_request_headers: [enqueue],
          proxy_on_queue_ready: [dequeue, enqueue],
        },
      },
      ["ATT_WASM_ENDLESS_EVENTS"],
    ],
    [
      "call-outs that breed",
      { callbacks: { proxy_on_request_headers: [callOut], proxy_on_http_call_response: many(40, callOut) } },
      ["ATT_WASM_ENDLESS_EVENTS"],
    ],
    [
      "a name that resolves itself",
      {
        callbacks: {
          proxy_on_request_headers: [["envoy_resolve_dns", 256, 3, 1024]],
          envoy_on_resolve_dns: [["envoy_resolve_dns", 256, 3, 1024]],
        },
      },
      ["ATT_WASM_TRAPPED"],
    ],
    [
      "a flood of headers",
      headers(...many(40, ["proxy_add_header_map_value", 0, 0, 16, 0, 65_536] as const)),
      ["ATT_WASM_TOO_MUCH_DATA"],
    ],
    [
      "a flood of shared data",
      headers(...many(40, ["proxy_set_shared_data", 16, 4, 0, 65_536, 0] as const)),
      ["ATT_WASM_TOO_MUCH_DATA"],
    ],
    ["a flood of log lines", headers(...many(40, ["proxy_log", 2, 0, 65_536] as const)), ["ATT_WASM_TOO_MUCH_DATA"]],
    [
      "a body that grows",
      { callbacks: { proxy_on_request_body: many(40, ["proxy_set_buffer_bytes", 0, 0, 0, 0, 65_536] as const) } },
      ["ATT_WASM_TOO_MUCH_DATA"],
    ],
    [
      "a stream closed when it is over",
      { callbacks: { proxy_on_log: [["proxy_close_stream", 0]] } },
      ["ATT_WASM_STREAM_IS_OVER"],
    ],
    [
      "a request held for good",
      { callbacks: { proxy_on_request_headers: [] }, returns: { proxy_on_request_headers: 1 } },
      ["ATT_WASM_STREAM_LEFT_PAUSED"],
    ],
  ])("%s", (_, guest, codes) => {
    const host = run(guest)
    expect(codesOf(host)).toEqual(codes)
    for (const { message, hint } of host.mistakes) expect(message.length * (hint ?? "").length).toBeGreaterThan(0)
  })
  it("queues and stores that only grow", () => {
    const guest = {
      callbacks: {
        proxy_on_configure: [["proxy_register_shared_queue", 16, 4, 1024] as const],
        proxy_on_request_headers: [["proxy_enqueue_shared_queue", 1, 0, 65_536] as const],
      },
    }
    const host = createHost({
      module: buildGuest({ data, ...guest }),
      limits: { callBytes: 1024 * 1024 },
      logLevel: "error",
    })
    host.start()
    for (let i = 0; i < 20; i++) host.send({})
    expect(host.crash?.code).toBe("ATT_WASM_TOO_MUCH_DATA")
    expect(host.send({}).outcome).toBe("crash")
  })
  it("metrics without number", () => {
    const loop = [0x03, 0x40, 0x41, 0, 0x41, 16, 0x41, 4, 0x41, 0x80, 0x08, 0x10, 0, 0x1a, 0x0c, 0, 0x0b]
    const host = run(headers(["proxy_define_metric", 0, 16, 4, 1024], { code: loop }))
    expect(host.crash?.code).toBe("ATT_WASM_TOO_MUCH_DATA")
  })
  it("a log that floods line by line", () => {
    const host = run(headers(...many(200, ["proxy_log", 4, 16, 4] as const)), { limits: { logLines: 100 } })
    expect(host.logs.length).toBe(100)
    expect(codesOf(host)).toEqual(["ATT_WASM_LOG_OVERFLOW"])
  })
})

describe("an allocator that lies", () => {
  const steps: readonly GuestCall[] = [
    ["proxy_get_header_map_pairs", 0, 1024, 1028],
    ["proxy_get_header_map_value", 0, 400, 5, 1024, 1028],
    ["proxy_get_property", 410, 11, 1024, 1028],
    ["proxy_get_current_time_nanoseconds", 1024],
  ]
  const statusesOf = (result: number): readonly string[] => {
    const module = buildGuest({
      callbacks: { proxy_on_request_headers: steps },
      allocatorResult: result,
      data: { 400: ":path", 410: "plugin_name" },
    })
    const host = createHost({ module })
    host.start()
    host.send({ path: "/" })
    return host.trace().flatMap((line) => /\[vm<-host\] env\.\S+ return: (\d+)/.exec(line)?.[1] ?? [])
  }
  const ok = ["0", "0", "0", "0"]
  const refused = ["6", "6", "6", "0"]
  it.each<readonly [what: string, result: number, want: readonly string[]]>([
    ["0", 0, refused],
    ["the address of the result", 1024, ok],
    ["the address of the request's own text", 400, ["0", "1", "1", "0"]],
    ["the first byte", 1, ok],
    ["one byte before the end", 131_071, ["6", "0", "6", "0"]],
    ["the end", 131_072, refused],
    ["far outside", 0x7fff_ffff, refused],
    ["the last address of 32 bits", 0xffff_ffff, refused],
  ])("with %s", (_, result, want) => expect(statusesOf(result)).toEqual(want))
})

describe("a host that met a hostile guest", () => {
  it("says that the stack was full also where something else was the first to need more of it", () => {
    const before = Error.prepareStackTrace
    let serial = 0
    // As what maps stacks to sources does: an expression that is compiled when it is needed.
    Error.prepareStackTrace = (error, frames) =>
      `${error}\n${frames.join("\n")}`.replace(new RegExp(`x${serial++}$`), "")
    try {
      const resolve = [["envoy_resolve_dns", 256, 3, 1024]] as const
      for (let n = 0; n < 20; n++) {
        const host = run({ callbacks: { proxy_on_request_headers: resolve, envoy_on_resolve_dns: resolve } })
        expect(host.mistakes).toMatchObject([
          {
            code: "ATT_WASM_TRAPPED",
            message: expect.stringContaining("RangeError: Maximum call stack size exceeded"),
          },
        ])
      }
    } finally {
      Object.assign(Error, { prepareStackTrace: before })
    }
  })
  it("is unharmed: the next one runs as ever", () => {
    run(headers("recurse"))
    run(headers("grow"))
    run({ startSection: [["proxy_done"]] })
    const host = run(headers(["proxy_log", 4, 16, 4]), {})
    expect(host.logs.map(({ text }) => text)).toEqual(["wasm log plugin: text"])
    expect(host.mistakes).toEqual([])
  })
})
