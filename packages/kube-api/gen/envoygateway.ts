// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** EnvoyGateway of gateway.envoyproxy.io, in the shape of v1alpha1. */
export interface EnvoyGateway extends KubeResource {
  readonly kind: "EnvoyGateway"
  readonly gateway?: EnvoyGatewayGateway
  readonly provider?: EnvoyGatewayProvider
  readonly logging?: EnvoyGatewayLogging
  readonly admin?: EnvoyGatewayAdmin
  readonly telemetry?: { readonly [key: string]: JsonValue }
  readonly xdsServer?: EnvoyGatewayXdsServer
  readonly rateLimit?: EnvoyGatewayRateLimit
  readonly extensionManager?: EnvoyGatewayExtensionManager
  readonly extensionManagers?: ReadonlyArray<EnvoyGatewayExtensionManager>
  readonly extensionApis?: EnvoyGatewayExtensionApis
  readonly gatewayAPI?: EnvoyGatewayGatewayAPI
  readonly runtimeFlags?: EnvoyGatewayRuntimeFlags
  readonly envoyProxy?: { readonly [key: string]: JsonValue }
}

export interface EnvoyGatewayGateway {
  readonly controllerName?: string
}

export interface EnvoyGatewayProviderCustomResourceFile {
  readonly paths: ReadonlyArray<string>
}

export interface EnvoyGatewayProviderCustomResource {
  readonly type: "File" | "Kubernetes"
  readonly file?: EnvoyGatewayProviderCustomResourceFile
  readonly kubernetes?: { readonly [key: string]: JsonValue }
}

export interface EnvoyGatewayProviderCustomInfrastructureHost {
  readonly configHome?: string
  readonly dataHome?: string
  readonly stateHome?: string
  readonly runtimeDir?: string
}

export interface EnvoyGatewayProviderCustomInfrastructure {
  readonly type: "Host" | "Remote"
  readonly host?: EnvoyGatewayProviderCustomInfrastructureHost
  readonly remote?: { readonly [key: string]: JsonValue }
}

export interface EnvoyGatewayProviderCustom {
  readonly resource: EnvoyGatewayProviderCustomResource
  readonly infrastructure?: EnvoyGatewayProviderCustomInfrastructure
}

export interface EnvoyGatewayProvider {
  readonly type: "Custom" | "Kubernetes"
  readonly kubernetes?: { readonly [key: string]: JsonValue }
  readonly custom?: EnvoyGatewayProviderCustom
}

export interface EnvoyGatewayLogging {
  readonly encoder?: "JSON" | "Text"
  readonly level?: { readonly [key: string]: "critical" | "debug" | "error" | "info" | "off" | "trace" | "warn" }
}

export interface EnvoyGatewayAdminAddress {
  readonly host?: string
  readonly port?: number
}

export interface EnvoyGatewayAdmin {
  readonly address?: EnvoyGatewayAdminAddress
  readonly enableDumpConfig?: boolean
  readonly enablePprof?: boolean
}

export interface EnvoyGatewayXdsServer {
  readonly maxConnectionAge?: string
  readonly maxConnectionAgeGrace?: string
  readonly maxReceiveMessageSize?: number | string
}

export interface EnvoyGatewayRateLimitBackend {
  readonly type: "Redis"
  readonly redis?: { readonly [key: string]: JsonValue }
}

export interface EnvoyGatewayRateLimit {
  readonly backend: EnvoyGatewayRateLimitBackend
  readonly timeout?: string
  readonly failClosed?: boolean
  readonly telemetry?: { readonly [key: string]: JsonValue }
}

export interface EnvoyGatewayExtensionManagerResource {
  readonly group: string
  readonly version: string
  readonly kind: string
}

export interface EnvoyGatewayExtensionManagerHooksXdsTranslatorTranslationListener {
  readonly includeAll?: boolean
}

export interface EnvoyGatewayExtensionManagerHooksXdsTranslatorTranslation {
  readonly listener?: EnvoyGatewayExtensionManagerHooksXdsTranslatorTranslationListener
  readonly route?: EnvoyGatewayExtensionManagerHooksXdsTranslatorTranslationListener
  readonly cluster?: EnvoyGatewayExtensionManagerHooksXdsTranslatorTranslationListener
  readonly secret?: EnvoyGatewayExtensionManagerHooksXdsTranslatorTranslationListener
}

export interface EnvoyGatewayExtensionManagerHooksXdsTranslator {
  readonly pre?: ReadonlyArray<"Cluster" | "Endpoints" | "HTTPListener" | "Route" | "Translation" | "VirtualHost">
  readonly post?: ReadonlyArray<"Cluster" | "Endpoints" | "HTTPListener" | "Route" | "Translation" | "VirtualHost">
  readonly translation?: EnvoyGatewayExtensionManagerHooksXdsTranslatorTranslation
}

export interface EnvoyGatewayExtensionManagerHooks {
  readonly xdsTranslator?: EnvoyGatewayExtensionManagerHooksXdsTranslator
}

export interface EnvoyGatewayExtensionManagerServiceFqdn {
  readonly hostname: string
  readonly port: number
}

export interface EnvoyGatewayExtensionManagerServiceIp {
  readonly address: string
  readonly port: number
}

export interface EnvoyGatewayExtensionManagerServiceUnix {
  readonly path: string
}

export interface EnvoyGatewayExtensionManagerService {
  readonly fqdn?: EnvoyGatewayExtensionManagerServiceFqdn
  readonly ip?: EnvoyGatewayExtensionManagerServiceIp
  readonly unix?: EnvoyGatewayExtensionManagerServiceUnix
  readonly hostname?: string
  readonly zone?: string
  readonly host?: string
  readonly port?: number
  readonly tls?: { readonly [key: string]: JsonValue }
  readonly retry?: { readonly [key: string]: JsonValue }
}

export interface EnvoyGatewayExtensionManager {
  readonly name?: string
  readonly resources?: ReadonlyArray<EnvoyGatewayExtensionManagerResource>
  readonly policyResources?: ReadonlyArray<EnvoyGatewayExtensionManagerResource>
  readonly backendResources?: ReadonlyArray<EnvoyGatewayExtensionManagerResource>
  readonly failOpen?: boolean
  readonly maxMessageSize?: number | string
  readonly hooks?: EnvoyGatewayExtensionManagerHooks
  readonly service?: EnvoyGatewayExtensionManagerService
}

export interface EnvoyGatewayExtensionApis {
  readonly enableEnvoyPatchPolicy?: boolean
  readonly enableBackend?: boolean
  readonly disableLua?: boolean
  readonly enableLua?: boolean
  readonly enableSDSSecretRef?: boolean
}

export interface EnvoyGatewayGatewayAPI {
  readonly enabled?: ReadonlyArray<"XBackendTrafficPolicy">
}

export interface EnvoyGatewayRuntimeFlags {
  readonly enabled?: ReadonlyArray<"EndpointSliceIndex" | "PerResourceSystemCASecret" | "XDSNameSchemeV2">
  readonly disabled?: ReadonlyArray<"EndpointSliceIndex" | "PerResourceSystemCASecret" | "XDSNameSchemeV2">
}
