// Host calls as random plugins make them: mostly sensible for the callback they are made in.
import type { Dice, GuestStep } from "@attache/wasm-host/guest"
import * as texts from "./texts.ts"

/** Families of calls, for a callback by name. A family gives the calls of one step. */
type Family = (dice: Dice, callback: string) => readonly GuestStep[]

const { results } = texts
const out = [results, results + 4] as const
const from = <T>(dice: Dice, list: readonly T[]): T => list[dice(list.length)] as T
const isRare = (dice: Dice, one: number): boolean => dice(one) === 0

/** The map a callback is about; any for others. */
function mapOf(dice: Dice, callback: string): number {
  if (isRare(dice, 4)) return dice(8)
  if (callback.includes("request_trailers")) return 1
  if (callback.includes("request_")) return 0
  if (callback.includes("response_trailers")) return 3
  return callback.includes("http_call") ? 6 : callback.includes("response_") ? 2 : dice(8)
}

function bufferOf(dice: Dice, callback: string): number {
  if (/stream|connection/.test(callback)) return from(dice, [2, 3])
  if (callback.includes("request_body")) return 0
  if (callback.includes("response_body")) return 1
  return callback.includes("http_call") ? 4 : callback.includes("grpc") ? 5 : dice(9)
}

const name = (dice: Dice): texts.Place => from(dice, isRare(dice, 10) ? texts.hardNames : texts.softNames)

const headers: Family = (dice, callback) => {
  const map = mapOf(dice, callback)
  const value = from(dice, texts.values)
  const whole = texts.wholeMaps[map === 0 ? 0 : map === 2 ? 1 : 2] as texts.Place
  return from<readonly GuestStep[]>(dice, [
    [["proxy_get_header_map_value", map, ...name(dice), ...out]],
    [["proxy_add_header_map_value", map, ...name(dice), ...value]],
    [["proxy_replace_header_map_value", map, ...name(dice), ...value]],
    [["proxy_remove_header_map_value", map, ...name(dice)]],
    [
      ["proxy_get_header_map_pairs", map, ...out],
      ["proxy_get_header_map_size", map, results],
    ],
    isRare(dice, 4) ? [["proxy_set_header_map_pairs", map, ...whole]] : [],
  ])
}

const buffers: Family = (dice, callback) => {
  const id = bufferOf(dice, callback)
  const start = from(dice, [0, 0, 0, 2, 9999])
  if (dice(3) > 0)
    return [["proxy_set_buffer_bytes", id, start, from(dice, [0, 1, 3, 9999]), ...from(dice, texts.bodies)]]
  return [
    ["proxy_get_buffer_bytes", id, start, from(dice, [0, 2, 9999]), ...out],
    ["proxy_get_buffer_status", id, ...out],
  ]
}

const stream: Family = (dice) => {
  if (isRare(dice, 8)) return [["proxy_close_stream", dice(5)]]
  if (dice(2) === 0) return [["proxy_continue_stream", from(dice, [0, 0, 0, 1, 2, 3, 4])]]
  return [reply(dice, from(dice, [200, 403, 403, 503, 204, 302, 404]))]
}

/** A local reply. */
export function reply(dice: Dice, status: number): GuestStep {
  const texted = [...from(dice, texts.details), ...from(dice, texts.bodies), ...from(dice, texts.replyHeaders)]
  return ["proxy_send_local_response", status, ...texted, from(dice, [-1, 7, 99])]
}

/** A call to a cluster over HTTP. */
export function httpCall(dice: Dice): GuestStep {
  const head = isRare(dice, 12) ? texts.badCallHeaders : from(dice, texts.callHeaders)
  const body = dice(2) === 0 ? ([0, 0] as const) : from(dice, texts.bodies)
  return ["proxy_http_call", ...from(dice, texts.clusters), ...head, ...body, 0, 0, from(dice, [0, 150, 1000]), results]
}

/** A unary call over gRPC. */
export function grpcCall(dice: Dice): GuestStep {
  const target = [...from(dice, texts.grpcClusters), ...texts.service, ...from(dice, texts.methods)]
  return [
    "proxy_grpc_call",
    ...target,
    ...from(dice, texts.metadata),
    ...texts.message,
    from(dice, [200, 1000]),
    results,
  ]
}

const callOuts: Family = (dice) => {
  if (dice(3) > 0) return [dice(3) > 0 ? httpCall(dice) : grpcCall(dice)]
  const target = [...(texts.grpcClusters[0] as texts.Place), ...texts.service, ...(texts.methods[0] as texts.Place)]
  return [
    ["proxy_grpc_stream", ...target, ...from(dice, texts.metadata), results],
    ["proxy_grpc_send", from(dice, [6, 6, 10]), ...texts.message, dice(2)],
    ...(isRare(dice, 3) ? [[from(dice, ["proxy_grpc_close", "proxy_grpc_cancel"]), 6] as GuestStep] : []),
  ]
}

const shared: Family = (dice) => {
  const value = from(dice, texts.values)
  if (dice(2) === 0)
    return [
      ["proxy_set_shared_data", ...from(dice, texts.keys), ...value, from(dice, [0, 0, 1, 2, 9])],
      ["proxy_get_shared_data", ...from(dice, texts.keys), ...out, results + 8],
    ]
  return [
    ["proxy_resolve_shared_queue", ...from(dice, texts.vmIds), ...texts.queue, results],
    ["proxy_enqueue_shared_queue", from(dice, [1, 1, 2]), ...value],
    ...(dice(2) === 0 ? [] : [["proxy_dequeue_shared_queue", from(dice, [1, 1, 9]), ...out] as GuestStep]),
  ]
}

const metrics: Family = (dice) => {
  const kind = dice(3)
  return [
    ["proxy_define_metric", kind, ...(texts.metrics[kind] as texts.Place), results],
    ["proxy_increment_metric", 4 + kind, BigInt(from(dice, [1, 5, -1, 0]))],
    ["proxy_record_metric", from(dice, [4, 5, 6, 8]), BigInt(from(dice, [1, 42]))],
    ["proxy_get_metric", from(dice, [4, 5, 6, 8]), results],
  ]
}

const properties: Family = (dice) => {
  const read = (): GuestStep => ["proxy_get_property", ...from(dice, texts.properties), ...out]
  const write: GuestStep = ["proxy_set_property", ...from(dice, texts.properties), ...from(dice, texts.values)]
  return [read(), read(), ...(isRare(dice, 3) ? [write, read()] : [])]
}

const others: Family = (dice) =>
  from<readonly GuestStep[]>(dice, [
    [
      [
        "proxy_call_foreign_function",
        ...from(dice, texts.foreignFunctions),
        ...from(dice, texts.foreignArguments),
        ...out,
      ],
    ],
    [["proxy_set_effective_context", from(dice, [1, 2, 2, 2, 3, 9])]],
    [["proxy_set_tick_period_milliseconds", from(dice, [0, 80, 100])]],
    [["proxy_get_status", ...out, results + 8]],
    [["proxy_log", dice(7), ...texts.line]],
    [["proxy_get_current_time_nanoseconds", results]],
    isRare(dice, 3) ? ["trap"] : [],
    isRare(dice, 3) ? [["proxy_done"]] : [],
  ])

const families = [headers, headers, headers, buffers, stream, callOuts, shared, metrics, properties, others, others]

/** Calls of one to `most` steps for a callback; none, now and then. */
export function randomCalls(dice: Dice, callback: string, most: number): readonly GuestStep[] {
  return Array.from({ length: dice(most + 1) }, () => from(dice, families)(dice, callback)).flat()
}
