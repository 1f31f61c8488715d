// What an update of listeners costs the connections they have.
import { decode, encode } from "@attache/envoy-api"
import { FilterChainSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_components_pb"
import { type Listener, ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { type ProxySnapshot, snapshotChanges } from "@attache/translate"

/** Which connections of a listener end. */
export interface DrainScope {
  /** How many of the filter chains that the listener had; undefined: the whole listener. */
  readonly chains?: { readonly drained: number; readonly of: number }
}

/** Connections that a listener gives up. */
export interface Drain extends DrainScope {
  readonly listener: string
}

const listenerType = "type.googleapis.com/envoy.config.listener.v3.Listener"

/** Listeners of a proxy that drain when `after` takes the place of `before`, in order of name; see {@link drainOf}. */
export function drainsBetween(before: ProxySnapshot, after: ProxySnapshot | undefined): readonly Drain[] {
  const change = snapshotChanges(before, after).get(listenerType)
  if (change === undefined) return []
  const old = new Map(
    before.tables.listeners.groups.flatMap(({ resources }) => resources.map(({ name, bytes }) => [name, bytes])),
  )
  const removed = change.remove.map((listener): Drain => ({ listener }))
  const changed = change.put.flatMap(({ name, bytes }): readonly Drain[] => {
    const was = old.get(name)
    if (was === undefined) return []
    const scope = drainOf(decode(ListenerSchema, was), decode(ListenerSchema, bytes))
    return scope === undefined ? [] : [{ listener: name, ...scope }]
  })
  return [...removed, ...changed].sort((a, b) => (a.listener < b.listener ? -1 : 1))
}

/**
 * What a listener drains when `after` takes its place; undefined: nothing.
 *
 * A listener that goes drains whole. Of one that changes only in its filter chains, chains with equal content keep their
 * connections; any other change drains all of it (Envoy 1.40, `ListenerImpl::supportUpdateFilterChain`).
 */
export function drainOf(before: Listener, after: Listener | undefined): DrainScope | undefined {
  if (after === undefined) return {}
  const had = chainsOf(before)
  const has = new Set(chainsOf(after))
  const drained = had.filter((chain) => !has.has(chain)).length
  const isInPlace = restOf(before) === restOf(after) && before.udpListenerConfig === undefined && has.size > 0
  if (!isInPlace) return {}
  if (drained === 0) return undefined
  return drained === had.length ? {} : { chains: { drained, of: had.length } }
}

function chainsOf({ filterChains, defaultFilterChain }: Listener): readonly string[] {
  const all = defaultFilterChain === undefined ? filterChains : [...filterChains, defaultFilterChain]
  return all.map((chain) => text(encode(FilterChainSchema, chain)))
}

/** Everything but the filter chains and what chooses among them. */
function restOf(listener: Listener): string {
  const { defaultFilterChain: _, filterChainMatcher: __, ...rest } = listener
  return text(encode(ListenerSchema, { ...rest, filterChains: [] }))
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
