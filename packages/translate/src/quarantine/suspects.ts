// The parts of a resource that can be withdrawn alone, for whoever looks for the one that a proxy refuses.
import { contentVersion } from "@attache/base"
import { xdsListeners } from "../emit/listener-plan.ts"
import { type Resource, type ResourceKind, typeUrls } from "../emit/snapshot.ts"
import type { HttpFilterPart } from "../features/feature.ts"
import { addsResource } from "../patch/patch-document.ts"
import { patchedKind } from "../patch/patch-table.ts"
import type { HttpListener, Origin, PlanRoute, PlanSource } from "../plan/index.ts"
import { type PartKey, type PartKind, partKey, patchKey } from "./part-key.ts"

/** A part that can be withdrawn alone. */
export interface Suspect {
  readonly key: PartKey
  readonly kind: PartKind
  /** Objects it comes from; what the part is about stands first. */
  readonly origins: readonly Origin[]
}

/** An HTTP filter of a listener and the first route that wants it. */
export interface RouteFilter {
  readonly part: HttpFilterPart
  readonly route: () => PlanRoute
}

/** Where suspects are found. */
export interface SuspectSources {
  readonly source: PlanSource
  /** A resource as the proxy gets it. */
  readonly resource: (proxyKey: string, kind: ResourceKind, name: string) => Resource | undefined
  /** HTTP filters that routes of a listener want, withdrawn ones included. */
  readonly routeFilters: (proxyKey: string, listener: HttpListener) => readonly RouteFilter[]
}

/** Parts of a resource that can be withdrawn alone, those that are included. */
export function suspectsOf(
  sources: SuspectSources,
  proxyKey: string,
  kind: ResourceKind,
  name: string,
): readonly Suspect[] {
  return [
    ...(kind === "routes" ? routeSuspects(sources.resource(proxyKey, kind, name)) : []),
    ...(kind === "listeners" ? filterSuspects(sources, proxyKey, name) : []),
    ...patchSuspects(sources.source, proxyKey, kind, name),
  ]
}

function routeSuspects(resource: Resource | undefined): readonly Suspect[] {
  const parts = (resource?.parts ?? []).flat()
  return parts.map((part) => ({
    key: partKey("route", part.name, part.withdrawn ?? part.version),
    kind: "route",
    origins: part.origins,
  }))
}

function filterSuspects({ source, routeFilters }: SuspectSources, proxyKey: string, name: string): readonly Suspect[] {
  const plan = source.proxy(proxyKey)
  const listener = plan === undefined ? undefined : xdsListeners(plan).find((each) => each.name === name)
  if (listener?.type !== "tcp") return []
  const found = [...listener.plain, ...listener.https].flatMap((http) => routeFilters(proxyKey, http))
  const suspects = found.map(({ part, route }): Suspect => {
    const origin = extensionOf(route(), part.name)?.origin ?? route().origin
    return { key: filterKey(part), kind: "filter", origins: [origin] }
  })
  return [...new Map(suspects.map((suspect) => [suspect.key, suspect])).values()]
}

function patchSuspects(source: PlanSource, proxyKey: string, kind: ResourceKind, name: string): readonly Suspect[] {
  const own = source
    .patches(proxyKey)
    .filter((patch) => patchedKind(patch.typeUrl) === kind && (patch.name === name || addsResource(patch.operation)))
  return own.map((patch) => ({ key: patchKey(patch), kind: "patch", origins: [patch.origin] }))
}

/** The key of an HTTP filter. */
export function filterKey({ name, config }: HttpFilterPart): PartKey {
  return partKey("filter", name, contentVersion(config.value))
}

/** The extension of a route that wants a filter of this name; undefined where another feature does. */
export function extensionOf(
  { extensions }: Pick<PlanRoute, "extensions">,
  filterName: string,
): { readonly origin: Origin; readonly isFailOpen?: boolean } | undefined {
  const { lua = [], wasm = [], extProc = [], dynamicModules = [] } = extensions ?? {}
  return [...lua, ...wasm, ...extProc, ...dynamicModules].find(({ name }) => filterName.endsWith(`/${name}`))
}

/** Short name of a resource type by its URL; undefined for a type that is not emitted. */
export function resourceKindOf(typeUrl: string): ResourceKind | undefined {
  return (Object.keys(typeUrls) as ResourceKind[]).find((kind) => typeUrls[kind] === typeUrl)
}
