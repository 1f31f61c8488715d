// Guests that make host calls in one callback, and how that callback is reached.
import { buildGuest, type GuestCall, type GuestStep } from "@attache/wasm-host/guest"
import type { CaseConfig, Step, Transcript } from "../corpus.ts"
import { drasticCalls, gentleCalls, type NamedCall, placeOf, probeData, probePages } from "./calls.ts"
import { oldCalls, oldDrasticCalls, wasiCalls, wasiData } from "./wasi-calls.ts"

/** A callback in which calls are made. */
export interface Phase {
  readonly name: string
  readonly callback: string
  /** First arguments that tell this call of the callback from others. Default: the first call counts. */
  readonly withArguments?: string
  /** What other callbacks do so that this one comes. */
  readonly before?: Readonly<Record<string, readonly GuestStep[]>>
  /** Calls made first in the callback itself. */
  readonly first?: readonly GuestCall[]
  readonly returns?: Readonly<Record<string, number>>
  /** Default `proxy_abi_version_0_2_1`. */
  readonly marker?: string
  /** Calls made one after the other, and those made alone. Default: all of the present ABI. */
  readonly calls?: { readonly gentle: readonly NamedCall[]; readonly drastic: readonly NamedCall[] }
  /** Calls that would bring the callback again, and again. */
  readonly without?: readonly string[]
  readonly steps: readonly Step[]
  readonly isTcp?: boolean
}

/** A guest, what it is asked, and the calls whose answers are wanted. */
export interface Probe {
  readonly name: string
  readonly phase: Phase
  readonly calls: readonly NamedCall[]
  readonly module: Uint8Array
  readonly config: CaseConfig
  readonly steps: readonly Step[]
}

const post: Step = { request: { path: "/echo", method: "POST", body: "abc" }, log: [] }
const trailers: Step = {
  request: { path: "/trailers", method: "POST", chunks: ["ab"], headers: { trailer: "x-t" }, trailers: { "x-t": "1" } },
  log: [],
}
const get: Step = { request: { path: "/a" }, log: [] }
const held: Step = { request: { path: "/a", timeout: 300 }, log: [] }
const tcp: Step = { sent: ["hello", "<end>"], log: [] }
const wait: Step = { sleepMs: 150, log: [] }

const out = 8192
const httpCall: GuestCall = ["proxy_http_call", ...placeOf("callout"), ...placeOf("pairs"), 0, 0, 0, 0, 1000, out]
const grpcCall = (method: "method" | "failing"): GuestCall => [
  "proxy_grpc_call",
  ...placeOf("grpc"),
  ...placeOf("service"),
  ...placeOf(method),
  0,
  0,
  ...placeOf("one"),
  1000,
  out,
]
const grpcStream: readonly GuestCall[] = [
  ["proxy_grpc_stream", ...placeOf("grpc"), ...placeOf("service"), ...placeOf("method"), 0, 0, out],
  ["proxy_grpc_send", 6, ...placeOf("one"), 1],
]
const atRequest = (...calls: readonly GuestStep[]): NonNullable<Phase["before"]> => ({
  proxy_on_request_headers: calls,
})

const httpCalls = ["http call, plain", "http call, with a body", "http call, without time-out"]
const grpcCalls = ["grpc call, by name", "grpc call, by message", "grpc stream"]

/** Every callback in which host calls are compared. */
export const phases: readonly Phase[] = [
  { name: "root context create", callback: "proxy_on_context_create", steps: [] },
  { name: "vm start", callback: "proxy_on_vm_start", steps: [] },
  { name: "configure", callback: "proxy_on_configure", steps: [] },
  {
    name: "tick",
    callback: "proxy_on_tick",
    before: atRequest(["proxy_set_tick_period_milliseconds", 50]),
    steps: [get, wait],
  },
  {
    name: "queue ready",
    callback: "proxy_on_queue_ready",
    without: ["enqueue", "enqueue again"],
    before: atRequest(
      ["proxy_register_shared_queue", ...placeOf("queue"), out],
      ["proxy_enqueue_shared_queue", 1, ...placeOf("one")],
    ),
    steps: [get, wait],
  },
  {
    name: "http call response",
    callback: "proxy_on_http_call_response",
    without: httpCalls,
    before: atRequest(httpCall),
    steps: [get, wait],
  },
  {
    name: "http call response for a stream",
    callback: "proxy_on_http_call_response",
    without: httpCalls,
    before: atRequest(httpCall),
    first: [["proxy_set_effective_context", 2]],
    returns: { proxy_on_request_headers: 1 },
    steps: [held, wait],
  },
  {
    name: "grpc receive",
    callback: "proxy_on_grpc_receive",
    without: grpcCalls,
    before: atRequest(grpcCall("method")),
    steps: [get, wait],
  },
  {
    name: "grpc close",
    callback: "proxy_on_grpc_close",
    without: grpcCalls,
    before: atRequest(grpcCall("failing")),
    steps: [get, wait],
  },
  {
    name: "grpc initial metadata",
    callback: "proxy_on_grpc_receive_initial_metadata",
    without: grpcCalls,
    before: atRequest(...grpcStream),
    steps: [get, wait],
  },
  {
    name: "grpc trailing metadata",
    callback: "proxy_on_grpc_receive_trailing_metadata",
    without: grpcCalls,
    before: atRequest(...grpcStream),
    steps: [get, wait],
  },
  {
    name: "resolve dns",
    callback: "envoy_on_resolve_dns",
    without: ["resolve"],
    before: atRequest(["envoy_resolve_dns", ...placeOf("host"), out]),
    steps: [get, wait],
  },
  { name: "stream context create", callback: "proxy_on_context_create", withArguments: "2, 1", steps: [get] },
  { name: "request headers", callback: "proxy_on_request_headers", steps: [post] },
  { name: "request headers, no body", callback: "proxy_on_request_headers", steps: [get] },
  {
    name: "request headers, held",
    callback: "proxy_on_request_headers",
    returns: { proxy_on_request_headers: 1 },
    steps: [held],
  },
  {
    name: "request headers as the VM",
    callback: "proxy_on_request_headers",
    first: [["proxy_set_effective_context", 0]],
    steps: [get],
  },
  { name: "request body", callback: "proxy_on_request_body", steps: [post] },
  {
    name: "request body, held",
    callback: "proxy_on_request_body",
    returns: { proxy_on_request_body: 1 },
    steps: [{ request: { path: "/echo", method: "POST", body: "abc", timeout: 300 }, log: [] }],
  },
  { name: "request trailers", callback: "proxy_on_request_trailers", steps: [trailers] },
  { name: "response headers", callback: "proxy_on_response_headers", steps: [post] },
  { name: "response body", callback: "proxy_on_response_body", steps: [post] },
  { name: "response trailers", callback: "proxy_on_response_trailers", steps: [trailers] },
  { name: "log", callback: "proxy_on_log", steps: [get] },
  { name: "done", callback: "proxy_on_done", steps: [get] },
  { name: "delete", callback: "proxy_on_delete", steps: [get] },
  { name: "root done", callback: "proxy_on_done", withArguments: "1", steps: [] },
  { name: "root delete", callback: "proxy_on_delete", withArguments: "1", steps: [] },
  { name: "new connection", callback: "proxy_on_new_connection", steps: [tcp], isTcp: true },
  { name: "downstream data", callback: "proxy_on_downstream_data", steps: [tcp], isTcp: true },
  { name: "upstream data", callback: "proxy_on_upstream_data", steps: [tcp], isTcp: true },
  { name: "downstream close", callback: "proxy_on_downstream_connection_close", steps: [tcp], isTcp: true },
  { name: "upstream close", callback: "proxy_on_upstream_connection_close", steps: [tcp], isTcp: true },
  { name: "wasi", callback: "proxy_on_request_headers", calls: { gentle: wasiCalls, drastic: [] }, steps: [get] },
  ...["configure", "request_headers", "response_headers", "log"].map(
    (kind): Phase => ({
      name: `ABI 0.1.0, ${kind.replace("_", " ")}`,
      callback: `proxy_on_${kind}`,
      marker: "proxy_abi_version_0_1_0",
      calls: { gentle: oldCalls, drastic: kind === "configure" ? [] : oldDrasticCalls },
      steps: [get],
    }),
  ),
  { name: "tcp log", callback: "proxy_on_log", steps: [tcp], isTcp: true },
]

/** The plugin of every probe. */
export const probeConfig: CaseConfig = {
  name: "plugin",
  root_id: "root",
  vm_id: "vm",
  configuration: "abcdef",
  node: { id: "node-1", cluster: "cluster-1" },
  concurrency: 1,
  settle: 100,
  log: "wasm:trace",
}

/** The probe of a phase that makes these calls in its callback. */
export function probeOf(phase: Phase, calls: readonly NamedCall[], name: string): Probe {
  const own: readonly GuestStep[] = [...(phase.first ?? []), ...calls.map(({ call }) => call)]
  const config = phase.isTcp === true ? { ...probeConfig, network: true } : probeConfig
  const module = buildGuest({
    callbacks: { ...phase.before, [phase.callback]: own },
    ...(phase.returns === undefined ? {} : { returns: phase.returns }),
    ...(phase.marker === undefined ? {} : { marker: phase.marker }),
    data: { ...probeData, ...wasiData },
    pages: probePages,
  })
  return { name, phase, calls, module, config, steps: phase.steps }
}

/** The probe that makes every gentle call of a phase. */
export function gentleProbe(phase: Phase): Probe {
  const all = phase.calls?.gentle ?? gentleCalls
  const calls = all.filter(({ label }) => phase.without?.includes(label) !== true)
  return probeOf(phase, calls, phase.name)
}

/** A probe for each drastic call of a phase. */
export function drasticProbes(phase: Phase): readonly Probe[] {
  return (phase.calls?.drastic ?? drasticCalls).map((call) => probeOf(phase, [call], `${phase.name}: ${call.label}`))
}

/**
 * What the calls of a probe answered, in order: the status, and in brackets the sizes of blocks that were asked of the module.
 *
 * `+crash` behind the last one stands for the end of the process.
 */
export function answersOf({ phase, calls }: Probe, transcript: Transcript): readonly string[] {
  const lines = [
    ...transcript.startLog,
    ...transcript.steps.flatMap(({ log }) => log ?? []),
    ...transcript.endLog,
  ].flatMap((line) => /^trace\|wasm\|\[(.*)$/.exec(line)?.[1] ?? [])
  const begin = lines.findIndex((line) => line.startsWith(`host->vm] ${phase.callback}(${phase.withArguments ?? ""}`))
  const answers: string[] = []
  let sizes: string[] = []
  for (const line of begin < 0 ? [] : lines.slice(begin + 1)) {
    if (line.startsWith(`host<-vm] ${phase.callback} return`)) break
    if (line.startsWith("vm->host]")) sizes = []
    const asked = /^host->vm\] malloc\((\d+)\)/.exec(line)?.[1]
    if (asked !== undefined) sizes.push(asked)
    const status = /^vm<-host\] \S+ return: (\S+)$/.exec(line)?.[1]
    if (status !== undefined) answers.push(sizes.length === 0 ? status : `${status}(${sizes.join(",")})`)
  }
  const own = answers.slice(phase.first?.length ?? 0).slice(0, calls.length)
  return /^SIG(SEGV|ABRT)$/.test(transcript.exit.sig ?? "") ? [...own.slice(0, -1), `${own.at(-1) ?? ""}+crash`] : own
}
