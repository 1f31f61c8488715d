// Which object stands in which bucket of which index, from the object alone: placing one never reads another.
import { shardOf } from "./shards.ts"
import type { AnyObject } from "./world.ts"

/** Names of the indexes; each bucket is an input of the graph. */
export const indexNames = [
  /** Every object of a kind: for GatewayClasses, and for policies that select targets by label in all namespaces. Bucket `Kind`. */
  "kind",
  /** Objects of a kind in one namespace. Bucket `Kind/namespace`. */
  "kind-in-namespace",
  /** Gateways by GatewayClass name. */
  "gateways-of-class",
  /** Routes and ListenerSets by parent. Bucket `Gateway/namespace/name` or `ListenerSet/namespace/name`. */
  "children",
  /** HTTPRoutes and GRPCRoutes by parent. Bucket as of `children`. */
  "http-routes",
  /** The same in shards, for parents with many. Bucket `Gateway/namespace/name#shard`; see `shardOf`. */
  "http-routes-in-shard",
  /** TLSRoutes, TCPRoutes and UDPRoutes by parent. Bucket as of `children`. */
  "l4-routes",
  /** ListenerSets by the Gateway they add listeners to. Bucket `namespace/name`. */
  "listener-sets",
  /** ReferenceGrants by their namespace. */
  "grants",
  /** EndpointSlices by owner. Bucket `Service/namespace/name` or `ServiceImport/namespace/name`. */
  "slices",
  /** Policies by plain target. Bucket `PolicyKind|TargetKind/namespace/name`; GatewayClasses have no namespace. */
  "policies-of-target",
  /** Policies that select targets of a kind by label. Bucket `PolicyKind|TargetKind`. */
  "selecting-policies",
  /** Routes, extension policies and EnvoyProxies by the backends they refer to. Bucket `Kind/namespace/name`. */
  "users-of-backend",
  /** Services that expose proxies, by owner labels. Bucket `namespace/name` of the Gateway or the GatewayClass name. */
  "proxy-services",
  /** Gateways and GatewayClasses by the EnvoyProxy they name. Bucket `namespace/name`. */
  "users-of-envoy-proxy",
] as const

/** One of {@link indexNames}. */
export type IndexName = (typeof indexNames)[number]

/** An index and a bucket of it. */
export type Placement = readonly [index: IndexName, bucket: string]

const gatewayGroup = "gateway.networking.k8s.io"

/** All buckets an object stands in. Tolerates objects that no schema would accept. */
export function placementsOf(object: AnyObject): readonly Placement[] {
  const { kind } = object
  const namespace = object.metadata.namespace ?? ""
  const placements: Placement[] = [["kind", kind]]
  if (namespace !== "") placements.push(["kind-in-namespace", `${kind}/${namespace}`])
  const spec = record(object.spec)
  if (kind === "Gateway") placements.push(["gateways-of-class", text(spec.gatewayClassName)])
  if (kind === "ReferenceGrant") placements.push(["grants", namespace])
  if (kind.endsWith("Route")) placements.push(...routePlaces(object, spec.parentRefs, namespace))
  if (kind === "ListenerSet")
    placements.push(...parentsOf([spec.parentRef], namespace), ...listenerSetOf(spec.parentRef, namespace))
  if (kind === "EndpointSlice") placements.push(...slicesOf(object, namespace))
  if (kind === "Service") placements.push(...proxyServiceOf(object))
  if (kind === "Gateway") placements.push(...envoyProxyOf(record(spec.infrastructure).parametersRef, namespace))
  if (kind === "GatewayClass") placements.push(...envoyProxyOf(spec.parametersRef, ""))
  placements.push(...targetsOf(kind, spec, namespace))
  placements.push(...backendsOf(kind, spec, namespace))
  return placements
}

function parentsOf(refs: unknown, namespace: string): Placement[] {
  return list(refs).map((item) => {
    const ref = record(item)
    return ["children", `${text(ref.kind, "Gateway")}/${text(ref.namespace, namespace)}/${text(ref.name)}`]
  })
}

function routePlaces(object: AnyObject, parentRefs: unknown, namespace: string): Placement[] {
  const isHttp = object.kind === "HTTPRoute" || object.kind === "GRPCRoute"
  const shard = shardOf(`${object.kind}/${namespace}/${object.metadata.name}`)
  return parentsOf(parentRefs, namespace).flatMap(([index, parent]): Placement[] => [
    [index, parent],
    ...(isHttp
      ? ([
          ["http-routes", parent],
          ["http-routes-in-shard", `${parent}#${shard}`],
        ] as const)
      : ([["l4-routes", parent]] as const)),
  ])
}

function listenerSetOf(value: unknown, namespace: string): Placement[] {
  const ref = record(value)
  if (text(ref.kind, "Gateway") !== "Gateway" || text(ref.group, gatewayGroup) !== gatewayGroup) return []
  return [["listener-sets", `${text(ref.namespace, namespace)}/${text(ref.name)}`]]
}

function slicesOf(object: AnyObject, namespace: string): Placement[] {
  const labels = object.metadata.labels ?? {}
  const placements: Placement[] = []
  const service = labels["kubernetes.io/service-name"]
  if (service !== undefined) placements.push(["slices", `Service/${namespace}/${service}`])
  const serviceImport = labels["multicluster.kubernetes.io/service-name"]
  if (serviceImport !== undefined) placements.push(["slices", `ServiceImport/${namespace}/${serviceImport}`])
  return placements
}

function proxyServiceOf(object: AnyObject): Placement[] {
  const labels = object.metadata.labels ?? {}
  const prefix = "gateway.envoyproxy.io/owning-"
  const name = labels[`${prefix}gateway-name`]
  const namespace = labels[`${prefix}gateway-namespace`]
  const className = labels[`${prefix}gatewayclass`]
  const placements: Placement[] = []
  if (name !== undefined && namespace !== undefined) placements.push(["proxy-services", `${namespace}/${name}`])
  if (className !== undefined) placements.push(["proxy-services", className])
  return placements
}

function envoyProxyOf(value: unknown, namespace: string): Placement[] {
  const ref = record(value)
  return ref.kind === "EnvoyProxy"
    ? [["users-of-envoy-proxy", `${text(ref.namespace, namespace)}/${text(ref.name)}`]]
    : []
}

function targetsOf(kind: string, spec: Readonly<Record<string, unknown>>, namespace: string): Placement[] {
  const plain = [...(spec.targetRef === undefined ? [] : [spec.targetRef]), ...list(spec.targetRefs)]
  const placements: Placement[] = plain.map((item) => {
    const ref = record(item)
    const home = ref.kind === "GatewayClass" ? "" : namespace
    return ["policies-of-target", `${kind}|${text(ref.kind)}/${home}/${text(ref.name)}`]
  })
  for (const item of list(spec.targetSelectors)) {
    const selector = record(item)
    if (text(selector.group, gatewayGroup) === gatewayGroup)
      placements.push(["selecting-policies", `${kind}|${text(selector.kind)}`])
  }
  return placements
}

/** Where objects of a kind keep backend references: paths of fields, through lists. */
const backendPaths: Readonly<Record<string, readonly string[]>> = {
  HTTPRoute: [
    "rules.backendRefs",
    "rules.filters.requestMirror.backendRef",
    "rules.backendRefs.filters.requestMirror.backendRef",
  ],
  GRPCRoute: [
    "rules.backendRefs",
    "rules.filters.requestMirror.backendRef",
    "rules.backendRefs.filters.requestMirror.backendRef",
  ],
  TLSRoute: ["rules.backendRefs"],
  TCPRoute: ["rules.backendRefs"],
  UDPRoute: ["rules.backendRefs"],
  EnvoyExtensionPolicy: ["extProc.backendRefs"],
  EnvoyProxy: [
    "telemetry.accessLog.settings.sinks.als.backendRefs",
    "telemetry.accessLog.settings.sinks.openTelemetry.backendRefs",
    "telemetry.tracing.provider.backendRefs",
    "telemetry.metrics.sinks.openTelemetry.backendRefs",
  ],
}

function backendsOf(kind: string, spec: Readonly<Record<string, unknown>>, namespace: string): Placement[] {
  return (backendPaths[kind] ?? []).flatMap((path) =>
    valuesAt(spec, path.split(".")).map((ref): Placement => {
      const bucket = `${text(ref.kind, "Service")}/${text(ref.namespace, namespace)}/${text(ref.name)}`
      return ["users-of-backend", bucket]
    }),
  )
}

function valuesAt(value: unknown, path: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  let found: readonly unknown[] = [value]
  for (const field of path) {
    found = found.flatMap((item) => {
      const next = record(item)[field]
      return next === undefined ? [] : Array.isArray(next) ? (next as unknown[]) : [next]
    })
  }
  return found.map(record)
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown, absent = ""): string {
  return typeof value === "string" && value !== "" ? value : absent
}
