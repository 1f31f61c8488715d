// The objects as inputs of the graph. Every read inside a query is recorded, so whoever reads through a World is
// computed again exactly when what it read changes.
import { type Buckets, createBuckets, type Graph } from "@attache/base"
import type {
  Backend,
  BackendTLSPolicy,
  ConfigMap,
  EndpointSlice,
  EnvoyExtensionPolicy,
  EnvoyPatchPolicy,
  EnvoyProxy,
  Gateway,
  GatewayClass,
  GRPCRoute,
  HTTPRoute,
  HTTPRouteFilter,
  ListenerSet,
  Namespace,
  ReferenceGrant,
  Secret,
  Service,
  ServiceImport,
  TCPRoute,
  TLSRoute,
  UDPRoute,
} from "@attache/kube-api"
import type { BootstrapOverride } from "../plan/index.ts"
import { type IndexName, indexNames, placementsOf } from "./indexes.ts"
import { defaultSettings, type Settings } from "./settings.ts"

/** Kinds the translator reads, by name. Kinds are unique over the groups we know. */
export interface Kinds {
  readonly Backend: Backend
  readonly BackendTLSPolicy: BackendTLSPolicy
  readonly ConfigMap: ConfigMap
  readonly EndpointSlice: EndpointSlice
  readonly EnvoyExtensionPolicy: EnvoyExtensionPolicy
  readonly EnvoyPatchPolicy: EnvoyPatchPolicy
  readonly EnvoyProxy: EnvoyProxy
  readonly Gateway: Gateway
  readonly GatewayClass: GatewayClass
  readonly GRPCRoute: GRPCRoute
  readonly HTTPRoute: HTTPRoute
  readonly HTTPRouteFilter: HTTPRouteFilter
  readonly ListenerSet: ListenerSet
  readonly Namespace: Namespace
  readonly ReferenceGrant: ReferenceGrant
  readonly Secret: Secret
  readonly Service: Service
  readonly ServiceImport: ServiceImport
  readonly TCPRoute: TCPRoute
  readonly TLSRoute: TLSRoute
  readonly UDPRoute: UDPRoute
}

/** Name of a kind in {@link Kinds}. */
export type KindName = keyof Kinds

const translatedKinds: Readonly<Record<KindName, true>> = {
  ...{ Backend: true, BackendTLSPolicy: true, ConfigMap: true, EndpointSlice: true, EnvoyExtensionPolicy: true },
  ...{ EnvoyPatchPolicy: true, EnvoyProxy: true, Gateway: true, GatewayClass: true, GRPCRoute: true, HTTPRoute: true },
  ...{ HTTPRouteFilter: true, ListenerSet: true, Namespace: true, ReferenceGrant: true, Secret: true, Service: true },
  ...{ ServiceImport: true, TCPRoute: true, TLSRoute: true, UDPRoute: true },
}

/** Whether objects of a kind have an effect on what is translated. */
export function isTranslated(kind: string): boolean {
  return Object.hasOwn(translatedKinds, kind)
}

/** Any decodable object, valid or not. */
export interface AnyObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly generation?: number
    readonly creationTimestamp?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly deletionTimestamp?: string
  }
  readonly spec?: unknown
  readonly status?: unknown
}

/** `Kind/namespace/name`; cluster scoped objects have an empty namespace. */
export type ObjectKey = string

/** Recorded reads. Functions of `attach` take one and nothing else from outside. */
export interface World {
  /** The object, or undefined. An empty namespace is for cluster scoped kinds. */
  get<K extends KindName>(kind: K, namespace: string, name: string): Kinds[K] | undefined
  /** The object of a key from {@link World.members}. */
  lookup(key: ObjectKey): AnyObject | undefined
  /** Keys in a bucket of an index, in code unit order; see `indexNames` for the buckets' form. */
  members(index: IndexName, bucket: string): readonly ObjectKey[]
  settings(): Settings
  /** Why an override of the bootstrap cannot be used, or undefined. Judged outside: attachment knows no Envoy types. */
  bootstrapError(override: BootstrapOverride): string | undefined
}

/** The world and the doors by which objects enter and leave. */
export interface WritableWorld extends World {
  /** Puts an object in, in place of one with the same key. It must not be changed afterwards. Returns its key. */
  upsert(object: AnyObject): ObjectKey
  /** Takes an object out. Unknown keys are ignored. */
  remove(key: ObjectKey): void
  /** Keys of all objects; not recorded. */
  keys(): readonly ObjectKey[]
  configure(settings: Settings): void
}

/** Key of an object. */
export function keyOf(object: AnyObject): ObjectKey {
  return objectKey(object.kind, object.metadata.namespace ?? "", object.metadata.name)
}

/** Key from its parts. */
export function objectKey(kind: string, namespace: string, name: string): ObjectKey {
  return `${kind}/${namespace}/${name}`
}

/** Judges overrides of the bootstrap; pure. */
export type BootstrapJudge = (override: BootstrapOverride, settings: Settings) => string | undefined

/** An empty world over a graph, with default settings. @param judgeBootstrap default: all are good */
export function createWorld(graph: Graph, judgeBootstrap: BootstrapJudge = () => undefined): WritableWorld {
  const objects = graph.input<AnyObject>("object")
  const configuration = graph.input<Settings>("settings")
  const indexes = Object.fromEntries(indexNames.map((name) => [name, createBuckets(graph, `index:${name}`)])) as Record<
    IndexName,
    Buckets
  >
  const place = (key: ObjectKey, object: AnyObject | undefined): void => {
    const byIndex = new Map<IndexName, string[]>()
    for (const [index, bucket] of object === undefined ? [] : placementsOf(object)) {
      const buckets = byIndex.get(index)
      if (buckets === undefined) byIndex.set(index, [bucket])
      else buckets.push(bucket)
    }
    for (const name of indexNames) indexes[name].put(key, byIndex.get(name) ?? [])
  }
  return {
    get: (kind, namespace, name) => objects.get(objectKey(kind, namespace, name)) as never,
    lookup: (key) => objects.get(key),
    members: (index, bucket) => indexes[index].members(bucket),
    settings: () => configuration.get("") ?? defaultSettings,
    bootstrapError: (override) => judgeBootstrap(override, configuration.get("") ?? defaultSettings),
    upsert: (object) => {
      const key = keyOf(object)
      if (objects.set(key, object)) place(key, object)
      return key
    },
    remove: (key) => {
      if (objects.delete(key)) place(key, undefined)
    },
    keys: () => objects.keys(),
    configure: (settings) => {
      configuration.set("", settings)
    },
  }
}
