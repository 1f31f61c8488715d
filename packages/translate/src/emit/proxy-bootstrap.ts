// The bootstrap of a planned proxy, its user's override included.
import { decode, encode, fromJson, toJson } from "@attache/envoy-api"
import { BootstrapSchema } from "@attache/envoy-api/gen/envoy/config/bootstrap/v3/bootstrap_pb"
import type { JsonValue } from "@bufbuild/protobuf"
import type { BootstrapOverride, ProxyOptions } from "../plan/index.ts"
import type { Settings } from "../world/settings.ts"
import { type BootstrapOptions, bootstrap, bootstrapJson } from "./bootstrap.ts"
import { metricSinkCluster } from "./bootstrap-clusters.ts"
import { bootstrapOverrideError, overrideBootstrap } from "./bootstrap-override.ts"
import { statsMatcher, statsSink } from "./bootstrap-stats.ts"

const xdsPort = 18_000

/** Bootstrap of a proxy in the kubernetes profile, as protobuf's JSON form. An override that does not fit this proxy is left out. */
export function proxyBootstrap(options: ProxyOptions, settings: Settings): JsonValue {
  const own: BootstrapOptions = {
    serviceCluster: options.key,
    xds: xdsOf(settings),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    ...(options.ipFamily === "IPv6" ? { isIpv6: true } : {}),
  }
  if (options.bootstrap === undefined) return bootstrapJson(own)
  const result = overrideBootstrap(encode(BootstrapSchema, bootstrap(own)), options.bootstrap)
  return result.error === undefined ? result.bootstrap : bootstrapJson(own)
}

/** A bootstrap that somebody else made, with what a proxy's EnvoyProxy says over it. */
export interface BootstrapOver {
  /** In protobuf's JSON form. */
  readonly bootstrap: JsonValue
  /** Why the override was left out. */
  readonly error?: string
}

/**
 * A bootstrap of another infrastructure with a proxy's kept statistics, metric sinks and override; itself when there are none.
 *
 * The Prometheus listener is not among them: Envoy Gateway 1.9 has none on a host either. An override that does not fit
 * this bootstrap, or leads Envoy to another control plane, is left out. @param base complete, in protobuf's JSON form
 */
export function bootstrapOver(base: JsonValue, { bootstrap: override, metrics }: ProxyOptions): BootstrapOver {
  const { matches = [], sinks = [] } = metrics ?? {}
  if (override === undefined && matches.length === 0 && sinks.length === 0) return { bootstrap: base }
  const statistics = encode(BootstrapSchema, {
    statsConfig: statsMatcher(matches),
    statsSinks: sinks.map(statsSink),
    staticResources: { clusters: sinks.map(metricSinkCluster) },
  })
  // One message after the other is how protobuf defines merging.
  const own = Buffer.concat([encode(BootstrapSchema, fromJson(BootstrapSchema, base)), statistics])
  const unchanged = (): JsonValue => toJson(BootstrapSchema, decode(BootstrapSchema, own))
  if (override === undefined) return { bootstrap: unchanged() }
  const error = bootstrapOverrideError(own, override)
  if (error !== undefined) return { bootstrap: unchanged(), error }
  const result = overrideBootstrap(own, override)
  return { bootstrap: result.error === undefined ? result.bootstrap : unchanged() }
}

const judged = new WeakMap<BootstrapOverride, { readonly host: string; readonly error: string | undefined }>()

/** Why an override cannot be used, judged over the bootstrap of a proxy without options; undefined when it can. */
export function judgeBootstrap(override: BootstrapOverride, settings: Settings): string | undefined {
  const xds = xdsOf(settings)
  const known = judged.get(override)
  if (known?.host === xds.host) return known.error
  const base = encode(BootstrapSchema, bootstrap({ serviceCluster: "proxy", xds }))
  const error = bootstrapOverrideError(base, override)
  judged.set(override, { host: xds.host, error })
  return error
}

function xdsOf({ controllerNamespace, dnsDomain }: Settings): BootstrapOptions["xds"] {
  return { host: `envoy-gateway.${controllerNamespace}.svc.${dnsDomain}.`, port: xdsPort }
}
