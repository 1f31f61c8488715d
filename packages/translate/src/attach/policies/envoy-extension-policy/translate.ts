// A policy, or a route's policy merged over its parent's, to the extensions of the routes it holds for.
import type { DynamicModule, EnvoyExtensionPolicy, ExtProc, Lua, Wasm } from "@attache/kube-api"
import type { GatewayView } from "../../gateway-view.ts"
import { mergeSpec } from "../../merge-spec.ts"
import { planDynamicModules } from "./dynamic-module.ts"
import { type ExtProcReads, planExtProc } from "./ext-proc.ts"
import { planLua } from "./lua.ts"
import type { ExtensionResult, FeatureError, FeatureName, FeatureResult } from "./result.ts"
import { planWasm, type WasmModules } from "./wasm.ts"

/** What translation of a policy reads. */
export interface ExtensionReads extends ExtProcReads {
  readonly modules: WasmModules | undefined
}

/** Order in which the errors of the features stand in a status: routes and Gateways differ. Source: Envoy Gateway 1.9. */
const errorOrder = {
  route: ["Wasm", "Lua", "ExtProc", "DynamicModule"],
  gateway: ["ExtProc", "Wasm", "Lua", "DynamicModule"],
} as const satisfies Readonly<Record<string, readonly FeatureName[]>>

interface Owned<T> {
  readonly owner: EnvoyExtensionPolicy
  readonly entries: readonly T[]
}

interface Sources {
  readonly lua: Owned<Lua>
  readonly wasm: Owned<Wasm>
  readonly extProc: Owned<ExtProc>
  readonly dynamicModules: Owned<DynamicModule>
}

/** Translates one policy for routes of one Gateway. */
export function translatePolicy(
  reads: ExtensionReads,
  policy: EnvoyExtensionPolicy,
  gateway: GatewayView,
  target: "route" | "gateway",
): ExtensionResult {
  const owned = <T>(entries: readonly T[] | undefined): Owned<T> => ({ owner: policy, entries: entries ?? [] })
  const { lua, wasm, extProc, dynamicModule } = policy.spec
  return translate(
    reads,
    { lua: owned(lua), wasm: owned(wasm), extProc: owned(extProc), dynamicModules: owned(dynamicModule) },
    gateway,
    target,
  )
}

/**
 * Translates a route's policy merged over a parent's for routes of one Gateway.
 *
 * A list that the route's policy sets is the route's own, others are the parent's: names, references and grants follow the owner.
 */
export function translateMerged(
  reads: ExtensionReads,
  policy: EnvoyExtensionPolicy,
  parent: EnvoyExtensionPolicy,
  mergeType: "StrategicMerge" | "JSONMerge",
  gateway: GatewayView,
): ExtensionResult {
  const merged = mergeSpec(parent.spec, policy.spec, mergeType)
  const owned = <T>(own: readonly T[] | undefined, entries: readonly T[] | undefined): Owned<T> => ({
    owner: (own?.length ?? 0) > 0 ? policy : parent,
    entries: entries ?? [],
  })
  const sources: Sources = {
    lua: owned(policy.spec.lua, merged.lua),
    wasm: owned(policy.spec.wasm, merged.wasm),
    extProc: owned(policy.spec.extProc, merged.extProc),
    dynamicModules: owned(policy.spec.dynamicModule, merged.dynamicModule),
  }
  return translate(reads, sources, gateway, "route")
}

function translate(
  reads: ExtensionReads,
  sources: Sources,
  gateway: GatewayView,
  target: "route" | "gateway",
): ExtensionResult {
  const { lua, wasm, extProc, dynamicModules } = sources
  const results = {
    Wasm: planWasm(reads, reads.modules, wasm.owner, wasm.entries),
    Lua: planLua(reads, lua.owner, lua.entries, gateway.backends.luaValidation),
    ExtProc: planExtProc(reads, extProc.owner, extProc.entries, gateway),
    DynamicModule: planDynamicModules(dynamicModules.owner, dynamicModules.entries, gateway.backends.dynamicModules),
  }
  const errors = errorOrder[target].flatMap((name) => errorOf(name, results[name]))
  const all: readonly FeatureResult<unknown>[] = Object.values(results)
  const isPending = all.some((result) => result.isPending === true)
  return {
    extensions: {
      lua: results.Lua.items,
      extProc: results.ExtProc.items,
      wasm: results.Wasm.items,
      dynamicModules: results.DynamicModule.items,
    },
    errors,
    isRefused: all.some((result) => (result.errors.length > 0 || result.isPending === true) && !result.isFailOpen),
    isPending,
    tlsUses: all.flatMap(({ tlsUses = [] }) => tlsUses),
  }
}

function errorOf(feature: FeatureName, { errors }: FeatureResult<unknown>): readonly FeatureError[] {
  return errors.length === 0 ? [] : [{ feature, text: `${feature}: ${errors.join("\n")}` }]
}
