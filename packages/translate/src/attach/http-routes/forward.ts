import type { Destination, DestinationSetting, Forward, ResourceMetadata, WeightedSplit } from "../../plan/index.ts"
import { mergeBackends } from "../backends/merge-backends.ts"
import type { RuleBackends, RuleSetting } from "./rule-backends.ts"
import type { RuleContext } from "./rule-context.ts"

/** Sum of weights of the settings in a state. */
export function weightOf({ settings }: RuleBackends, state: RuleSetting["state"]): number {
  return settings.reduce((sum, s) => (s.state === state ? sum + s.weight : sum), 0)
}

/** The cluster or clusters of a rule that has at least one usable backend. */
export function planForward(
  context: RuleContext,
  name: string,
  metadata: ResourceMetadata,
  backends: RuleBackends,
  traits: { readonly hasSessionPersistence: boolean; readonly statName?: string },
): Forward {
  const { mergeBackends: merge, clusterStats: stats } = context.options ?? {}
  const rule = {
    hasSessionPersistence: traits.hasSessionPersistence,
    hasFallback: backends.hasFallback,
    isSplittable: true,
    backendRefs: backends.names.length,
  }
  const settings = mergeBackends(context.reads, merge, rule, backends.settings)
  const { statName } = traits
  const destination: Destination = {
    name,
    settings,
    metadata,
    ...(statName === undefined ? {} : { statName }),
    ...(stats === undefined ? {} : { stats }),
  }
  return isSplit(settings, backends) ? { destination, split: planSplit(settings, backends) } : { destination }
}

/** Whether each backend needs a cluster of its own. Source: Envoy Gateway 1.9; Envoy cannot mix these inside one cluster. */
function isSplit(settings: readonly DestinationSetting[], backends: RuleBackends): boolean {
  if (backends.settings.some((s) => s.state !== "valid")) return true
  if (settings.some((s) => s.filters !== undefined)) return true
  if (settings.length < 2) return false
  return (
    settings.some((s) => s.zoneAware !== undefined || s.mergedCluster !== undefined) ||
    isMixed(settings, (s) =>
      s.isCustom === true || s.addressType === "dynamic-resolver" ? undefined : s.addressType === "fqdn",
    ) ||
    (settings.some((s) => s.protocol === "ws") &&
      settings.some((s) => s.protocol === "http2" || s.protocol === "grpc")) ||
    isMixed(settings, (s) => s.tls?.isSniFromEndpoint === true)
  )
}

function isMixed(
  settings: readonly DestinationSetting[],
  of: (setting: DestinationSetting) => boolean | undefined,
): boolean {
  const values = new Set(settings.map(of))
  return values.has(true) && values.has(false)
}

function planSplit(settings: readonly DestinationSetting[], backends: RuleBackends): WeightedSplit {
  const shares = backends.settings.flatMap(({ state, weight }, setting) =>
    state === "valid" ? [{ setting, weight }] : [],
  )
  const isMerged = ({ setting }: { readonly setting: number }): boolean =>
    settings[setting]?.mergedCluster !== undefined
  return {
    invalidWeight: weightOf(backends, "invalid") + weightOf(backends, "empty"),
    hasEmptyBackend: weightOf(backends, "empty") > 0,
    clusters: [...shares.filter((share) => !isMerged(share)), ...shares.filter(isMerged)],
  }
}

/** Text of a stat name pattern for a rule (EnvoyProxy `telemetry.metrics.clusterStatName`). */
export function statName(
  context: RuleContext,
  pattern: string,
  rule: number,
  ruleName: string | undefined,
  backends: readonly string[],
): string {
  return pattern
    .replaceAll("%ROUTE_NAME%", context.name)
    .replaceAll("%ROUTE_NAMESPACE%", context.namespace)
    .replaceAll("%ROUTE_KIND%", context.kind.toLowerCase())
    .replaceAll("%ROUTE_RULE_NAME%", ruleName ?? "-")
    .replaceAll("%ROUTE_RULE_NUMBER%", String(rule))
    .replaceAll("%BACKEND_REFS%", backends.join("|"))
}
