/**
 * A client in memory that follows Envoy's rules, for the property test of the state machine: it derives its subscriptions from
 * what it holds, takes in part of what it refuses, and reports the versions from before.
 */
import type { Outgoing } from "../ads.ts"
import type { DeltaRequest } from "../delta.ts"
import { typeUrls } from "../order.ts"
import type { SotwRequest } from "../sotw.ts"
import { isSubscribed, type Subscription } from "../subscription.ts"
import type { Variant } from "../type-state.ts"
import { type Content, readContent } from "./model-world.ts"

/** A resource the client uses. */
export interface ModelResource {
  readonly version: string
  readonly content: Content
}

/** A request as both variants: the driver gives the server the one it speaks. */
export interface ModelRequest {
  readonly sotw: SotwRequest
  readonly delta: DeltaRequest
}

/** The client's side of one type. */
export interface ModelType {
  names: Set<string>
  readonly isWildcard: boolean
  held: Map<string, ModelResource>
  /** What it would claim after a reconnect. */
  reported: Map<string, string>
  acceptedVersion: string
  nonce: string
  hasBegun: boolean
}

/** A model client; the driver moves its messages. */
export interface ModelClient {
  readonly types: ReadonlyMap<string, ModelType>
  readonly outbox: ModelRequest[]
  /** What went wrong, in words. */
  readonly violations: string[]
  /** Endpoints that warming clusters wait for. */
  readonly warming: ReadonlySet<string>
  /** Opens a stream: asks for everything it wants, saying what it has. */
  connect(): void
  receive(response: Outgoing): void
  subscribeSecrets(names: readonly string[]): void
}

/** @param takesPart whether a refused response of routes, endpoints or secrets is applied as far as it is good */
export function createModelClient(variant: Variant, takesPart: boolean): ModelClient {
  const types = new Map(
    [typeUrls.cluster, typeUrls.endpoint, typeUrls.listener, typeUrls.route, typeUrls.secret].map((url) => [
      url,
      newType(url),
    ]),
  )
  const client: Inner = {
    variant,
    takesPart,
    types,
    outbox: [],
    violations: [],
    warming: new Set(),
    refused: new Set(),
    active: new Set(),
    hasReconnected: false,
  }
  return {
    ...client,
    connect: () => connect(client),
    receive: (response) => receive(client, response),
    subscribeSecrets: (names) => subscribe(client, typeUrls.secret, new Set(names)),
  }
}

interface Inner {
  readonly variant: Variant
  readonly takesPart: boolean
  readonly types: Map<string, ModelType>
  readonly outbox: ModelRequest[]
  readonly violations: string[]
  readonly warming: Set<string>
  readonly refused: Set<string>
  /** Clusters that have been warm since they exist: a changed one serves in its old form while the new one warms. */
  readonly active: Set<string>
  hasReconnected: boolean
}

function newType(typeUrl: string): ModelType {
  const isWildcard = typeUrl === typeUrls.cluster || typeUrl === typeUrls.listener
  return {
    names: new Set(),
    isWildcard,
    held: new Map(),
    reported: new Map(),
    acceptedVersion: "",
    nonce: "",
    hasBegun: false,
  }
}

function of(client: Inner, typeUrl: string): ModelType {
  const type = client.types.get(typeUrl)
  if (type === undefined) throw new Error(`the model has no ${typeUrl}`)
  return type
}

function connect(client: Inner): void {
  client.outbox.length = 0
  for (const [typeUrl, type] of client.types) {
    if (type.hasBegun) client.hasReconnected = true
    type.nonce = ""
    if (!type.isWildcard && type.names.size === 0) continue
    type.hasBegun = true
    send(client, typeUrl, { subscribe: [...type.names], initial: type.reported })
  }
}

interface Parts {
  readonly subscribe?: readonly string[]
  readonly unsubscribe?: readonly string[]
  readonly initial?: ReadonlyMap<string, string>
  readonly nonce?: string
  readonly errorMessage?: string | undefined
}

function send(client: Inner, typeUrl: string, parts: Parts): void {
  const type = of(client, typeUrl)
  const errorMessage = parts.errorMessage
  client.outbox.push({
    sotw: {
      typeUrl,
      resourceNames: [...type.names],
      responseNonce: type.nonce,
      versionInfo: type.acceptedVersion,
      errorMessage,
    },
    delta: {
      typeUrl,
      subscribe: parts.subscribe ?? [],
      unsubscribe: parts.unsubscribe ?? [],
      initialVersions: new Map(parts.initial),
      responseNonce: parts.nonce ?? "",
      errorMessage,
    },
  })
}

function subscribe(client: Inner, typeUrl: string, names: Set<string>): void {
  const type = of(client, typeUrl)
  const added = [...names.difference(type.names)]
  const dropped = [...type.names.difference(names)]
  if (added.length + dropped.length === 0) return
  type.names = names
  for (const name of dropped) {
    type.held.delete(name)
    type.reported.delete(name)
  }
  type.hasBegun = true
  send(client, typeUrl, { subscribe: added, unsubscribe: dropped })
}

function receive(client: Inner, response: Outgoing): void {
  const { typeUrl } = response
  const type = of(client, typeUrl)
  type.nonce = response.nonce
  const offered = response.resources.map((r) => ({ ...r, content: readContent(typeUrl, r.bytes) }))
  const names = [...offered.map((r) => r.name), ...response.removed]
  if (new Set(names).size < names.length) client.violations.push(`${typeUrl}: a name twice in one response`)
  const bad = offered.filter((r) => r.content.token === "bad")
  for (const r of bad) client.refused.add(`${typeUrl} ${r.name}`)
  const applies = bad.length === 0 || type.isWildcard || client.takesPart
  const wanted: Subscription = { isWildcard: type.isWildcard, names: type.names, hasBegun: true, hasNamed: true }
  const good = offered.filter((r) => r.content.token !== "bad" && isSubscribed(wanted, r.name))
  if (applies) apply(client, typeUrl, good, removedBy(client, type, response, names))
  if (bad.length === 0) accept(client, type, response)
  derive(client)
  check(client)
  const errorMessage = bad.length === 0 ? undefined : `refused ${bad.map((r) => r.name).join(", ")}`
  send(client, typeUrl, { nonce: response.nonce, errorMessage })
}

function removedBy(client: Inner, type: ModelType, response: Outgoing, names: readonly string[]): readonly string[] {
  if (client.variant === "delta") return response.removed
  return type.isWildcard ? [...type.held.keys()].filter((name) => !names.includes(name)) : []
}

function accept(client: Inner, type: ModelType, response: Outgoing): void {
  type.acceptedVersion = response.version
  if (client.variant === "sotw") return
  const inUse = response.resources.filter((r) => type.isWildcard || type.names.has(r.name))
  for (const r of inUse) type.reported.set(r.name, r.version)
  for (const name of response.removed) type.reported.delete(name)
}

function apply(
  client: Inner,
  typeUrl: string,
  good: readonly { readonly name: string; readonly version: string; readonly content: Content }[],
  removed: readonly string[],
): void {
  const type = of(client, typeUrl)
  for (const { name, version, content } of good) {
    if (typeUrl === typeUrls.cluster && type.held.get(name)?.version !== version)
      for (const e of content.refers) client.warming.add(e)
    if (typeUrl === typeUrls.endpoint) client.warming.delete(name)
    if (typeUrl === typeUrls.route) checkRoute(client, name, content)
    type.held.set(name, { version, content })
    if (typeUrl === typeUrls.cluster && content.refers.length === 0) client.active.add(name)
    if (typeUrl === typeUrls.endpoint) client.active.add(name.slice("e-".length))
  }
  // Envoy ignores the removal of routes and endpoints that something still refers to.
  for (const name of type.isWildcard ? removed : []) {
    type.held.delete(name)
    if (typeUrl === typeUrls.cluster) client.active.delete(name)
  }
}

function checkRoute(client: Inner, name: string, route: Content): void {
  for (const cluster of route.refers) {
    if (client.refused.has(`${typeUrls.cluster} ${cluster}`)) continue
    const held = of(client, typeUrls.cluster).held.get(cluster)
    if (held === undefined) {
      client.violations.push(`route ${name} came before cluster ${cluster}`)
    }
    if (held !== undefined && !client.active.has(cluster) && !hasRefusedEndpoints(client)) {
      client.violations.push(`route ${name} came before endpoints of ${cluster}`)
    }
  }
}

/** One bad assignment keeps its companions out too, where the client takes no part of a refused response. */
function hasRefusedEndpoints(client: Inner): boolean {
  return client.refused.values().some((key) => key.startsWith(typeUrls.endpoint))
}

/** Subscriptions that follow from what is held: endpoints of clusters, route configurations of listeners. */
function derive(client: Inner): void {
  for (const [from, to] of [
    [typeUrls.cluster, typeUrls.endpoint],
    [typeUrls.listener, typeUrls.route],
  ] as const) {
    const names = of(client, from)
      .held.values()
      .flatMap((r) => r.content.refers)
    subscribe(client, to, new Set(names))
  }
  for (const e of client.warming) if (!of(client, typeUrls.endpoint).names.has(e)) client.warming.delete(e)
}

/** Every route in use names clusters that exist. */
function check(client: Inner): void {
  // A complete state on a new stream deletes what the server never sent: state of the world cannot do better.
  if (client.variant === "sotw" && client.hasReconnected) return
  for (const [name, route] of of(client, typeUrls.route).held) {
    for (const cluster of route.content.refers) {
      const known =
        of(client, typeUrls.cluster).held.has(cluster) || client.refused.has(`${typeUrls.cluster} ${cluster}`)
      if (!known) client.violations.push(`cluster ${cluster} is gone while route ${name} uses it`)
    }
  }
}
