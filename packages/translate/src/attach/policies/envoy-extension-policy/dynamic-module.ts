// Dynamic module entries of a policy: only modules that the platform registered in the EnvoyProxy.
import type { DynamicModule, EnvoyExtensionPolicy } from "@attache/kube-api"
import type { DynamicModulePlan } from "../../../plan/index.ts"
import { keyOf } from "../../../world/world.ts"
import type { BackendOptions } from "../../gateway-view.ts"
import type { FeatureResult } from "./result.ts"

interface Registered {
  readonly name: string
  readonly source: {
    readonly type?: string
    readonly local?: { readonly path: string }
    readonly remote?: { readonly url?: string; readonly sha256?: string }
  }
  readonly doNotClose?: boolean
  readonly loadGlobally?: boolean
}

/** Plans the dynamic modules of a policy; failed ones are left out and never fail open. Source: Envoy Gateway 1.9. */
export function planDynamicModules(
  owner: EnvoyExtensionPolicy,
  entries: readonly DynamicModule[],
  registered: BackendOptions["dynamicModules"],
): FeatureResult<DynamicModulePlan> {
  const items: DynamicModulePlan[] = []
  const errors: string[] = []
  for (const [index, entry] of entries.entries()) {
    const module = (registered as unknown as readonly Registered[]).find(({ name }) => name === entry.name)
    const source =
      module === undefined
        ? { error: `dynamic module "${entry.name}" is not registered in the EnvoyProxy dynamicModules allowlist` }
        : sourceOf(module)
    if ("error" in source) {
      errors.push(source.error)
      continue
    }
    items.push({
      name: `envoyextensionpolicy/${owner.metadata.namespace}/${owner.metadata.name}/dynamic-module/${index}`,
      source,
      filterName: entry.filterName ?? "",
      ...(entry.config === undefined ? {} : { config: JSON.stringify(entry.config) }),
      isTerminal: entry.terminalFilter ?? false,
      doNotClose: module?.doNotClose ?? false,
      loadGlobally: module?.loadGlobally ?? false,
      origin: { object: keyOf(owner), field: `spec.dynamicModule[${index}]` },
    })
  }
  return { items, errors, isFailOpen: errors.length === 0 }
}

function sourceOf(module: Registered): DynamicModulePlan["source"] | { readonly error: string } {
  const { name, source } = module
  const failed = (what: string) => ({ error: `dynamic module "${name}" has ${what}` })
  switch (source.type ?? "Local") {
    case "Local":
      return source.local === undefined
        ? failed("no local source configured")
        : { type: "local", path: source.local.path }
    case "Remote": {
      const { remote } = source
      if (remote === undefined) return failed("no remote source configured")
      if (remote.url === undefined || remote.url === "") return failed("no remote source URL configured")
      if (remote.sha256 === undefined || remote.sha256 === "") return failed("no remote source SHA256 configured")
      const error = urlError(remote.url)
      if (error !== undefined) return failed(`invalid remote source URL "${remote.url}": ${error}`)
      return { type: "remote", url: remote.url, sha256: remote.sha256 }
    }
    default:
      return failed(`unsupported source type "${source.type}"`)
  }
}

function urlError(url: string): string | undefined {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(url)
  const scheme = match?.[1]?.toLowerCase() ?? ""
  if (scheme !== "http" && scheme !== "https") return `unsupported URL scheme "${scheme}"`
  const [host = "", port] = (match?.[2] ?? "").replace(/^.*@/, "").split(/:(?=\d*$)/)
  if (host === "") return "URL must include a hostname"
  if (port !== undefined && port !== "" && Number(port) > 65_535)
    return `invalid URL port "${port}": value out of range`
  return undefined
}
