/**
 * An xDS client without a socket that follows Envoy's rules: it derives its subscriptions from what it holds, asks before it
 * acknowledges, takes in part of what it refuses, and reports the versions from before.
 *
 * Checked against a real Envoy by the end-to-end tests of this package.
 */
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import type { DeltaRequest } from "../delta.ts"
import type { SotwRequest } from "../sotw.ts"
import type { Variant } from "../type-state.ts"

/** What a client reads out of a resource. */
export interface Inspection {
  /** Names of other resources it needs, by type URL. */
  readonly refers: ReadonlyMap<string, readonly string[]>
  /** Why the client refuses it, if it does. */
  readonly refusal?: string
}

/** A resource the client holds. */
export interface ClientResource extends Inspection {
  readonly name: string
  readonly version: string
  readonly bytes: Uint8Array
}

/** A response as the client sees it. */
export interface ClientResponse {
  readonly typeUrl: string
  readonly nonce: string
  readonly version: string
  readonly resources: readonly { readonly name: string; readonly version: string; readonly bytes: Uint8Array }[]
  readonly removed: readonly string[]
}

/** A request in both variants: the caller sends the one its stream speaks. */
export interface ClientRequest {
  readonly sotw: SotwRequest
  readonly delta: DeltaRequest
}

/** How a client behaves. */
export interface ClientMachineOptions {
  readonly variant: Variant
  readonly inspect: (typeUrl: string, name: string, bytes: Uint8Array) => Inspection
  /** Types asked for with the wildcard, in order. Default: clusters, listeners. */
  readonly wildcards?: readonly string[]
  /** Types asked for because something held refers to them. Default: all. */
  readonly derives?: readonly string[]
  /** Listeners are asked for when all clusters are warm, as Envoy does at start. Default true. */
  readonly waitsForClusters?: boolean
  /** A refused response of the other types than clusters and listeners is applied as far as it is good. Default true. */
  readonly takesPart?: boolean
}

/** The client's side of one type. */
export interface ClientType {
  names: ReadonlySet<string>
  /** Names asked for by the test, besides those that follow from what is held. */
  asked: ReadonlySet<string>
  readonly isWildcard: boolean
  readonly held: Map<string, ClientResource>
  /** What it would claim after a reconnect. */
  readonly reported: Map<string, string>
  acceptedVersion: string
  nonce: string
  hasBegun: boolean
}

/** A client; the caller moves its messages. */
export interface ClientMachine {
  readonly types: ReadonlyMap<string, ClientType>
  /** Requests to be sent, in order. The caller takes them out. */
  readonly outbox: ClientRequest[]
  /** Breaches of the order between types, of the names in a response, in words. */
  readonly violations: readonly string[]
  /** Endpoints that new or changed clusters wait for. */
  readonly warming: ReadonlySet<string>
  /** Begins a stream: asks for everything it wants, saying what it has. */
  connect(): void
  /** Takes a response; gives the text of its refusal, if it was refused. */
  receive(response: ClientResponse): string | undefined
  /** Whether an answer about clusters is kept back until they are warm, as Envoy does once it has started. */
  isHolding(): boolean
  /** Envoy's initial fetch timeout: stops waiting for endpoints. */
  timeOut(): void
  /** Asks for exactly these names of a type, besides those that follow from what is held. */
  ask(typeUrl: string, names: readonly string[]): void
}

/** A client that holds nothing. */
export function createClientMachine(options: ClientMachineOptions): ClientMachine {
  const wildcards = options.wildcards ?? [typeUrls.cluster, typeUrls.listener]
  const client: Inner = {
    options,
    types: new Map(wildcards.map((typeUrl) => [typeUrl, newType(true)])),
    outbox: [],
    violations: [],
    warming: new Set(),
    refused: new Set(),
    active: new Set(),
    heldAnswer: undefined,
    isConnected: false,
    hasReconnected: false,
  }
  return {
    types: client.types,
    outbox: client.outbox,
    violations: client.violations,
    warming: client.warming,
    connect: () => connect(client),
    receive: (response) => receive(client, response),
    isHolding: () => client.heldAnswer !== undefined,
    timeOut: () => {
      for (const e of client.warming) warm(client, e)
      release(client)
      beginWaiting(client)
    },
    ask: (typeUrl, names) => {
      typeOf(client, typeUrl).asked = new Set(names)
      derive(client)
    },
  }
}

interface Inner {
  readonly options: ClientMachineOptions
  readonly types: Map<string, ClientType>
  readonly outbox: ClientRequest[]
  readonly violations: string[]
  readonly warming: Set<string>
  /** Clusters and others ever refused, `TYPE NAME`. */
  readonly refused: Set<string>
  /** Clusters that have been warm since they exist: a changed one serves in its old form while the new one warms. */
  readonly active: Set<string>
  heldAnswer: Parts | undefined
  isConnected: boolean
  hasReconnected: boolean
}

function newType(isWildcard: boolean): ClientType {
  return {
    names: new Set(),
    asked: new Set(),
    isWildcard,
    held: new Map(),
    reported: new Map(),
    acceptedVersion: "",
    nonce: "",
    hasBegun: false,
  }
}

function typeOf(client: Inner, typeUrl: string): ClientType {
  const type = client.types.get(typeUrl) ?? newType(false)
  client.types.set(typeUrl, type)
  return type
}

/** The order in which Envoy asks. */
const sequence: readonly string[] = [typeUrls.cluster, typeUrls.endpoint, typeUrls.listener, typeUrls.route]

function connect(client: Inner): void {
  client.outbox.length = 0
  client.heldAnswer = undefined
  client.hasReconnected = client.isConnected
  client.isConnected = true
  const rank = (typeUrl: string): number => (sequence.includes(typeUrl) ? sequence.indexOf(typeUrl) : sequence.length)
  const types = [...client.types].sort(([a], [b]) => rank(a) - rank(b))
  for (const [typeUrl, type] of types) {
    type.nonce = ""
    if (type.isWildcard ? !type.hasBegun && mustWait(client, typeUrl) : type.names.size === 0) continue
    begin(client, typeUrl, type)
  }
}

function begin(client: Inner, typeUrl: string, type: ClientType): void {
  type.hasBegun = true
  send(client, typeUrl, { subscribe: [...type.names], initial: type.reported })
}

/** At its first start a client asks for listeners only when it has its clusters. */
function mustWait(client: Inner, typeUrl: string): boolean {
  const clusters = client.types.get(typeUrls.cluster)
  if (client.options.waitsForClusters === false || typeUrl !== typeUrls.listener || clusters === undefined) return false
  return clusters.nonce === "" || client.warming.size > 0
}

interface Parts {
  readonly subscribe?: readonly string[]
  readonly unsubscribe?: readonly string[]
  readonly initial?: ReadonlyMap<string, string>
  readonly nonce?: string
  readonly errorMessage?: string | undefined
}

function send(client: Inner, typeUrl: string, parts: Parts): void {
  const type = typeOf(client, typeUrl)
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

function receive(client: Inner, response: ClientResponse): string | undefined {
  const { typeUrl } = response
  const type = typeOf(client, typeUrl)
  type.nonce = response.nonce
  const offered = response.resources.map((r) => ({ ...r, ...client.options.inspect(typeUrl, r.name, r.bytes) }))
  const names = [...offered.map((r) => r.name), ...response.removed]
  if (new Set(names).size < names.length) client.violations.push(`${typeUrl}: a name twice in one response`)
  const bad = offered.filter((r) => r.refusal !== undefined)
  for (const r of bad) client.refused.add(`${typeUrl} ${r.name}`)
  const applies = bad.length === 0 || type.isWildcard || client.options.takesPart !== false
  const good = offered.filter((r) => r.refusal === undefined && (type.isWildcard || type.names.has(r.name)))
  if (applies) apply(client, typeUrl, good, removedBy(client, type, response, names))
  if (bad.length === 0) accept(client, type, response)
  derive(client)
  checkRoutesInUse(client)
  const errorMessage = bad.length === 0 ? undefined : bad.map((r) => r.refusal).join("; ")
  const answer = { nonce: response.nonce, errorMessage }
  const hasStarted = client.types.get(typeUrls.listener)?.hasBegun === true
  if (typeUrl === typeUrls.cluster && hasStarted && client.warming.size > 0) client.heldAnswer = answer
  else send(client, typeUrl, answer)
  if (client.warming.size === 0) release(client)
  beginWaiting(client)
  return errorMessage
}

/** Sends the answer about clusters that was kept back while some of them were cold. */
function release(client: Inner): void {
  const answer = client.heldAnswer
  client.heldAnswer = undefined
  if (answer !== undefined) send(client, typeUrls.cluster, answer)
}

function beginWaiting(client: Inner): void {
  for (const [typeUrl, type] of client.types) {
    if (type.isWildcard && !type.hasBegun && !mustWait(client, typeUrl)) begin(client, typeUrl, type)
  }
}

function removedBy(
  client: Inner,
  type: ClientType,
  response: ClientResponse,
  names: readonly string[],
): readonly string[] {
  if (client.options.variant === "delta") return response.removed
  return type.isWildcard ? [...type.held.keys()].filter((name) => !names.includes(name)) : []
}

function accept(client: Inner, type: ClientType, response: ClientResponse): void {
  type.acceptedVersion = response.version
  if (client.options.variant === "sotw") return
  const inUse = response.resources.filter((r) => type.isWildcard || type.names.has(r.name))
  for (const r of inUse) type.reported.set(r.name, r.version)
  for (const name of response.removed) type.reported.delete(name)
}

function apply(client: Inner, typeUrl: string, good: readonly ClientResource[], removed: readonly string[]): void {
  const type = typeOf(client, typeUrl)
  for (const resource of good) {
    const { name, version } = resource
    const endpoints = resource.refers.get(typeUrls.endpoint) ?? []
    if (typeUrl === typeUrls.cluster) {
      if (type.held.get(name)?.version !== version) for (const e of endpoints) client.warming.add(e)
      if (endpoints.length === 0) client.active.add(name)
    }
    if (typeUrl === typeUrls.endpoint) warm(client, name)
    if (typeUrl === typeUrls.route) checkRoute(client, resource)
    type.held.set(name, resource)
  }
  // Endpoints that do not exist end the wait for them.
  if (typeUrl === typeUrls.endpoint) for (const name of removed) client.warming.delete(name)
  // Envoy ignores the removal of routes and endpoints that something still refers to.
  for (const name of type.isWildcard ? removed : []) {
    type.held.delete(name)
    if (typeUrl === typeUrls.cluster) client.active.delete(name)
  }
}

function warm(client: Inner, endpoints: string): void {
  client.warming.delete(endpoints)
  for (const cluster of typeOf(client, typeUrls.cluster).held.values()) {
    if (cluster.refers.get(typeUrls.endpoint)?.includes(endpoints) === true) client.active.add(cluster.name)
  }
}

function checkRoute(client: Inner, route: ClientResource): void {
  for (const cluster of route.refers.get(typeUrls.cluster) ?? []) {
    if (!client.types.has(typeUrls.cluster) || client.refused.has(`${typeUrls.cluster} ${cluster}`)) continue
    const isHeld = typeOf(client, typeUrls.cluster).held.has(cluster)
    if (!isHeld) client.violations.push(`route ${route.name} came before cluster ${cluster}`)
    else if (!client.active.has(cluster) && !hasRefusedEndpoints(client)) {
      client.violations.push(`route ${route.name} came before endpoints of ${cluster}`)
    }
  }
}

/** One bad assignment keeps its companions out too, where the client takes no part of a refused response. */
function hasRefusedEndpoints(client: Inner): boolean {
  return client.refused.values().some((key) => key.startsWith(typeUrls.endpoint))
}

/** Subscriptions that follow from what is held: endpoints and secrets of clusters, route configurations of listeners. */
function derive(client: Inner): void {
  const wanted = new Map<string, Set<string>>()
  for (const [typeUrl, type] of client.types) if (!type.isWildcard) wanted.set(typeUrl, new Set(type.asked))
  for (const parent of [typeUrls.cluster, typeUrls.listener]) {
    for (const resource of client.types.get(parent)?.held.values() ?? []) {
      for (const [typeUrl, names] of resource.refers) {
        if (client.options.derives?.includes(typeUrl) === false) continue
        const others = wanted.get(typeUrl) ?? new Set<string>()
        wanted.set(typeUrl, others.union(new Set(names)))
      }
    }
  }
  for (const [typeUrl, names] of wanted) if (!typeOf(client, typeUrl).isWildcard) subscribe(client, typeUrl, names)
  const endpoints = client.types.get(typeUrls.endpoint)
  for (const e of client.warming) if (endpoints?.names.has(e) !== true) client.warming.delete(e)
}

function subscribe(client: Inner, typeUrl: string, names: ReadonlySet<string>): void {
  const type = typeOf(client, typeUrl)
  const added = [...names.difference(type.names)]
  const dropped = [...type.names.difference(names)]
  if (added.length + dropped.length === 0) return
  type.names = names
  for (const name of dropped) {
    type.held.delete(name)
    type.reported.delete(name)
  }
  if (!client.isConnected) return
  type.hasBegun = true
  send(client, typeUrl, { subscribe: added, unsubscribe: dropped })
}

/** Every route in use names clusters that exist. */
function checkRoutesInUse(client: Inner): void {
  const clusters = client.types.get(typeUrls.cluster)
  // A complete state on a new stream deletes what the server never sent: state of the world cannot do better.
  if (clusters === undefined || (client.options.variant === "sotw" && client.hasReconnected)) return
  for (const route of client.types.get(typeUrls.route)?.held.values() ?? []) {
    for (const cluster of route.refers.get(typeUrls.cluster) ?? []) {
      const isKnown = clusters.held.has(cluster) || client.refused.has(`${typeUrls.cluster} ${cluster}`)
      if (!isKnown) client.violations.push(`cluster ${cluster} is gone while route ${route.name} uses it`)
    }
  }
}
