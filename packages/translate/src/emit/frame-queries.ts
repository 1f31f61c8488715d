// Queries about what all routes of a proxy or a listener have in common: narrow, so that other edits of the proxy stop here.
import type { Graph, Query } from "@attache/base"
import type { RouteContext } from "../features/feature.ts"
import type { HttpListener, PlanSource } from "../plan/index.ts"
import type { VirtualHostFrame } from "./route-configuration.ts"

/** Queries that many routes stand on. */
export interface FrameQueries {
  /** By proxy key. */
  readonly context: Pick<Query<RouteContext>, "get">
  /** By proxy key and listener name. */
  readonly listener: Query<HttpListener | undefined>
  /** By proxy key and listener name. */
  readonly frame: Pick<Query<VirtualHostFrame>, "get">
}

/** The queries. */
export function createFrameQueries(graph: Graph, source: PlanSource): FrameQueries {
  const isBarrier = true
  const context = graph.query<RouteContext | undefined>(
    "emit.route-context",
    (proxyKey) => {
      const options = source.proxy(proxyKey)?.options
      if (options === undefined) return undefined
      const { key, moduleServer, controlPlaneCertificate, controlPlaneTls, routeStatName } = options
      return {
        key,
        moduleServer,
        ...(controlPlaneCertificate === undefined ? {} : { controlPlaneCertificate }),
        ...(controlPlaneTls === undefined ? {} : { controlPlaneTls }),
        ...(routeStatName === undefined ? {} : { routeStatName }),
      }
    },
    { isBarrier },
  )
  const listener = graph.query<HttpListener | undefined>(
    "emit.http-listener",
    (key) => {
      const [proxyKey = "", name] = key.split("\n")
      return source.proxy(proxyKey)?.listeners.http.find((http) => http.name === name)
    },
    { isBarrier },
  )
  const frame = graph.query<VirtualHostFrame | undefined>(
    "emit.virtual-host-frame",
    (key) => {
      const [proxyKey = "", name = ""] = key.split("\n")
      const options = source.proxy(proxyKey)?.options
      const found = listener.get(key)
      if (options === undefined || found === undefined) return undefined
      return {
        listener: name,
        isNameSchemeV2: options.isNameSchemeV2,
        metadata: found.metadata,
        hasVirtualHostStats: options.hasVirtualHostStats === true,
      }
    },
    { isBarrier },
  )
  return { context: existing(context), listener, frame: existing(frame) }
}

/** Whoever reads these belongs to a proxy and a listener that are there. */
function existing<T>(query: Query<T | undefined>): Pick<Query<T>, "get"> {
  return {
    get: (key) => {
      const value = query.get(key)
      if (value === undefined) throw new Error(`${query.name} of ${key} is gone`)
      return value
    },
  }
}
