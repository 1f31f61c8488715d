// Wasm plugins that failed and fail still: from lines of a log to the objects they are about.
import { type AttachedWasm, type WasmFailure, wasmPluginOf } from "@attache/envoy"
import type { Lack } from "./fact.ts"
import { sourceField } from "./source-field.ts"

/** A failure that stands: the instance that failed is still in use. */
export interface StandingFailure {
  readonly failure: WasmFailure
  readonly lastMs: number
  /** Plugins that can be meant. */
  readonly suspects: readonly AttachedWasm[]
}

/** What is known of failed plugins. */
export interface PluginFailures {
  readonly standing: readonly StandingFailure[]
  /** Plugins of a route one of which has failed, as an answer in its place shows. */
  readonly circles: readonly (readonly AttachedWasm[])[]
}

/** Nothing has failed. */
export const noFailures: PluginFailures = { standing: [], circles: [] }

/** How long a failure counts after its last sign where Envoy makes failed VMs anew, in milliseconds. */
const reloadMs = 10_000

/** Most failures and circles that are kept; the oldest go first. */
const maxKept = 200

/**
 * Brings what is known up to date.
 *
 * A VM that failed stays failed until its filter is made anew (Envoy 1.40), so a failure stands as long as one of its suspects
 * is in use unchanged. Log lines are matched with what was in use when they were written. A code that is not fetched by Envoy
 * itself cannot fail to load and be in use: its listener is refused.
 *
 * @param news in order of time
 */
export function updateFailures(
  before: PluginFailures,
  news: readonly WasmFailure[],
  plugins: readonly AttachedWasm[],
  now: number,
): PluginFailures {
  const inUse = new Set(plugins.map(identity))
  const used = (group: readonly AttachedWasm[]): readonly AttachedWasm[] => group.filter((p) => inUse.has(identity(p)))
  const kept = before.standing.flatMap((one): readonly StandingFailure[] => {
    const suspects = used(one.suspects)
    const isOver = suspects.every(({ isReloading }) => isReloading && now - one.lastMs > reloadMs)
    return isOver ? [] : [{ ...one, suspects }]
  })
  const byKey = new Map(kept.map((one) => [keyOf(one), one]))
  for (const failure of news) {
    const suspects = suspectsOf(failure, plugins)
    if (suspects.length === 0) continue
    const one: StandingFailure = { failure, lastMs: failure.timeMs, suspects }
    const known = byKey.get(keyOf(one))
    byKey.set(keyOf(one), known === undefined ? one : { ...known, lastMs: failure.timeMs })
  }
  const standing = [...byKey.values()].slice(-maxKept)
  const suspected = new Set(standing.flatMap(({ suspects }) => suspects.map(identity)))
  const circles = before.circles.map(used).filter((circle) => circle.some((plugin) => suspected.has(identity(plugin))))
  return { standing, circles }
}

/** Whether a failure is about something that is in use. */
export function isAttributable(failure: WasmFailure, plugins: readonly AttachedWasm[]): boolean {
  return suspectsOf(failure, plugins).length > 0
}

/**
 * Narrows down who is meant: a request was answered with 503 because a plugin of its route failed.
 *
 * A request over a connection that drains may have met a plugin that is replaced already, so it counts only where something
 * is known to fail.
 *
 * @param isOfRoute whether a filter works on the request's route
 */
export function narrowFailures(known: PluginFailures, isOfRoute: (filter: string) => boolean): PluginFailures {
  const suspects = new Map(known.standing.flatMap((one) => one.suspects.map((each) => [identity(each), each] as const)))
  const circle = [...suspects.values()].filter(({ name, isFailOpen }) => !isFailOpen && isOfRoute(name))
  if (circle.length === 0 || known.circles.some((other) => isSame(other, circle))) return known
  return { ...known, circles: [...known.circles, circle].slice(-maxKept) }
}

/** What is to be told of failed plugins. */
export function pluginLacks({ standing, circles }: PluginFailures): readonly Lack[] {
  const sure = standing.filter(({ suspects }) => isOne(suspects))
  const named = new Set(sure.flatMap(({ suspects }) => suspects.map(({ name }) => name)))
  const open = standing.filter(({ suspects }) => !isOne(suspects))
  const shown = circles.filter((circle) => !circle.some(({ name }) => named.has(name)))
  const [failure] = open
  const [circle] = shown
  const told = sure.map(({ failure: { reason }, suspects }) => lackOf(reason, suspects))
  // With one failure and one circle, each says what the other lacks.
  if (failure !== undefined && circle !== undefined && open.length === 1 && shown.length === 1)
    return [...told, lackOf(failure.failure.reason, circle)]
  return [
    ...told,
    ...shown.map((each) => lackOf("it has failed", each)),
    ...open.map(({ failure: { reason }, suspects }) => lackOf(reason, suspects)),
  ]
}

function lackOf(reason: string, circle: readonly AttachedWasm[]): Lack {
  const names = new Map(circle.map((plugin) => [plugin.name, plugin]))
  const [first] = names.values()
  const isOpen = circle.every(({ isFailOpen }) => isFailOpen)
  const isClosed = circle.every(({ isFailOpen }) => !isFailOpen)
  const effect = isOpen ? "; requests pass without it" : isClosed ? "; its requests get 503" : ""
  const text = reason + effect
  if (first !== undefined && names.size === 1)
    return { subject: `Wasm plugin ${first.plugin.name || first.name}`, ...sourceField(first.name), reason: text }
  const oneOf = [...names.keys()].flatMap((name) => sourceField(name) ?? [])
  return { subject: `one of ${names.size} Wasm plugins`, reason: text, oneOf }
}

function suspectsOf(
  { type, plugin, prefix, timeMs }: WasmFailure,
  plugins: readonly AttachedWasm[],
): readonly AttachedWasm[] {
  const old = plugins.filter(({ since }) => since <= timeMs)
  if (type === "load") return old.filter((each) => each.isRemote && each.plugin.name === plugin)
  if (prefix === undefined) return old
  // Several listeners may have the same plugin: who spoke is then known all the same.
  const distinct = [...new Map(old.map((each) => [each.name, { ...each.plugin, filter: each.name }])).values()]
  const speaker = wasmPluginOf({ mechanism: "wasm", prefix, text: "" }, distinct)
  return speaker === undefined ? old : old.filter(({ name }) => name === speaker.filter)
}

function isOne(suspects: readonly AttachedWasm[]): boolean {
  return new Set(suspects.map(({ name }) => name)).size === 1
}

function identity({ listener, name, fingerprint }: AttachedWasm): string {
  return `${listener}\n${name}\n${fingerprint}`
}

function keyOf({ failure, suspects }: StandingFailure): string {
  return [failure.type, failure.reason, ...suspects.map(identity)].join("\n")
}

function isSame(a: readonly AttachedWasm[], b: readonly AttachedWasm[]): boolean {
  const known = new Set(a.map(identity))
  return a.length === b.length && b.every((each) => known.has(identity(each)))
}
