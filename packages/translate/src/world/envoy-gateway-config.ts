import { defaultSettings, type Settings } from "./settings.ts"

/** The parts of an EnvoyGateway document that translation reads; others are ignored. */
export interface EnvoyGatewayDocument {
  readonly gateway?: { readonly controllerName?: string }
  readonly provider?: {
    readonly type?: string
    readonly kubernetes?: { readonly deploy?: { readonly type?: string } }
    readonly custom?: { readonly infrastructure?: { readonly type?: string } }
  }
  readonly extensionApis?: {
    readonly enableEnvoyPatchPolicy?: boolean
    readonly enableBackend?: boolean
    readonly enableLua?: boolean
    readonly disableLua?: boolean
    readonly enableSDSSecretRef?: boolean
  }
  readonly runtimeFlags?: { readonly enabled?: readonly string[]; readonly disabled?: readonly string[] }
  readonly envoyProxy?: Readonly<Record<string, unknown>>
  readonly extensionManager?: ExtensionManager
  readonly extensionManagers?: readonly ExtensionManager[]
}

interface ExtensionManager {
  readonly resources?: readonly GroupKind[]
  readonly backendResources?: readonly GroupKind[]
  readonly policyResources?: readonly GroupKind[]
}

interface GroupKind {
  readonly group: string
  readonly kind: string
}

/** Settings as an EnvoyGateway document states them, over `base`. Source: Envoy Gateway 1.9, `api/v1alpha1`. */
export function settingsFrom(document: EnvoyGatewayDocument, base: Settings = defaultSettings): Settings {
  const { gateway, provider, extensionApis = {}, runtimeFlags = {}, envoyProxy } = document
  const managers =
    document.extensionManagers ?? (document.extensionManager === undefined ? [] : [document.extensionManager])
  const kinds = (field: keyof ExtensionManager): readonly string[] =>
    managers.flatMap((manager) => (manager[field] ?? []).map(({ group, kind }) => `${group}/${kind}`))
  const disabled = runtimeFlags.disabled ?? []
  const isLuaEnabled =
    extensionApis.enableLua ?? (extensionApis.disableLua === undefined ? undefined : !extensionApis.disableLua)
  const isOnHost = provider?.custom?.infrastructure?.type === "Host"
  return {
    ...base,
    controllerName: gateway?.controllerName ?? base.controllerName,
    isBackendEnabled: extensionApis.enableBackend ?? base.isBackendEnabled,
    isPatchPolicyEnabled: extensionApis.enableEnvoyPatchPolicy ?? base.isPatchPolicyEnabled,
    isLuaEnabled: isLuaEnabled ?? base.isLuaEnabled,
    isSdsSecretRefEnabled: extensionApis.enableSDSSecretRef ?? base.isSdsSecretRefEnabled,
    runtimeFlags: [...new Set([...base.runtimeFlags, ...(runtimeFlags.enabled ?? [])])].filter(
      (flag) => !disabled.includes(flag),
    ),
    isGatewayNamespaceMode: provider?.kubernetes?.deploy?.type === "GatewayNamespace" || base.isGatewayNamespaceMode,
    isHostInfrastructure: isOnHost || base.isHostInfrastructure,
    ...(envoyProxy === undefined ? {} : { envoyProxy }),
    extensionKinds:
      managers.length === 0
        ? base.extensionKinds
        : { resources: kinds("resources"), backends: kinds("backendResources"), policies: kinds("policyResources") },
  }
}
