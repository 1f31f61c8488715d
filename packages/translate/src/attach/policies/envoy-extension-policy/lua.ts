// Lua entries of a policy: code from the policy or a ConfigMap, parsed but never run here.
import type { EnvoyExtensionPolicy, Lua } from "@attache/kube-api"
import { parse as parseLua } from "luaparse"
import type { LuaPlan } from "../../../plan/index.ts"
import type { World } from "../../../world/world.ts"
import { keyOf } from "../../../world/world.ts"
import type { BackendOptions } from "../../gateway-view.ts"
import { type FeatureResult, worked } from "./result.ts"

const entryPoints = ["envoy_on_request", "envoy_on_response"]

/** Plans the Lua entries of a policy; the first entry that fails takes all of them away. Source: Envoy Gateway 1.9. */
export function planLua(
  world: World,
  owner: EnvoyExtensionPolicy,
  entries: readonly Lua[],
  validation: BackendOptions["luaValidation"],
): FeatureResult<LuaPlan> {
  if (entries.length === 0) return worked([])
  const failed = (error: string): FeatureResult<LuaPlan> => ({ items: [], errors: [error], isFailOpen: false })
  if (!world.settings().isLuaEnabled)
    return failed("Skipping Lua EnvoyExtensionPolicy as feature is disabled in the Gateway")
  const plans: LuaPlan[] = []
  for (const [index, entry] of entries.entries()) {
    const name = `envoyextensionpolicy/${owner.metadata.namespace}/${owner.metadata.name}/lua/${index}`
    const code = codeOf(world, owner, entry)
    if ("error" in code) return failed(code.error)
    const error = luaError(code.text, validation)
    if (error !== undefined) return failed(`validation failed for lua body in policy with name ${name}: ${error}`)
    plans.push({
      name,
      code: code.text,
      ...(isRecord(entry.filterContext) ? { filterContext: entry.filterContext } : {}),
      origin: { object: keyOf(owner), field: `spec.lua[${index}]` },
    })
  }
  return worked(plans)
}

function codeOf(
  world: World,
  owner: EnvoyExtensionPolicy,
  entry: Lua,
): { readonly text: string } | { readonly error: string } {
  if (entry.type !== "ValueRef" || entry.valueRef === undefined) return { text: entry.inline ?? "" }
  const { namespace } = owner.metadata
  const { name } = entry.valueRef
  const data = world.get("ConfigMap", namespace, name)?.data
  if (data === undefined && world.get("ConfigMap", namespace, name) === undefined) {
    return { error: `can't find the referenced configmap ${name} in namespace ${namespace}` }
  }
  // Any entry will do when there is no key of that name; the first by name, so that the choice does not change by itself.
  const text = data?.lua ?? data?.[Object.keys(data).sort()[0] ?? ""]
  return text === undefined ? { error: `can't find the key lua in the referenced configmap ${name}` } : { text }
}

/**
 * Why a script is refused, or undefined.
 *
 * A script must define what Envoy calls, also when validation is off; otherwise its syntax is checked in Envoy's own dialect (LuaJIT).
 * Envoy Gateway's strict mode runs scripts; no tenant's code runs here, see the documented differences.
 */
export function luaError(code: string, validation: BackendOptions["luaValidation"]): string | undefined {
  const present = entryPoints.filter((name) => code.includes(name))
  if (present.length === 0) return "expected one of envoy_on_request() or envoy_on_response() to be defined"
  if (validation === "Disabled") return undefined
  try {
    parseLua(code, { luaVersion: "LuaJIT", comments: false })
    return undefined
  } catch (error) {
    return `failed to validate with ${present[0]}: ${error instanceof Error ? error.message : String(error)}`
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
