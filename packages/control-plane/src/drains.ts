// What an update of listeners costs the connections they have.
import { decode, encode } from "@attache/envoy-api"
import { FilterChainSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_components_pb"
import { type Listener, ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { type ProxySnapshot, snapshotChanges } from "@attache/translate"

/** Connections that a listener gives up. */
export interface Drain {
  readonly listener: string
  /** How many of the filter chains that the listener had; undefined: the whole listener. */
  readonly chains?: { readonly drained: number; readonly of: number }
}

const listenerType = "type.googleapis.com/envoy.config.listener.v3.Listener"

/**
 * Listeners of a proxy that drain when `after` takes the place of `before`, in order of name.
 *
 * A listener that goes drains whole. Of one that changes only in its filter chains, chains with equal content keep their
 * connections; any other change drains all of it (Envoy 1.40, `ListenerImpl::supportUpdateFilterChain`).
 */
export function drainsBetween(before: ProxySnapshot, after: ProxySnapshot | undefined): readonly Drain[] {
  const change = snapshotChanges(before, after).get(listenerType)
  if (change === undefined) return []
  const old = new Map(
    before.tables.listeners.groups.flatMap(({ resources }) => resources.map(({ name, bytes }) => [name, bytes])),
  )
  const removed = change.remove.map((listener): Drain => ({ listener }))
  const changed = change.put.flatMap(({ name, bytes }): readonly Drain[] => {
    const was = old.get(name)
    return was === undefined ? [] : drainOf(name, decode(ListenerSchema, was), decode(ListenerSchema, bytes))
  })
  return [...removed, ...changed].sort((a, b) => (a.listener < b.listener ? -1 : 1))
}

function drainOf(listener: string, before: Listener, after: Listener): readonly Drain[] {
  const had = chainsOf(before)
  const has = new Set(chainsOf(after))
  const isInPlace = before.udpListenerConfig === undefined && has.size > 0 && restOf(before) === restOf(after)
  if (!isInPlace) return [{ listener }]
  const drained = had.filter((chain) => !has.has(chain)).length
  if (drained === 0) return []
  return drained === had.length ? [{ listener }] : [{ listener, chains: { drained, of: had.length } }]
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
