import type { DestinationSetting } from "../../plan/index.ts"
import type { World } from "../../world/world.ts"
import type { BackendOptions } from "../gateway-view.ts"
import { type LabelSelector, matchesLabels } from "../label-selector.ts"

/** What about a rule decides whether its backends may share clusters with other routes. */
export interface MergeRule {
  /** Requests of a session must meet the same endpoint again, over all backends of the rule. */
  readonly hasSessionPersistence: boolean
  /** One of its backendRefs, however wrong or without weight, names a Backend that is a fallback. */
  readonly hasFallback: boolean
  /** More than one backend is fine: they become weighted clusters. False for TCP, TLS and UDP. */
  readonly isSplittable: boolean
  /** Number of its backendRefs, those without weight and wrong ones included. */
  readonly backendRefs: number
}

/** A backend of a rule, with the port its backendRef names. */
export interface MergeCandidate {
  readonly setting: DestinationSetting
  readonly port?: number
}

/**
 * Settings with the name of the cluster they share, where they may share one (EnvoyProxy `mergeBackends`).
 *
 * Not shared: backends with filters, dynamic resolvers, custom kinds, those a selector leaves out; and rules with several backends of which one is a fallback,
 * or which keep sessions. Source: Envoy Gateway 1.9.
 */
export function mergeBackends(
  world: World,
  merge: BackendOptions["mergeBackends"],
  rule: MergeRule,
  candidates: readonly MergeCandidate[],
): readonly DestinationSetting[] {
  const settings = candidates.map(({ setting }) => setting)
  if (merge === undefined) return settings
  const isPool = !rule.isSplittable || rule.hasSessionPersistence || rule.hasFallback
  if (rule.backendRefs > 1 && isPool) return settings
  return candidates.map(({ setting, port = 0 }) => {
    const mergedCluster = sharedName(world, merge.selector, setting, port)
    return mergedCluster === undefined ? setting : { ...setting, mergedCluster }
  })
}

function sharedName(
  world: World,
  selector: LabelSelector | undefined,
  setting: DestinationSetting,
  port: number,
): string | undefined {
  const { metadata, filters, isCustom, addressType, protocol } = setting
  if (metadata === undefined || filters !== undefined || isCustom === true || addressType === "dynamic-resolver")
    return undefined
  const { kind, namespace, name } = metadata
  if (selector !== undefined) {
    const labels = world.lookup(`${kind}/${namespace}/${name}`)?.metadata.labels ?? {}
    if (!matchesLabels(selector, labels)) return undefined
  }
  return `${kind.toLowerCase()}/${namespace}/${name}/${port}/${protocol === "ws" ? "http" : protocol}`
}
