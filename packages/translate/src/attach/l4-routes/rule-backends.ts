import type { TCPRoute, TLSRoute, UDPRoute } from "@attache/kube-api"
import type { DestinationSetting } from "../../plan/index.ts"
import type { AnyObject } from "../../world/world.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import { type BackendReads, backendSetting, type SettingOptions } from "../backends/backend-setting.ts"
import { type BackendUse, findBackend } from "../backends/find-backend.ts"
import { mergeBackends } from "../backends/merge-backends.ts"
import type { BackendOptions } from "../gateway-view.ts"
import type { RouteError } from "../route-error.ts"

/** A route whose connections or datagrams are forwarded as they are. */
export type AnyL4Route = TLSRoute | TCPRoute | UDPRoute

/** Kinds of {@link AnyL4Route}. */
export type L4RouteKind = AnyL4Route["kind"]

/** Whether an object is one of {@link AnyL4Route}. */
export function isL4Route(object: AnyObject): object is AnyL4Route {
  return object.kind === "TLSRoute" || object.kind === "TCPRoute" || object.kind === "UDPRoute"
}

/** The route at hand and the Gateway its backends are read for. */
export interface L4Context {
  readonly reads: BackendReads
  readonly route: AnyL4Route
  /** Absent when no listener takes the route: EnvoyProxy then has no say. */
  readonly options?: BackendOptions
  readonly isOnHost: boolean
}

/** Backends of all rules of a route: one pool, as a chain has one cluster only. */
export interface L4Backends {
  /** Those that get traffic. */
  readonly settings: readonly DestinationSetting[]
  readonly errors: readonly RouteError[]
  readonly uses: readonly TlsPolicyUse[]
  readonly hasDynamicResolver: boolean
}

type BackendRef = NonNullable<NonNullable<AnyL4Route["spec"]["rules"]>[number]["backendRefs"]>[number]

/** Resolves the backends of a route. One that is wrong or has no endpoints is left out and told in the errors. */
export function readL4Backends(context: L4Context, destination: string): L4Backends {
  const refs = (context.route.spec.rules ?? []).flatMap(({ backendRefs = [] }) => [...backendRefs.entries()])
  const settings: DestinationSetting[] = []
  const errors: RouteError[] = []
  const uses: TlsPolicyUse[] = []
  const fail = (reason: string, message: string): void => void errors.push({ type: "ResolvedRefs", reason, message })
  for (const [index, ref] of refs) {
    const target = findBackend(context.reads, useOf(context), ref)
    if ("message" in target) {
      fail(target.reason, target.message)
      continue
    }
    const weight = ref.weight ?? 1
    if (weight === 0) continue
    const read = backendSetting(context.reads, target, `${destination}/backend/${index}`, optionsOf(context))
    if (read.use !== undefined) uses.push(read.use)
    if (read.error !== undefined) fail(read.error.reason, read.error.message)
    else if (read.setting !== undefined) settings.push({ ...read.setting, ...(weight === 1 ? {} : { weight }) })
  }
  const hasDynamicResolver = settings.some(({ addressType }) => addressType === "dynamic-resolver")
  if (hasDynamicResolver && settings.length > 1) {
    fail("InvalidBackendRef", "dynamic resolver is not supported for multiple backendRefs")
    return { settings: [], errors, uses, hasDynamicResolver }
  }
  return {
    settings: merged(
      context,
      refs.map(([, ref]) => ref),
      settings,
    ),
    errors,
    uses,
    hasDynamicResolver,
  }
}

function useOf({ route, isOnHost }: L4Context): BackendUse {
  const { namespace = "" } = route.metadata
  return {
    from: { group: "gateway.networking.k8s.io", kind: route.kind, namespace },
    transport: route.kind === "UDPRoute" ? "UDP" : "TCP",
    isOnHost,
  }
}

function optionsOf({ route, options }: L4Context): SettingOptions {
  return {
    protocol: route.kind === "UDPRoute" ? "udp" : "tcp",
    isAppProtocolRead: false,
    routingType: options?.routingType ?? "Endpoint",
    clientTls: options?.tls,
  }
}

/**
 * Settings with the cluster they share (EnvoyProxy `mergeBackends`), when all of the route is one backend.
 *
 * References of a TLSRoute's several rules to one backend count once; those of other routes count each. Source: Envoy Gateway 1.9.
 */
function merged(
  { reads, route, options }: L4Context,
  refs: readonly BackendRef[],
  settings: readonly DestinationSetting[],
): readonly DestinationSetting[] {
  const identity = ({ kind, namespace, name, port }: BackendRef): string =>
    [kind ?? "Service", namespace ?? route.metadata.namespace, name, port ?? 0].join("/")
  const count = route.kind === "TLSRoute" ? new Set(refs.map(identity)).size : refs.length
  const [setting] = settings
  if (setting === undefined) return settings
  const rule = { hasSessionPersistence: false, hasFallback: false, isSplittable: false, backendRefs: count }
  const port = refs[0]?.port
  const shared = mergeBackends(reads, options?.mergeBackends, rule, [
    { setting, ...(port === undefined ? {} : { port }) },
  ])
  return shared[0]?.mergedCluster === undefined ? settings : shared
}
