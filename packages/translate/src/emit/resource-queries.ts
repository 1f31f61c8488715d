// Queries that encode: listeners, route configurations, clusters, endpoints and secrets.
import { contentVersion, type Graph, messageOf } from "@attache/base"
import { encode } from "@attache/envoy-api"
import { ClusterSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import { ClusterLoadAssignmentSchema } from "@attache/envoy-api/gen/envoy/config/endpoint/v3/endpoint_pb"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { SecretSchema } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/secret_pb"
import type { HttpFilterPart } from "../features/feature.ts"
import type { HttpListener, Origin, PlanSource } from "../plan/index.ts"
import type { Quarantine } from "../quarantine/quarantine.ts"
import { extensionOf, filterKey, type RouteFilter } from "../quarantine/suspects.ts"
import { resourceGroupKey } from "./claim-groups.ts"
import type { ClaimQueries } from "./claim-queries.ts"
import { claimsOf, planOf } from "./claimants.ts"
import { clusterMessage, isEds } from "./cluster.ts"
import { joinBytes } from "./elements.ts"
import { loadAssignment, type ResolveEndpoints } from "./endpoints.ts"
import { emitFailure } from "./failure.ts"
import { type ListenerReads, listenerMessage } from "./listener.ts"
import { xdsListeners, xdsRouteConfigurations } from "./listener-plan.ts"
import { refusingFilter } from "./refusing-filter.ts"
import { routeConfiguration } from "./route-configuration.ts"
import { queryKey, type RouteQueries } from "./route-queries.ts"
import { secretMessage } from "./secrets.ts"
import type { Resource, ResourceGroup, ResourceKind } from "./snapshot.ts"

/** What the queries stand on. */
export interface ResourceInputs {
  readonly routes: RouteQueries
  readonly claims: ClaimQueries
  readonly resolve: ResolveEndpoints
  readonly quarantine: Quarantine
}

/** Queries that make resources. */
export interface ResourceQueries {
  /** Groups of one kind of resource of a proxy. */
  groups(kind: ResourceKind, proxyKey: string): readonly ResourceGroup[]
  /** HTTP filters that the routes of a listener want, each with the first route that does; withdrawn ones included. */
  routeFilters(proxyKey: string, listener: HttpListener): readonly RouteFilter[]
}

/** A resource, or why there is none. */
type Made = { readonly resource?: Resource; readonly failed?: NonNullable<ResourceGroup["diagnostics"]>[number] }

/** The queries. */
export function createResourceQueries(graph: Graph, source: PlanSource, inputs: ResourceInputs): ResourceQueries {
  const { routes, claims, quarantine } = inputs
  const claimed = createClaimedQueries(graph, source, inputs)
  const httpFilter = graph.query<HttpFilterPart>(
    "emit.http-filter",
    (key) => {
      const [proxyKey = "", name = "", ...id] = key.split("\n")
      const route = source.route(id.join("\n"))
      const context = routes.context.get(proxyKey)
      const owner = claimsOf(source, context, proxyKey, id.join("\n")).filters.find((claim) => claim.name === name)
      const part = owner?.feature.fold?.(name, route, context)
      if (part === undefined) throw new Error(`no feature makes HTTP filter ${name}`)
      return { name, ...part }
    },
    { fallback: (key) => refusingFilter(key.split("\n")[1] ?? "") },
  )
  const routeFilters: ResourceQueries["routeFilters"] = (proxyKey, { name }) =>
    claims.filters.get(queryKey(proxyKey, name)).map(([filter, id]) => ({
      part: httpFilter.get(queryKey(proxyKey, filter, id)),
      route: () => source.route(id),
    }))
  const reads = (proxyKey: string): ListenerReads => ({
    routeFilters: (http) => {
      const withdrawn = quarantine.of(proxyKey)
      const wanted = routeFilters(proxyKey, http)
      return withdrawn.size === 0
        ? wanted.map(({ part }) => part)
        : wanted.flatMap((filter) => (withdrawn.has(filterKey(filter.part)) ? withoutFilter(filter) : [filter.part]))
    },
    hasGrpcRoute: ({ name }) => source.hasGrpcRoute(name),
    l4Routes: ({ name }) => source.l4Routes(name),
  })
  const listener = graph.query<Made>(
    "emit.listener",
    (key) => {
      const [proxyKey = "", index] = key.split("\n")
      const plan = planOf(source, proxyKey)
      const found = xdsListeners(plan)[Number(index)]
      if (found === undefined) return {}
      const origins = found.type === "ready" ? [proxyOrigin(proxyKey)] : originsOf(found)
      return make(found.name, origins, "the listener is left out", () =>
        encode(ListenerSchema, listenerMessage(found, plan.options, reads(proxyKey))),
      )
    },
    { equals: sameMade },
  )
  const routeConfig = graph.query<Made>(
    "emit.route-config",
    (key) => {
      const [proxyKey = "", index] = key.split("\n")
      const found = xdsRouteConfigurations(planOf(source, proxyKey))[Number(index)]
      if (found === undefined) return {}
      const keys = found.listeners.map((http: HttpListener) => queryKey(proxyKey, http.name))
      const leaves = keys
        .flatMap((at) => routes.leaves.get(at))
        .map((leaf) => routes.leaf.get(leaf))
        .filter((leaf) => leaf !== undefined)
      const directBody = Math.max(0, ...keys.map((at) => claims.directBody.get(at)))
      const { pieces, version } = routeConfiguration(found.name, leaves, directBody)
      const parts = leaves.map((leaf) => leaf.parts)
      // Megabytes: joined for whoever needs them whole. What is sent is written piece by piece.
      const resource: Resource = {
        name: found.name,
        pieces,
        get bytes() {
          return joinBytes(pieces)
        },
        version,
        origins: [],
        parts,
      }
      return { resource }
    },
    { equals: sameMade },
  )
  const numbered = graph.query<ResourceGroup>(
    "emit.numbered-group",
    (key) => {
      const [kind, proxyKey = ""] = key.split("\n")
      const plan = planOf(source, proxyKey)
      const [query, count] =
        kind === "listeners"
          ? ([listener, xdsListeners(plan).length] as const)
          : ([routeConfig, xdsRouteConfigurations(plan).length] as const)
      return groupOf(Array.from({ length: count }, (_, index) => query.get(queryKey(proxyKey, String(index)))))
    },
    { equals: sameGroup },
  )
  return {
    groups: (kind, proxyKey) => {
      if (kind === "listeners" || kind === "routes") return [numbered.get(queryKey(kind, proxyKey))]
      const { clusters, secrets } = claims.groups.get(proxyKey)
      const keys = kind === "secrets" ? secrets : clusters
      return keys.map((key) => claimed[kind](key)).filter(({ resources }) => resources.length > 0)
    },
    routeFilters,
  }
}

/** What stands for a filter that is withdrawn: nothing where the user wants requests to pass without it, else a refusal. */
function withoutFilter({ part, route }: RouteFilter): readonly HttpFilterPart[] {
  return extensionOf(route(), part.name)?.isFailOpen === true ? [] : [refusingFilter(part.name)]
}

type ClaimedKind = "clusters" | "endpoints" | "secrets"

/** Resources that exist because somebody claims their name. */
function createClaimedQueries(
  graph: Graph,
  source: PlanSource,
  { routes, claims, resolve }: ResourceInputs,
): Readonly<Record<ClaimedKind, (groupKey: string) => ResourceGroup>> {
  const specs = (key: string) => {
    const [proxyKey = "", name = "", ...claimant] = key.split("\n")
    return { name, all: claimsOf(source, routes.context.get(proxyKey), proxyKey, claimant.join("\n")) }
  }
  const cluster = graph.query<Made>(
    "emit.cluster",
    (key) => {
      const { name, all } = specs(key)
      const spec = all.clusters.find((claim) => claim.name === name)
      if (spec === undefined) return {}
      const { origin } = spec
      const made = make(name, [origin], "the cluster has no endpoints", () =>
        encode(ClusterSchema, clusterMessage(spec, resolve)),
      )
      if (made.failed === undefined) return made
      const empty = encode(ClusterSchema, clusterMessage({ type: "empty", name, origin }, resolve))
      return { ...made, resource: resource(name, empty, [origin]) }
    },
    { equals: sameMade },
  )
  const endpoints = graph.query<Made>(
    "emit.endpoints",
    (key) => {
      const { name, all } = specs(key)
      const spec = all.clusters.find((claim) => claim.name === name)
      if (spec === undefined || !isEds(spec, resolve)) return {}
      return make(name, [spec.origin], "the cluster has no endpoints", () =>
        encode(ClusterLoadAssignmentSchema, loadAssignment(spec, resolve)),
      )
    },
    { equals: sameMade },
  )
  const secret = graph.query<Made>(
    "emit.secret",
    (key) => {
      const { name, all } = specs(key)
      const spec = all.secrets.find((claim) => claim.name === name)
      if (spec === undefined) return {}
      return make(name, [spec.origin], "the secret is left out", () => encode(SecretSchema, secretMessage(spec)))
    },
    { equals: sameMade },
  )
  const made = { clusters: cluster, endpoints, secrets: secret }
  const grouped = (kind: ClaimedKind) => {
    const query = graph.query<ResourceGroup>(
      `emit.${kind}-group`,
      (key) => {
        const { group, except } = resourceGroupKey(key)
        const proxyKey = group.slice(0, group.indexOf("\n"))
        const names = claims.group.get(group)[kind === "secrets" ? "secrets" : "clusters"]
        return groupOf(
          names.filter(([name]) => !except.has(name)).map((claim) => made[kind].get(queryKey(proxyKey, ...claim))),
        )
      },
      { equals: sameGroup },
    )
    return (key: string) => query.get(key)
  }
  return { clusters: grouped("clusters"), endpoints: grouped("endpoints"), secrets: grouped("secrets") }
}

function make(name: string, origins: readonly Origin[], place: string, bytes: () => Uint8Array): Made {
  try {
    return { resource: resource(name, bytes(), origins) }
  } catch (error) {
    const [origin = proxyOrigin("")] = origins
    return { failed: emitFailure(origin, `${name}: ${messageOf(error)}`, place) }
  }
}

function resource(name: string, bytes: Uint8Array, origins: readonly Origin[]): Resource {
  return { name, bytes, version: contentVersion(bytes), origins }
}

function groupOf(made: readonly Made[]): ResourceGroup {
  const diagnostics = made.flatMap(({ failed }) => (failed === undefined ? [] : [failed]))
  return {
    resources: made.flatMap(({ resource: one }) => (one === undefined ? [] : [one])),
    ...(diagnostics.length === 0 ? {} : { diagnostics }),
  }
}

function sameMade(a: Made, b: Made): boolean {
  return sameResource(a.resource, b.resource) && a.failed?.message === b.failed?.message
}

function sameResource(a: Resource | undefined, b: Resource | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.name === b.name && a.version === b.version && sameOrigins(a, b)
}

function sameOrigins(a: Resource, b: Resource): boolean {
  if (a.parts !== undefined || b.parts !== undefined)
    return a.parts?.length === b.parts?.length && a.parts?.every((part, i) => part === b.parts?.[i]) === true
  return (
    a.origins.length === b.origins.length &&
    a.origins.every(({ object, field }, i) => object === b.origins[i]?.object && field === b.origins[i]?.field)
  )
}

function sameGroup(a: ResourceGroup, b: ResourceGroup): boolean {
  return (
    a.resources.length === b.resources.length &&
    a.resources.every((one, i) => one === b.resources[i]) &&
    a.diagnostics?.length === b.diagnostics?.length
  )
}

function proxyOrigin(proxyKey: string): Origin {
  return { object: `Proxy/${proxyKey}`, field: "" }
}

function originsOf(listener: {
  readonly first: { readonly origin: Origin }
  readonly plain?: readonly HttpListener[]
  readonly https?: readonly HttpListener[]
  readonly l4?: readonly { readonly origin: Origin }[]
}): readonly Origin[] {
  const all = [...(listener.plain ?? []), ...(listener.https ?? []), ...(listener.l4 ?? [])]
  return all.length === 0 ? [listener.first.origin] : all.map(({ origin }) => origin)
}
