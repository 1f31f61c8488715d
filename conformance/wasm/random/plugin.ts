// A random plugin with what it is asked: pauses and resumes, call-outs, replies, traps, in any order and under any policy.
import { buildGuest, createDice, type Dice, type GuestStep } from "@attache/wasm-host/guest"
import type { CaseConfig, Step } from "../corpus.ts"
import { grpcCall, httpCall, randomCalls, reply } from "./calls.ts"
import * as texts from "./texts.ts"

/** A plugin and its case. */
export interface RandomCase {
  readonly module: Uint8Array
  readonly config: CaseConfig
  readonly steps: readonly Step[]
}

const httpPhases = [
  "request_headers",
  "request_body",
  "request_trailers",
  "response_headers",
  "response_body",
  "response_trailers",
]
const tcpPhases = [
  "new_connection",
  "downstream_data",
  "upstream_data",
  "downstream_connection_close",
  "upstream_connection_close",
]
const answers = [
  "tick",
  "http_call_response",
  "queue_ready",
  "grpc_receive",
  "grpc_close",
  "grpc_receive_initial_metadata",
]

const from = <T>(dice: Dice, list: readonly T[]): T => list[dice(list.length)] as T

/** The plugin of a seed with its case; the same for the same seed. */
export function randomCase(seed: number, isTcp: boolean): RandomCase {
  const dice = createDice(seed * 7919 + 13)
  const phases = isTcp ? tcpPhases : httpPhases
  const wait = dice(3) > 0 ? waiting(dice, phases) : undefined
  const names = new Set<string>(phases.filter(() => dice(3) > 0))
  if (wait !== undefined) for (const name of [wait.phase, wait.answer, "configure"]) names.add(name)
  for (const name of ["context_create", "done", "delete", "vm_start"]) if (dice(6) === 0) names.add(name)
  for (const name of ["log", "configure"]) if (dice(3) === 0) names.add(name)
  for (const name of answers) if (dice(2) === 0) names.add(name)
  const callbacks = [...names].map(
    (name, i) => [`proxy_on_${name}`, bodyOf(dice, name, texts.counters + 8 * i, wait)] as const,
  )
  const returns = callbacks.filter(([name]) => hasResult(name)).map(([name]) => [name, resultOf(dice, name)] as const)
  const module = buildGuest({
    callbacks: Object.fromEntries(callbacks),
    returns: Object.fromEntries(returns),
    data: texts.memory,
    hasNames: dice(2) === 0,
  })
  const steps = Array.from(
    { length: 1 + dice(3) },
    (): Step => (isTcp ? connection(dice) : { request: request(dice), log: [] }),
  )
  return { module, config: configOf(dice, isTcp), steps }
}

/** A callback in which something is waited for, and the callback that ends the wait. */
interface Wait {
  readonly phase: string
  readonly answer: string
  readonly start: GuestStep
}

function waiting(dice: Dice, phases: readonly string[]): Wait {
  const phase = from(dice, phases.slice(0, phases === tcpPhases ? 3 : 6))
  return from(dice, [
    { phase, answer: "tick", start: ["proxy_set_tick_period_milliseconds", 80] },
    { phase, answer: "http_call_response", start: httpCall(dice) },
    { phase, answer: from(dice, ["grpc_receive", "grpc_close"]), start: grpcCall(dice) },
    { phase, answer: "queue_ready", start: ["proxy_enqueue_shared_queue", 1, ...from(dice, texts.values)] },
  ] as const satisfies readonly Wait[])
}

/** Steps of a callback that counts how often it came, at `counter`. */
function bodyOf(dice: Dice, name: string, counter: number, wait: Wait | undefined): readonly GuestStep[] {
  const steps: GuestStep[] = [countUp(counter)]
  if (name === "configure") steps.push(["proxy_register_shared_queue", ...texts.queue, texts.results])
  if (name === wait?.phase) {
    const held = /headers/.test(name) ? from(dice, [1, 1, 3, 4]) : /body|data/.test(name) ? from(dice, [1, 1, 2, 3]) : 1
    const result = hasResult(name) ? held : undefined
    steps.push(onlyAt(counter, 1 + dice(2)), ...randomCalls(dice, name, 2), wait.start, leave(result), end)
  }
  if (name === wait?.answer) {
    const resumed = /request/.test(wait.phase) ? 0 : /response/.test(wait.phase) ? 1 : 2
    const resume: GuestStep = ["proxy_continue_stream", resumed]
    const ending = from<GuestStep>(dice, [resume, resume, resume, reply(dice, 401), ["proxy_close_stream", resumed]])
    steps.push(onlyAt(counter, 1), ["proxy_set_effective_context", from(dice, [2, 2, 2, 3])])
    steps.push(...randomCalls(dice, wait.phase, 3), ending, leave(undefined), end)
  }
  if (name === "tick") steps.push(onlyAt(counter, 3), ["proxy_set_tick_period_milliseconds", 0], end)
  // What is done at the start is done on every thread.
  steps.push(...randomCalls(dice, name, /create|start|configure/.test(name) ? 1 : 3))
  return steps
}

const hasResult = (name: string): boolean =>
  !/context_create|tick|queue|http_call|grpc|log$|delete|connection_close/.test(name)

function resultOf(dice: Dice, name: string): number {
  if (/vm_start|configure|done/.test(name)) return Number(dice(25) > 0)
  if (dice(3) > 0) return 0
  return /headers/.test(name) ? from(dice, [1, 1, 2, 3, 4, 7]) : /body/.test(name) ? from(dice, [1, 1, 1, 2, 3, 5]) : 1
}

const opcode = {
  i32: 0x41,
  load: 0x28,
  store: 0x36,
  add: 0x6a,
  equal: 0x46,
  if: 0x04,
  nothing: 0x40,
  end: 0x0b,
  return: 0x0f,
}
const number = (value: number): readonly number[] => [opcode.i32, (value & 0x7f) | 0x80, value >> 7]
const small = (value: number): readonly number[] => [opcode.i32, value]
const load = [opcode.load, 2, 0]
const countUp = (at: number): GuestStep => ({
  code: [...number(at), ...number(at), ...load, ...small(1), opcode.add, opcode.store, 2, 0],
})
const onlyAt = (at: number, value: number): GuestStep => ({
  code: [...number(at), ...load, ...small(value), opcode.equal, opcode.if, opcode.nothing],
})
const leave = (value: number | undefined): GuestStep => ({
  code: [...(value === undefined ? [] : small(value)), opcode.return],
})
const end: GuestStep = { code: [opcode.end] }

const paths = [
  "/",
  "/echo",
  "/echo",
  "/bytes/5",
  "/bytes/3000",
  "/chunks",
  "/trailers",
  "/status/404",
  "/status/204",
  "/slow",
  "/never",
  "/close",
]

function request(dice: Dice): NonNullable<Step["request"]> {
  const path = from(dice, paths)
  const own = {
    "x-a": dice(2) === 0 ? "q" : ["r", "s"],
    ...(dice(5) === 0 ? { "content-type": "application/grpc" } : {}),
  }
  const base = { path, timeout: path === "/slow" ? 1900 : 600, ...(dice(3) === 0 ? { headers: own } : {}) }
  return from(dice, [
    base,
    base,
    { ...base, method: "HEAD" },
    { ...base, method: "POST", body: from(dice, ["hello", "a", ""]) },
    { ...base, method: "POST", chunks: ["ab", "cde", "f"].slice(0, 1 + dice(3)) },
    { ...base, method: "POST", chunks: ["ab", "cd"], trailers: { "x-t": "1" } },
    { ...base, method: "POST", bodySize: from(dice, [1000, 5000]) },
  ])
}

function connection(dice: Dice): Step {
  const pieces = Array.from({ length: 1 + dice(3) }, () => from(dice, ["hello", "b", "third"]))
  return { sent: [...pieces, ...from(dice, [["<end>"], ["<end>"], ["<reset>"], []])], log: [] }
}

function configOf(dice: Dice, isTcp: boolean): CaseConfig {
  const policy = from(dice, [
    {},
    {},
    {},
    { failure_policy: "FAIL_OPEN" },
    { failure_policy: "FAIL_RELOAD" },
    { fail_open: true },
  ])
  const dead = { match: { prefix: "/" }, route: { cluster: "dead" } }
  const direct = { match: { prefix: "/echo" }, direct_response: { status: 201, body: { inline_string: "direct" } } }
  const rest = { match: { prefix: "/" }, name: "r", route: { cluster: "upstream" } }
  return {
    ...{ name: "plugin", root_id: "root", vm_id: from(dice, ["vm", ""]), configuration: "cfg" },
    plugin: { ...policy, ...(dice(4) === 0 ? { allow_on_headers_stop_iteration: true } : {}) },
    ...(dice(4) === 0 ? { listenerExtra: { per_connection_buffer_limit_bytes: 1024 } } : {}),
    ...(isTcp ? { network: true } : dice(5) === 0 ? { routes: from(dice, [[dead], [direct, rest]]) } : {}),
  }
}
