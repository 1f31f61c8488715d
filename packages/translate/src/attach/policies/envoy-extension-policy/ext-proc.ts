// External processors of a policy: where they are, and how much of each message they see.
import type { EnvoyExtensionPolicy, ExtProc } from "@attache/kube-api"
import type { ExtProcPlan, ProcessingDirection } from "../../../plan/index.ts"
import { keyOf } from "../../../world/world.ts"
import type { TlsPolicyUse } from "../../backend-tls.ts"
import type { BackendReads } from "../../backends/backend-setting.ts"
import { clusterSettingsError } from "../../backends/cluster-settings-error.ts"
import { clusterTraffic } from "../../backends/cluster-traffic.ts"
import { serviceSettings } from "../../backends/external-service.ts"
import type { GatewayView } from "../../gateway-view.ts"
import { ownAnnotations } from "../../own-annotations.ts"
import type { FeatureResult } from "./result.ts"

/** What external processors read. */
export type ExtProcReads = BackendReads

/** Plans the external processors of a policy for one Gateway; failed ones are left out. Source: Envoy Gateway 1.9. */
export function planExtProc(
  reads: ExtProcReads,
  owner: EnvoyExtensionPolicy,
  entries: readonly ExtProc[],
  gateway: GatewayView,
): FeatureResult<ExtProcPlan> {
  const items: ExtProcPlan[] = []
  const errors: string[] = []
  const tlsUses: TlsPolicyUse[] = []
  let isFailOpen = true
  for (const [index, entry] of entries.entries()) {
    const plan = planOne(reads, owner, entry, index, gateway, tlsUses)
    if (!("error" in plan)) {
      items.push(plan)
      continue
    }
    errors.push(plan.error)
    isFailOpen &&= entry.failOpen ?? false
  }
  return { items, errors, isFailOpen, tlsUses }
}

function planOne(
  reads: ExtProcReads,
  owner: EnvoyExtensionPolicy,
  entry: ExtProc,
  index: number,
  gateway: GatewayView,
  tlsUses: TlsPolicyUse[],
): ExtProcPlan | { readonly error: string } {
  const { namespace, name } = owner.metadata
  const ownName = `envoyextensionpolicy/${namespace}/${name}/extproc/${index}`
  const refs = entry.backendRefs ?? []
  const [first] = refs
  if (first === undefined) return { error: "no backendRefs found for external service" }
  const resolved = serviceSettings(
    reads,
    {
      from: { group: "gateway.envoyproxy.io", kind: "EnvoyExtensionPolicy", namespace },
      options: gateway.backends,
      protocol: "grpc",
      settingName: (i) => `${ownName}/backend/${i}`,
      isTelemetry: false,
    },
    refs,
  )
  tlsUses.push(...resolved.uses)
  if ("error" in resolved) return { error: resolved.error }
  if (resolved.settings.length === 0) return { error: "no backendRefs with a weight found for external service" }
  const invalid = clusterSettingsError(entry.backendSettings)
  if (invalid !== undefined) return { error: invalid }
  const { messageTimeout } = entry
  if (messageTimeout !== undefined && !/^(\d{1,5}(h|m|s|ms)){1,4}$/.test(messageTimeout)) {
    return { error: `invalid ExtProc MessageTimeout value ${messageTimeout}` }
  }
  const traffic = clusterTraffic(entry.backendSettings)
  const metadata = { kind: "EnvoyExtensionPolicy", namespace, name, ...ownAnnotations(owner) }
  const { processingMode: mode, metadata: access } = entry
  return {
    name: ownName,
    destination: {
      name: ownName.toLowerCase(),
      settings: resolved.settings,
      metadata,
      ...(traffic === undefined ? {} : { traffic }),
    },
    authority: `${first.name}.${first.namespace ?? namespace}${first.port === undefined ? "" : `:${first.port}`}`,
    ...(messageTimeout === undefined ? {} : { messageTimeout }),
    isFailOpen: entry.failOpen ?? false,
    ...(entry.shadowMode === undefined ? {} : { isShadow: entry.shadowMode }),
    ...(mode?.request === undefined ? {} : { request: directionOf(mode.request) }),
    ...(mode?.response === undefined ? {} : { response: directionOf(mode.response) }),
    ...(mode?.allowModeOverride === undefined ? {} : { isModeOverrideAllowed: mode.allowModeOverride }),
    ...(access?.accessibleNamespaces === undefined ? {} : { accessibleNamespaces: access.accessibleNamespaces }),
    ...(access?.writableNamespaces === undefined ? {} : { writableNamespaces: access.writableNamespaces }),
    ...(entry.statusOnError === undefined ? {} : { statusOnError: entry.statusOnError }),
    ...(traffic?.retry === undefined ? {} : { retry: traffic.retry }),
    origin: { object: keyOf(owner), field: `spec.extProc[${index}]` },
  }
}

interface Direction {
  readonly body?: string
  readonly attributes?: readonly string[]
}

function directionOf({ body, attributes = [] }: Direction): ProcessingDirection {
  return body === undefined ? { attributes } : { body: body as NonNullable<ProcessingDirection["body"]>, attributes }
}
