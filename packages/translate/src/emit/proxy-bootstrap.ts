// The bootstrap of a planned proxy, its user's override included.
import { encode } from "@attache/envoy-api"
import { BootstrapSchema } from "@attache/envoy-api/gen/envoy/config/bootstrap/v3/bootstrap_pb"
import type { JsonValue } from "@bufbuild/protobuf"
import type { BootstrapOverride, ProxyOptions } from "../plan/index.ts"
import type { Settings } from "../world/settings.ts"
import { type BootstrapOptions, bootstrap, bootstrapJson } from "./bootstrap.ts"
import { bootstrapOverrideError, overrideBootstrap } from "./bootstrap-override.ts"

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
