import type { Backend, GRPCRoute, HTTPRoute } from "@attache/kube-api"
import type { BackendFilters, DestinationSetting } from "../../plan/index.ts"
import type { ObjectKey } from "../../world/world.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import type { RouteError } from "../route-error.ts"
import { sentence } from "../sentence.ts"
import { findRouteBackend, routeSetting } from "./backend-ref.ts"
import { headerChanges } from "./filter-draft.ts"
import type { RuleContext } from "./rule-context.ts"
import { type GrpcFilter, type HttpFilter, readFilters } from "./rule-filters.ts"

type HttpBackendRef = NonNullable<NonNullable<HTTPRoute["spec"]["rules"]>[number]["backendRefs"]>[number]
type GrpcBackendRef = NonNullable<NonNullable<GRPCRoute["spec"]["rules"]>[number]["backendRefs"]>[number]
/** A backendRef of a rule, with its own filters. */
export type RuleBackendRef = HttpBackendRef | GrpcBackendRef

/** Whether a setting gets traffic, and if not, why. */
export type SettingState = "valid" | "invalid" | "empty"

/** A backendRef that counts: its weight is not 0. */
export interface RuleSetting {
  readonly setting: DestinationSetting
  /** Port in the backendRef. */
  readonly port?: number
  readonly weight: number
  readonly state: SettingState
}

/** The backends of a rule. */
export interface RuleBackends {
  readonly settings: readonly RuleSetting[]
  readonly errors: readonly RouteError[]
  readonly uses: readonly TlsPolicyUse[]
  readonly extensionRefs: readonly ObjectKey[]
  /** `namespace/name` of each backendRef, for stat names; weightless ones are empty. */
  readonly names: readonly string[]
  /** One of the backendRefs, however wrong or without weight, names a Backend that is a fallback; told where backends merge. */
  readonly hasFallback: boolean
}

/** Resolves the backendRefs of a rule. Errors name rule and backendRef; no endpoints is an error of availability only. */
export function readRuleBackends(
  context: RuleContext,
  rule: number,
  destination: string,
  refs: readonly RuleBackendRef[],
): RuleBackends {
  const settings: RuleSetting[] = []
  const errors: RouteError[] = []
  const uses: TlsPolicyUse[] = []
  const extensionRefs: ObjectKey[] = []
  const names = refs.map(() => "")
  for (const [index, ref] of refs.entries()) {
    const weight = ref.weight ?? 1
    const name = `${destination}/backend/${index}`
    const read = readBackendRef(context, rule, name, weight, ref)
    uses.push(...read.uses)
    if (read.extensionRef !== undefined) extensionRefs.push(read.extensionRef)
    const { error } = read
    const isEmpty = error?.reason === "EndpointsNotFound"
    if (error !== undefined) {
      errors.push(
        isEmpty
          ? { type: "BackendsAvailable", reason: error.reason, message: `failed to find endpoints: ${error.message}` }
          : {
              type: "ResolvedRefs",
              reason: error.reason,
              message: `failed to process route rule ${rule} backendRef ${index}: ${error.message}`,
            },
      )
    }
    if (weight === 0) continue
    names[index] = `${ref.namespace ?? context.namespace}/${ref.name}`
    // A gRPC backend that is wrong has always counted as one without endpoints.
    const failed: SettingState = isEmpty || context.kind === "GRPCRoute" ? "empty" : "invalid"
    const setting: DestinationSetting = { ...(read.setting ?? placeholder(name)), ...(weight === 1 ? {} : { weight }) }
    const state = error !== undefined ? failed : read.isEmpty === true ? "empty" : "valid"
    settings.push({ setting, weight, state, ...(ref.port === undefined ? {} : { port: ref.port }) })
  }
  const hasFallback = context.options?.mergeBackends !== undefined && refs.some((ref) => isFallback(context, ref))
  return { settings, errors, uses, extensionRefs, names, hasFallback }
}

function isFallback({ reads, namespace }: RuleContext, ref: RuleBackendRef): boolean {
  if (ref.kind !== "Backend") return false
  const backend = reads.lookup(`Backend/${ref.namespace ?? namespace}/${ref.name}`) as Backend | undefined
  return backend?.spec.fallback === true
}

/** Stands for a backend that cannot be used where each backend has a cluster of its own. */
function placeholder(name: string): DestinationSetting {
  return { name, protocol: "http", addressType: "ip", endpoints: { type: "fixed", endpoints: [] } }
}

interface ReadRef {
  readonly setting?: DestinationSetting
  readonly isEmpty?: boolean
  readonly error?: { readonly reason: string; readonly message: string }
  readonly uses: readonly TlsPolicyUse[]
  readonly extensionRef?: ObjectKey
}

function readBackendRef(
  context: RuleContext,
  rule: number,
  name: string,
  weight: number,
  ref: RuleBackendRef,
): ReadRef {
  const unsupported = unsupportedFilter(context, ref.filters ?? [])
  if (unsupported !== undefined) return { error: { reason: "UnsupportedRefValue", message: unsupported }, uses: [] }
  const target = findRouteBackend(context, ref)
  if ("message" in target) return { error: target, uses: [] }
  if (weight === 0) return { uses: [] }
  const { setting, isEmpty, error, use } = routeSetting(context, target, name)
  const uses = use === undefined ? [] : [use]
  if (error !== undefined || setting === undefined) return { ...(error === undefined ? {} : { error }), uses }
  if (target.kind === "custom") return { setting, uses, extensionRef: target.key }
  const filters = readBackendFilters(context, rule, ref.filters ?? [])
  if (filters !== undefined && "error" in filters) {
    return { error: { reason: "InvalidBackendFilters", message: filters.error }, uses }
  }
  const filtered = filters === undefined ? setting : { ...setting, filters }
  return { setting: filtered, ...(isEmpty === true ? { isEmpty } : {}), uses }
}

function unsupportedFilter(context: RuleContext, filters: readonly (HttpFilter | GrpcFilter)[]): string | undefined {
  for (const filter of filters) {
    const type: string = filter.type
    if (type === "RequestHeaderModifier" || type === "ResponseHeaderModifier") continue
    if (type === "URLRewrite" && context.kind === "HTTPRoute") {
      if ((filter as HttpFilter).urlRewrite?.path === undefined) continue
      return "URLRewrite path modifier is not supported within BackendRef"
    }
    if (type === "ExtensionRef" && filter.extensionRef?.kind === "HTTPRouteFilter") continue
    const supported =
      "RequestHeaderModifier, ResponseHeaderModifier, URLRewrite and gateway.envoyproxy.io/HTTPRouteFilter"
    return `Specific filter is not supported within BackendRef, only ${supported} are supported`
  }
  return undefined
}

function readBackendFilters(
  context: RuleContext,
  rule: number,
  filters: readonly (HttpFilter | GrpcFilter)[],
): BackendFilters | undefined | { readonly error: string } {
  if (filters.length === 0) return undefined
  const draft = readFilters(context, rule, filters)
  if (draft.errors.length > 0) {
    return { error: draft.errors.map((e, i) => (i === 0 ? e.message : sentence(e.message))).join("\n") }
  }
  const requestHeaders = headerChanges(draft.requestHeaders)
  const responseHeaders = headerChanges(draft.responseHeaders)
  return {
    ...(requestHeaders === undefined ? {} : { requestHeaders }),
    ...(responseHeaders === undefined ? {} : { responseHeaders }),
    ...(draft.host?.type === "literal" ? { hostRewrite: draft.host.value } : {}),
    ...(draft.credential === undefined ? {} : { credential: draft.credential }),
  }
}
