// Which xDS listeners a proxy has: Gateway listeners of one address and port share one.
import type { HttpListener, L4Listener, ProxyPlan } from "../plan/index.ts"
import { plainHttpName, readyListenerName, tcpListenerName, udpListenerName } from "./names.ts"

/** One xDS listener and the Gateway listeners it carries. */
export type XdsListener =
  | { readonly type: "ready"; readonly name: string }
  | {
      readonly type: "tcp"
      readonly name: string
      /** Options of the whole listener come from this one; the others only add to it. */
      readonly first: HttpListener | L4Listener
      /** Plain HTTP listeners; they share one connection manager and one route configuration. */
      readonly plain: readonly HttpListener[]
      readonly https: readonly HttpListener[]
      readonly l4: readonly L4Listener[]
    }
  | { readonly type: "udp"; readonly name: string; readonly first: L4Listener }

/** One route configuration and the HTTP listeners whose virtual hosts it holds. */
export interface XdsRouteConfiguration {
  readonly name: string
  readonly listeners: readonly HttpListener[]
}

/** xDS listeners of a proxy in output order: ready, HTTP, TCP, UDP. */
export function xdsListeners({ options, listeners }: ProxyPlan): readonly XdsListener[] {
  const tcp = new Map<string, TcpListener>()
  const at = (listener: HttpListener | L4Listener): TcpListener => {
    const key = `${listener.address}|${listener.port}`
    let found = tcp.get(key)
    if (found === undefined) {
      const name = tcpListenerName(listener, options.isNameSchemeV2)
      found = { type: "tcp", name, first: listener, plain: [], https: [], l4: [] }
      tcp.set(key, found)
    }
    return found
  }
  for (const listener of listeners.http) {
    const found = at(listener)
    if (listener.tls === undefined) found.plain.push(listener)
    else found.https.push(listener)
  }
  for (const listener of listeners.l4) if (listener.protocol !== "UDP") at(listener).l4.push(listener)
  const udp = new Map<string, XdsListener>()
  for (const listener of listeners.l4) {
    const name = udpListenerName(listener, options.isNameSchemeV2)
    if (listener.protocol === "UDP" && !udp.has(name)) udp.set(name, { type: "udp", name, first: listener })
  }
  const { ready } = options
  return [
    ...(ready === undefined ? [] : [{ type: "ready" as const, name: readyListenerName(ready.address, ready.port) }]),
    ...tcp.values(),
    ...udp.values(),
  ]
}

/** Route configurations of a proxy, also of listeners that have no routes. */
export function xdsRouteConfigurations(plan: ProxyPlan): readonly XdsRouteConfiguration[] {
  return xdsListeners(plan).flatMap((listener) => {
    if (listener.type !== "tcp") return []
    const [first] = listener.plain
    return [
      ...(first === undefined
        ? []
        : [{ name: plainHttpName(first, plan.options.isNameSchemeV2), listeners: listener.plain }]),
      ...listener.https.map((https) => ({ name: https.name, listeners: [https] })),
    ]
  })
}

interface TcpListener {
  readonly type: "tcp"
  readonly name: string
  readonly first: HttpListener | L4Listener
  readonly plain: HttpListener[]
  readonly https: HttpListener[]
  readonly l4: L4Listener[]
}
