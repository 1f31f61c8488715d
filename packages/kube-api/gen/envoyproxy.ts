// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** EnvoyProxy of gateway.envoyproxy.io, in the shape of v1alpha1. */
export interface EnvoyProxy extends KubeResource {
  readonly kind: "EnvoyProxy"
  readonly spec: EnvoyProxySpec
  readonly status?: EnvoyProxyStatus
}

export interface EnvoyProxyBackendTLSClientCertificateRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
}

export interface EnvoyProxyBackendTLS {
  readonly alpnProtocols?: ReadonlyArray<string>
  readonly ciphers?: ReadonlyArray<string>
  readonly clientCertificateRef?: EnvoyProxyBackendTLSClientCertificateRef
  readonly ecdhCurves?: ReadonlyArray<string>
  readonly fingerprints?: ReadonlyArray<"JA3" | "JA4">
  readonly maxVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3"
  readonly minVersion?: "Auto" | "1.0" | "1.1" | "1.2" | "1.3"
  readonly signatureAlgorithms?: ReadonlyArray<string>
}

export interface EnvoyProxyBootstrapJsonPatch {
  readonly from?: string
  readonly jsonPath?: string
  readonly op: "add" | "remove" | "replace" | "move" | "copy" | "test"
  readonly path?: string
  readonly value?: JsonValue
}

export interface EnvoyProxyBootstrap {
  readonly jsonPatches?: ReadonlyArray<EnvoyProxyBootstrapJsonPatch>
  readonly type?: "Merge" | "Replace" | "JSONPatch"
  readonly value?: string
}

export interface EnvoyProxyDynamicModuleSourceLocal {
  readonly path: string
}

export interface EnvoyProxyDynamicModuleSourceRemote {
  readonly sha256: string
  readonly url: string
}

export interface EnvoyProxyDynamicModuleSource {
  readonly local?: EnvoyProxyDynamicModuleSourceLocal
  readonly remote?: EnvoyProxyDynamicModuleSourceRemote
  readonly type?: "Local" | "Remote"
}

export interface EnvoyProxyDynamicModule {
  readonly doNotClose?: boolean
  readonly loadGlobally?: boolean
  readonly name: string
  readonly source: EnvoyProxyDynamicModuleSource
}

export interface EnvoyProxyFilterOrderItem {
  readonly after?: "envoy.filters.http.custom_response" | "envoy.filters.http.health_check" | "envoy.filters.http.fault" | "envoy.filters.http.cors" | "envoy.filters.http.csrf" | "envoy.filters.http.header_mutation" | "envoy.filters.http.ext_authz" | "envoy.filters.http.api_key_auth" | "envoy.filters.http.basic_auth" | "envoy.filters.http.oauth2" | "envoy.filters.http.jwt_authn" | "envoy.filters.http.stateful_session" | "envoy.filters.http.buffer" | "envoy.filters.http.lua" | "envoy.filters.http.ext_proc" | "envoy.filters.http.wasm" | "envoy.filters.http.dynamic_modules" | "envoy.filters.http.geoip" | "envoy.filters.http.rbac" | "envoy.filters.http.local_ratelimit" | "envoy.filters.http.ratelimit" | "envoy.filters.http.bandwidth_limit" | "envoy.filters.http.grpc_web" | "envoy.filters.http.grpc_stats" | "envoy.filters.http.credential_injector" | "envoy.filters.http.compressor" | "envoy.filters.http.dynamic_forward_proxy"
  readonly before?: "envoy.filters.http.custom_response" | "envoy.filters.http.health_check" | "envoy.filters.http.fault" | "envoy.filters.http.cors" | "envoy.filters.http.csrf" | "envoy.filters.http.header_mutation" | "envoy.filters.http.ext_authz" | "envoy.filters.http.api_key_auth" | "envoy.filters.http.basic_auth" | "envoy.filters.http.oauth2" | "envoy.filters.http.jwt_authn" | "envoy.filters.http.stateful_session" | "envoy.filters.http.buffer" | "envoy.filters.http.lua" | "envoy.filters.http.ext_proc" | "envoy.filters.http.wasm" | "envoy.filters.http.dynamic_modules" | "envoy.filters.http.geoip" | "envoy.filters.http.rbac" | "envoy.filters.http.local_ratelimit" | "envoy.filters.http.ratelimit" | "envoy.filters.http.bandwidth_limit" | "envoy.filters.http.grpc_web" | "envoy.filters.http.grpc_stats" | "envoy.filters.http.credential_injector" | "envoy.filters.http.compressor" | "envoy.filters.http.dynamic_forward_proxy"
  readonly name: "envoy.filters.http.custom_response" | "envoy.filters.http.health_check" | "envoy.filters.http.fault" | "envoy.filters.http.cors" | "envoy.filters.http.csrf" | "envoy.filters.http.header_mutation" | "envoy.filters.http.ext_authz" | "envoy.filters.http.api_key_auth" | "envoy.filters.http.basic_auth" | "envoy.filters.http.oauth2" | "envoy.filters.http.jwt_authn" | "envoy.filters.http.stateful_session" | "envoy.filters.http.buffer" | "envoy.filters.http.lua" | "envoy.filters.http.ext_proc" | "envoy.filters.http.wasm" | "envoy.filters.http.dynamic_modules" | "envoy.filters.http.geoip" | "envoy.filters.http.rbac" | "envoy.filters.http.local_ratelimit" | "envoy.filters.http.ratelimit" | "envoy.filters.http.bandwidth_limit" | "envoy.filters.http.grpc_web" | "envoy.filters.http.grpc_stats" | "envoy.filters.http.credential_injector" | "envoy.filters.http.compressor" | "envoy.filters.http.dynamic_forward_proxy"
}

export interface EnvoyProxyGeoIPProviderMaxMindAnonymousIpDbSource {
  readonly local: EnvoyProxyDynamicModuleSourceLocal
}

export interface EnvoyProxyGeoIPProviderMaxMind {
  readonly anonymousIpDbSource?: EnvoyProxyGeoIPProviderMaxMindAnonymousIpDbSource
  readonly asnDbSource?: EnvoyProxyGeoIPProviderMaxMindAnonymousIpDbSource
  readonly cityDbSource?: EnvoyProxyGeoIPProviderMaxMindAnonymousIpDbSource
  readonly countryDbSource?: EnvoyProxyGeoIPProviderMaxMindAnonymousIpDbSource
  readonly ispDbSource?: EnvoyProxyGeoIPProviderMaxMindAnonymousIpDbSource
}

export interface EnvoyProxyGeoIPProvider {
  readonly maxMind?: EnvoyProxyGeoIPProviderMaxMind
  readonly type: "MaxMind"
}

export interface EnvoyProxyGeoIP {
  readonly provider: EnvoyProxyGeoIPProvider
}

export interface EnvoyProxyLogging {
  readonly level?: { readonly [key: string]: "trace" | "debug" | "info" | "warn" | "error" | "off" | "critical" }
}

export interface EnvoyProxyLuaStrictValidation {
  readonly allowedEnvVars?: ReadonlyArray<string>
  readonly allowedPaths?: ReadonlyArray<string>
}

export interface EnvoyProxyLua {
  readonly strictValidation?: EnvoyProxyLuaStrictValidation
  readonly validationType?: "Strict" | "InsecureSyntax" | "Disabled"
}

export interface EnvoyProxyMergeBackendsSelectorMatchExpression {
  readonly key: string
  readonly operator: string
  readonly values?: ReadonlyArray<string>
}

export interface EnvoyProxyMergeBackendsSelector {
  readonly matchExpressions?: ReadonlyArray<EnvoyProxyMergeBackendsSelectorMatchExpression>
  readonly matchLabels?: { readonly [key: string]: string }
}

export interface EnvoyProxyMergeBackends {
  readonly selector?: EnvoyProxyMergeBackendsSelector
}

export interface EnvoyProxyProviderHost {
  readonly envoyVersion?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromConfigMapKeyRef {
  readonly key: string
  readonly name?: string
  readonly optional?: boolean
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromFieldRef {
  readonly apiVersion?: string
  readonly fieldPath: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromFileKeyRef {
  readonly key: string
  readonly optional?: boolean
  readonly path: string
  readonly volumeName: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromResourceFieldRef {
  readonly containerName?: string
  readonly divisor?: number | string
  readonly resource: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFrom {
  readonly configMapKeyRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromConfigMapKeyRef
  readonly fieldRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromFieldRef
  readonly fileKeyRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromFileKeyRef
  readonly resourceFieldRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromResourceFieldRef
  readonly secretKeyRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromConfigMapKeyRef
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItem {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFrom
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerResourcesClaim {
  readonly name: string
  readonly request?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerResources {
  readonly claims?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerResourcesClaim>
  readonly limits?: { readonly [key: string]: number | string }
  readonly requests?: { readonly [key: string]: number | string }
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextAppArmorProfile {
  readonly localhostProfile?: string
  readonly type: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextCapabilities {
  readonly add?: ReadonlyArray<string>
  readonly drop?: ReadonlyArray<string>
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextSeLinuxOptions {
  readonly level?: string
  readonly role?: string
  readonly type?: string
  readonly user?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextWindowsOptions {
  readonly gmsaCredentialSpec?: string
  readonly gmsaCredentialSpecName?: string
  readonly hostProcess?: boolean
  readonly runAsUserName?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContext {
  readonly allowPrivilegeEscalation?: boolean
  readonly appArmorProfile?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextAppArmorProfile
  readonly capabilities?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextCapabilities
  readonly privileged?: boolean
  readonly procMount?: string
  readonly readOnlyRootFilesystem?: boolean
  readonly runAsGroup?: number
  readonly runAsNonRoot?: boolean
  readonly runAsUser?: number
  readonly seLinuxOptions?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextSeLinuxOptions
  readonly seccompProfile?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextAppArmorProfile
  readonly windowsOptions?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextWindowsOptions
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerVolumeMount {
  readonly mountPath: string
  readonly mountPropagation?: string
  readonly name: string
  readonly readOnly?: boolean
  readonly recursiveReadOnly?: string
  readonly subPath?: string
  readonly subPathExpr?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetContainer {
  readonly env?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItem>
  readonly image?: string
  readonly imageRepository?: string
  readonly resources?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerResources
  readonly securityContext?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContext
  readonly volumeMounts?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerVolumeMount>
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPatch {
  readonly type?: string
  readonly value: JsonValue
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityNodeAffinityPreferredDuringSchedulingIgnoredDuringExecutionItemPreference {
  readonly matchExpressions?: ReadonlyArray<EnvoyProxyMergeBackendsSelectorMatchExpression>
  readonly matchFields?: ReadonlyArray<EnvoyProxyMergeBackendsSelectorMatchExpression>
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityNodeAffinityPreferredDuringSchedulingIgnoredDuringExecutionItem {
  readonly preference: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityNodeAffinityPreferredDuringSchedulingIgnoredDuringExecutionItemPreference
  readonly weight: number
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityNodeAffinityRequiredDuringSchedulingIgnoredDuringExecution {
  readonly nodeSelectorTerms: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityNodeAffinityPreferredDuringSchedulingIgnoredDuringExecutionItemPreference>
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityNodeAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityNodeAffinityPreferredDuringSchedulingIgnoredDuringExecutionItem>
  readonly requiredDuringSchedulingIgnoredDuringExecution?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityNodeAffinityRequiredDuringSchedulingIgnoredDuringExecution
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityPodAffinityPreferredDuringSchedulingIgnoredDuringExecutionItemPodAffinityTerm {
  readonly labelSelector?: EnvoyProxyMergeBackendsSelector
  readonly matchLabelKeys?: ReadonlyArray<string>
  readonly mismatchLabelKeys?: ReadonlyArray<string>
  readonly namespaceSelector?: EnvoyProxyMergeBackendsSelector
  readonly namespaces?: ReadonlyArray<string>
  readonly topologyKey: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityPodAffinityPreferredDuringSchedulingIgnoredDuringExecutionItem {
  readonly podAffinityTerm: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityPodAffinityPreferredDuringSchedulingIgnoredDuringExecutionItemPodAffinityTerm
  readonly weight: number
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityPodAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityPodAffinityPreferredDuringSchedulingIgnoredDuringExecutionItem>
  readonly requiredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityPodAffinityPreferredDuringSchedulingIgnoredDuringExecutionItemPodAffinityTerm>
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinity {
  readonly nodeAffinity?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityNodeAffinity
  readonly podAffinity?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityPodAffinity
  readonly podAntiAffinity?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinityPodAffinity
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret {
  readonly name?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodSecurityContextSysctl {
  readonly name: string
  readonly value: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodSecurityContext {
  readonly appArmorProfile?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextAppArmorProfile
  readonly fsGroup?: number
  readonly fsGroupChangePolicy?: string
  readonly runAsGroup?: number
  readonly runAsNonRoot?: boolean
  readonly runAsUser?: number
  readonly seLinuxChangePolicy?: string
  readonly seLinuxOptions?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextSeLinuxOptions
  readonly seccompProfile?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextAppArmorProfile
  readonly supplementalGroups?: ReadonlyArray<number>
  readonly supplementalGroupsPolicy?: string
  readonly sysctls?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodSecurityContextSysctl>
  readonly windowsOptions?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContextWindowsOptions
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodToleration {
  readonly effect?: string
  readonly key?: string
  readonly operator?: string
  readonly tolerationSeconds?: number
  readonly value?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodTopologySpreadConstraint {
  readonly labelSelector?: EnvoyProxyMergeBackendsSelector
  readonly matchLabelKeys?: ReadonlyArray<string>
  readonly maxSkew: number
  readonly minDomains?: number
  readonly nodeAffinityPolicy?: string
  readonly nodeTaintsPolicy?: string
  readonly topologyKey: string
  readonly whenUnsatisfiable: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeAwsElasticBlockStore {
  readonly fsType?: string
  readonly partition?: number
  readonly readOnly?: boolean
  readonly volumeID: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeAzureDisk {
  readonly cachingMode?: string
  readonly diskName: string
  readonly diskURI: string
  readonly fsType?: string
  readonly kind?: string
  readonly readOnly?: boolean
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeAzureFile {
  readonly readOnly?: boolean
  readonly secretName: string
  readonly shareName: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeCephfs {
  readonly monitors: ReadonlyArray<string>
  readonly path?: string
  readonly readOnly?: boolean
  readonly secretFile?: string
  readonly secretRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret
  readonly user?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeCinder {
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly secretRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret
  readonly volumeID: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeConfigMapItem {
  readonly key: string
  readonly mode?: number
  readonly path: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeConfigMap {
  readonly defaultMode?: number
  readonly items?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeConfigMapItem>
  readonly name?: string
  readonly optional?: boolean
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeCsi {
  readonly driver: string
  readonly fsType?: string
  readonly nodePublishSecretRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret
  readonly readOnly?: boolean
  readonly volumeAttributes?: { readonly [key: string]: string }
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeDownwardAPIItem {
  readonly fieldRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromFieldRef
  readonly mode?: number
  readonly path: string
  readonly resourceFieldRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItemValueFromResourceFieldRef
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeDownwardAPI {
  readonly defaultMode?: number
  readonly items?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeDownwardAPIItem>
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEmptyDir {
  readonly medium?: string
  readonly sizeLimit?: number | string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeralVolumeClaimTemplateSpecDataSource {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeralVolumeClaimTemplateSpecDataSourceRef {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeralVolumeClaimTemplateSpecResources {
  readonly limits?: { readonly [key: string]: number | string }
  readonly requests?: { readonly [key: string]: number | string }
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeralVolumeClaimTemplateSpec {
  readonly accessModes?: ReadonlyArray<string>
  readonly dataSource?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeralVolumeClaimTemplateSpecDataSource
  readonly dataSourceRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeralVolumeClaimTemplateSpecDataSourceRef
  readonly resources?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeralVolumeClaimTemplateSpecResources
  readonly selector?: EnvoyProxyMergeBackendsSelector
  readonly storageClassName?: string
  readonly volumeAttributesClassName?: string
  readonly volumeMode?: string
  readonly volumeName?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeralVolumeClaimTemplate {
  readonly metadata?: { readonly [key: string]: JsonValue }
  readonly spec: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeralVolumeClaimTemplateSpec
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeral {
  readonly volumeClaimTemplate?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeralVolumeClaimTemplate
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeFc {
  readonly fsType?: string
  readonly lun?: number
  readonly readOnly?: boolean
  readonly targetWWNs?: ReadonlyArray<string>
  readonly wwids?: ReadonlyArray<string>
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeFlexVolume {
  readonly driver: string
  readonly fsType?: string
  readonly options?: { readonly [key: string]: string }
  readonly readOnly?: boolean
  readonly secretRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeFlocker {
  readonly datasetName?: string
  readonly datasetUUID?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeGcePersistentDisk {
  readonly fsType?: string
  readonly partition?: number
  readonly pdName: string
  readonly readOnly?: boolean
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeGitRepo {
  readonly directory?: string
  readonly repository: string
  readonly revision?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeGlusterfs {
  readonly endpoints: string
  readonly path: string
  readonly readOnly?: boolean
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeHostPath {
  readonly path: string
  readonly type?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeImage {
  readonly pullPolicy?: string
  readonly reference?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeIscsi {
  readonly chapAuthDiscovery?: boolean
  readonly chapAuthSession?: boolean
  readonly fsType?: string
  readonly initiatorName?: string
  readonly iqn: string
  readonly iscsiInterface?: string
  readonly lun: number
  readonly portals?: ReadonlyArray<string>
  readonly readOnly?: boolean
  readonly secretRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret
  readonly targetPortal: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeNfs {
  readonly path: string
  readonly readOnly?: boolean
  readonly server: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumePersistentVolumeClaim {
  readonly claimName: string
  readonly readOnly?: boolean
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumePhotonPersistentDisk {
  readonly fsType?: string
  readonly pdID: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumePortworxVolume {
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly volumeID: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourceClusterTrustBundle {
  readonly labelSelector?: EnvoyProxyMergeBackendsSelector
  readonly name?: string
  readonly optional?: boolean
  readonly path: string
  readonly signerName?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourceConfigMap {
  readonly items?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeConfigMapItem>
  readonly name?: string
  readonly optional?: boolean
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourceDownwardAPI {
  readonly items?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeDownwardAPIItem>
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourcePodCertificate {
  readonly certificateChainPath?: string
  readonly credentialBundlePath?: string
  readonly keyPath?: string
  readonly keyType: string
  readonly maxExpirationSeconds?: number
  readonly signerName: string
  readonly userAnnotations?: { readonly [key: string]: string }
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourceServiceAccountToken {
  readonly audience?: string
  readonly expirationSeconds?: number
  readonly path: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSource {
  readonly clusterTrustBundle?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourceClusterTrustBundle
  readonly configMap?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourceConfigMap
  readonly downwardAPI?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourceDownwardAPI
  readonly podCertificate?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourcePodCertificate
  readonly secret?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourceConfigMap
  readonly serviceAccountToken?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSourceServiceAccountToken
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjected {
  readonly defaultMode?: number
  readonly sources?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjectedSource>
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeQuobyte {
  readonly group?: string
  readonly readOnly?: boolean
  readonly registry: string
  readonly tenant?: string
  readonly user?: string
  readonly volume: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeRbd {
  readonly fsType?: string
  readonly image: string
  readonly keyring?: string
  readonly monitors: ReadonlyArray<string>
  readonly pool?: string
  readonly readOnly?: boolean
  readonly secretRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret
  readonly user?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeScaleIO {
  readonly fsType?: string
  readonly gateway: string
  readonly protectionDomain?: string
  readonly readOnly?: boolean
  readonly secretRef: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret
  readonly sslEnabled?: boolean
  readonly storageMode?: string
  readonly storagePool?: string
  readonly system: string
  readonly volumeName?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeSecret {
  readonly defaultMode?: number
  readonly items?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeConfigMapItem>
  readonly optional?: boolean
  readonly secretName?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeStorageos {
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly secretRef?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret
  readonly volumeName?: string
  readonly volumeNamespace?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeVsphereVolume {
  readonly fsType?: string
  readonly storagePolicyID?: string
  readonly storagePolicyName?: string
  readonly volumePath: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolume {
  readonly awsElasticBlockStore?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeAwsElasticBlockStore
  readonly azureDisk?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeAzureDisk
  readonly azureFile?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeAzureFile
  readonly cephfs?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeCephfs
  readonly cinder?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeCinder
  readonly configMap?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeConfigMap
  readonly csi?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeCsi
  readonly downwardAPI?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeDownwardAPI
  readonly emptyDir?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEmptyDir
  readonly ephemeral?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeEphemeral
  readonly fc?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeFc
  readonly flexVolume?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeFlexVolume
  readonly flocker?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeFlocker
  readonly gcePersistentDisk?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeGcePersistentDisk
  readonly gitRepo?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeGitRepo
  readonly glusterfs?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeGlusterfs
  readonly hostPath?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeHostPath
  readonly image?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeImage
  readonly iscsi?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeIscsi
  readonly name: string
  readonly nfs?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeNfs
  readonly persistentVolumeClaim?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumePersistentVolumeClaim
  readonly photonPersistentDisk?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumePhotonPersistentDisk
  readonly portworxVolume?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumePortworxVolume
  readonly projected?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeProjected
  readonly quobyte?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeQuobyte
  readonly rbd?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeRbd
  readonly scaleIO?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeScaleIO
  readonly secret?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeSecret
  readonly storageos?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeStorageos
  readonly vsphereVolume?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolumeVsphereVolume
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetPod {
  readonly affinity?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodAffinity
  readonly annotations?: { readonly [key: string]: string }
  readonly imagePullSecrets?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret>
  readonly labels?: { readonly [key: string]: string }
  readonly nodeSelector?: { readonly [key: string]: string }
  readonly priorityClassName?: string
  readonly securityContext?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodSecurityContext
  readonly tolerations?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodToleration>
  readonly topologySpreadConstraints?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodTopologySpreadConstraint>
  readonly volumes?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodVolume>
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetStrategyRollingUpdate {
  readonly maxSurge?: number | string
  readonly maxUnavailable?: number | string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSetStrategy {
  readonly rollingUpdate?: EnvoyProxyProviderKubernetesEnvoyDaemonSetStrategyRollingUpdate
  readonly type?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDaemonSet {
  readonly container?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainer
  readonly name?: string
  readonly patch?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPatch
  readonly pod?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPod
  readonly strategy?: EnvoyProxyProviderKubernetesEnvoyDaemonSetStrategy
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerEnvFromItemConfigMapRef {
  readonly name?: string
  readonly optional?: boolean
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerEnvFromItem {
  readonly configMapRef?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerEnvFromItemConfigMapRef
  readonly prefix?: string
  readonly secretRef?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerEnvFromItemConfigMapRef
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartExec {
  readonly command?: ReadonlyArray<string>
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartHttpGet {
  readonly host?: string
  readonly httpHeaders?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodSecurityContextSysctl>
  readonly path?: string
  readonly port: number | string
  readonly scheme?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartSleep {
  readonly seconds: number
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartTcpSocket {
  readonly host?: string
  readonly port: number | string
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStart {
  readonly exec?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartExec
  readonly httpGet?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartHttpGet
  readonly sleep?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartSleep
  readonly tcpSocket?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartTcpSocket
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecycle {
  readonly postStart?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStart
  readonly preStop?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStart
  readonly stopSignal?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLivenessProbeGrpc {
  readonly port: number
  readonly service?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLivenessProbe {
  readonly exec?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartExec
  readonly failureThreshold?: number
  readonly grpc?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLivenessProbeGrpc
  readonly httpGet?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartHttpGet
  readonly initialDelaySeconds?: number
  readonly periodSeconds?: number
  readonly successThreshold?: number
  readonly tcpSocket?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecyclePostStartTcpSocket
  readonly terminationGracePeriodSeconds?: number
  readonly timeoutSeconds?: number
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerPort {
  readonly containerPort: number
  readonly hostIP?: string
  readonly hostPort?: number
  readonly name?: string
  readonly protocol?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerResizePolicyItem {
  readonly resourceName: string
  readonly restartPolicy: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerRestartPolicyRuleExitCodes {
  readonly operator: string
  readonly values?: ReadonlyArray<number>
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerRestartPolicyRule {
  readonly action: string
  readonly exitCodes?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerRestartPolicyRuleExitCodes
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerVolumeDevice {
  readonly devicePath: string
  readonly name: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainer {
  readonly args?: ReadonlyArray<string>
  readonly command?: ReadonlyArray<string>
  readonly env?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerEnvItem>
  readonly envFrom?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerEnvFromItem>
  readonly image?: string
  readonly imagePullPolicy?: string
  readonly lifecycle?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLifecycle
  readonly livenessProbe?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLivenessProbe
  readonly name: string
  readonly ports?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerPort>
  readonly readinessProbe?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLivenessProbe
  readonly resizePolicy?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerResizePolicyItem>
  readonly resources?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerResources
  readonly restartPolicy?: string
  readonly restartPolicyRules?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerRestartPolicyRule>
  readonly securityContext?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerSecurityContext
  readonly startupProbe?: EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerLivenessProbe
  readonly stdin?: boolean
  readonly stdinOnce?: boolean
  readonly terminationMessagePath?: string
  readonly terminationMessagePolicy?: string
  readonly tty?: boolean
  readonly volumeDevices?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainerVolumeDevice>
  readonly volumeMounts?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetContainerVolumeMount>
  readonly workingDir?: string
}

export interface EnvoyProxyProviderKubernetesEnvoyDeployment {
  readonly container?: EnvoyProxyProviderKubernetesEnvoyDaemonSetContainer
  readonly initContainers?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDeploymentInitContainer>
  readonly name?: string
  readonly patch?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPatch
  readonly pod?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPod
  readonly replicas?: number
  readonly strategy?: EnvoyProxyProviderKubernetesEnvoyDaemonSetStrategy
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaBehaviorScaleDownPolicy {
  readonly periodSeconds: number
  readonly type: string
  readonly value: number
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaBehaviorScaleDown {
  readonly policies?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyHpaBehaviorScaleDownPolicy>
  readonly selectPolicy?: string
  readonly stabilizationWindowSeconds?: number
  readonly tolerance?: number | string
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaBehavior {
  readonly scaleDown?: EnvoyProxyProviderKubernetesEnvoyHpaBehaviorScaleDown
  readonly scaleUp?: EnvoyProxyProviderKubernetesEnvoyHpaBehaviorScaleDown
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaMetricContainerResourceTarget {
  readonly averageUtilization?: number
  readonly averageValue?: number | string
  readonly type: string
  readonly value?: number | string
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaMetricContainerResource {
  readonly container: string
  readonly name: string
  readonly target: EnvoyProxyProviderKubernetesEnvoyHpaMetricContainerResourceTarget
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaMetricExternalMetric {
  readonly name: string
  readonly selector?: EnvoyProxyMergeBackendsSelector
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaMetricExternal {
  readonly metric: EnvoyProxyProviderKubernetesEnvoyHpaMetricExternalMetric
  readonly target: EnvoyProxyProviderKubernetesEnvoyHpaMetricContainerResourceTarget
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaMetricObjectDescribedObject {
  readonly apiVersion?: string
  readonly kind: string
  readonly name: string
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaMetricObject {
  readonly describedObject: EnvoyProxyProviderKubernetesEnvoyHpaMetricObjectDescribedObject
  readonly metric: EnvoyProxyProviderKubernetesEnvoyHpaMetricExternalMetric
  readonly target: EnvoyProxyProviderKubernetesEnvoyHpaMetricContainerResourceTarget
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaMetricResource {
  readonly name: string
  readonly target: EnvoyProxyProviderKubernetesEnvoyHpaMetricContainerResourceTarget
}

export interface EnvoyProxyProviderKubernetesEnvoyHpaMetric {
  readonly containerResource?: EnvoyProxyProviderKubernetesEnvoyHpaMetricContainerResource
  readonly external?: EnvoyProxyProviderKubernetesEnvoyHpaMetricExternal
  readonly object?: EnvoyProxyProviderKubernetesEnvoyHpaMetricObject
  readonly pods?: EnvoyProxyProviderKubernetesEnvoyHpaMetricExternal
  readonly resource?: EnvoyProxyProviderKubernetesEnvoyHpaMetricResource
  readonly type: string
}

export interface EnvoyProxyProviderKubernetesEnvoyHpa {
  readonly behavior?: EnvoyProxyProviderKubernetesEnvoyHpaBehavior
  readonly maxReplicas: number
  readonly metrics?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyHpaMetric>
  readonly minReplicas?: number
  readonly name?: string
  readonly patch?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPatch
}

export interface EnvoyProxyProviderKubernetesEnvoyPDB {
  readonly maxUnavailable?: number | string
  readonly minAvailable?: number | string
  readonly name?: string
  readonly patch?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPatch
}

export interface EnvoyProxyProviderKubernetesEnvoyService {
  readonly allocateLoadBalancerNodePorts?: boolean
  readonly annotations?: { readonly [key: string]: string }
  readonly externalTrafficPolicy?: "Local" | "Cluster"
  readonly labels?: { readonly [key: string]: string }
  readonly loadBalancerClass?: string
  readonly loadBalancerIP?: string
  readonly loadBalancerSourceRanges?: ReadonlyArray<string>
  readonly name?: string
  readonly patch?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPatch
  readonly type?: "ClusterIP" | "LoadBalancer" | "NodePort"
}

export interface EnvoyProxyProviderKubernetes {
  readonly envoyDaemonSet?: EnvoyProxyProviderKubernetesEnvoyDaemonSet
  readonly envoyDeployment?: EnvoyProxyProviderKubernetesEnvoyDeployment
  readonly envoyHpa?: EnvoyProxyProviderKubernetesEnvoyHpa
  readonly envoyPDB?: EnvoyProxyProviderKubernetesEnvoyPDB
  readonly envoyService?: EnvoyProxyProviderKubernetesEnvoyService
  readonly envoyServiceAccount?: EnvoyProxyProviderKubernetesEnvoyDaemonSetPodImagePullSecret
  readonly useListenerPortAsContainerPort?: boolean
}

export interface EnvoyProxyProvider {
  readonly host?: EnvoyProxyProviderHost
  readonly kubernetes?: EnvoyProxyProviderKubernetes
  readonly type: "Kubernetes" | "Host"
}

export interface EnvoyProxyShutdown {
  readonly drainTimeout?: string
  readonly healthCheckFailureDelay?: string
  readonly minDrainDuration?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingFormat {
  readonly json?: { readonly [key: string]: string }
  readonly text?: string
  readonly type?: "Text" | "JSON"
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendRef2 {
  readonly fallback?: boolean
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly weight?: number
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreakerPerEndpoint {
  readonly maxConnections?: number
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreakerRetryBudgetPercent {
  readonly denominator?: number
  readonly numerator: number
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreakerRetryBudget {
  readonly minRetryConcurrency?: number
  readonly percent: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreakerRetryBudgetPercent
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreaker {
  readonly maxConnections?: number
  readonly maxParallelRequests?: number
  readonly maxParallelRetries?: number
  readonly maxPendingRequests?: number
  readonly maxRequestsPerConnection?: number
  readonly perEndpoint?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreakerPerEndpoint
  readonly retryBudget?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreakerRetryBudget
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsConnectionPreconnect {
  readonly perEndpointPercent?: number
  readonly predictivePercent?: number
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsConnection {
  readonly bufferLimit?: number | string
  readonly preconnect?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsConnectionPreconnect
  readonly socketBufferLimit?: number | string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsDns {
  readonly dnsRefreshRate?: string
  readonly lookupFamily?: "IPv4" | "IPv6" | "IPv4Preferred" | "IPv6Preferred" | "IPv4AndIPv6"
  readonly respectDnsTtl?: boolean
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveGrpc {
  readonly service?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHealthCheckLogSink {
  readonly file?: EnvoyProxyDynamicModuleSourceLocal
  readonly type: "File"
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHealthCheckLog {
  readonly matches?: ReadonlyArray<"Failure" | "FailureSeriesStart" | "Success" | "HealthyTransition">
  readonly sinks?: ReadonlyArray<EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHealthCheckLogSink>
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHttpExpectedResponse {
  readonly binary?: string
  readonly text?: string
  readonly type: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHttp {
  readonly expectedResponse?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHttpExpectedResponse
  readonly expectedStatuses?: ReadonlyArray<number>
  readonly hostname?: string
  readonly method?: string
  readonly path: string
  readonly requestBody?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHttpExpectedResponse
  readonly retriableStatuses?: ReadonlyArray<number>
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveOverrides {
  readonly port?: number
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveTcp {
  readonly receive?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHttpExpectedResponse
  readonly send?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHttpExpectedResponse
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActive {
  readonly grpc?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveGrpc
  readonly healthCheckLog?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHealthCheckLog
  readonly healthyThreshold?: number
  readonly http?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHttp
  readonly initialJitter?: string
  readonly interval?: string
  readonly overrides?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveOverrides
  readonly tcp?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveTcp
  readonly timeout?: string
  readonly type: string
  readonly unhealthyThreshold?: number
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckPassive {
  readonly alwaysEjectOneEndpoint?: boolean
  readonly baseEjectionTime?: string
  readonly consecutive5XxErrors?: number
  readonly consecutiveGatewayErrors?: number
  readonly consecutiveLocalOriginFailures?: number
  readonly failurePercentageThreshold?: number
  readonly interval?: string
  readonly maxEjectionPercent?: number
  readonly splitExternalLocalOriginErrors?: boolean
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheck {
  readonly active?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActive
  readonly panicThreshold?: number
  readonly passive?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckPassive
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHttp2ConnectionKeepalive {
  readonly idleInterval?: string
  readonly interval?: string
  readonly intervalJitter?: number
  readonly timeout?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHttp2 {
  readonly connectionKeepalive?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHttp2ConnectionKeepalive
  readonly initialConnectionWindowSize?: number | string
  readonly initialStreamWindowSize?: number | string
  readonly maxConcurrentStreams?: number
  readonly onInvalidMessage?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerBackendUtilizationOutOfBand {
  readonly authority?: string
  readonly port?: number
  readonly reportingPeriod?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerBackendUtilization {
  readonly blackoutPeriod?: string
  readonly errorUtilizationPenaltyPercent?: number
  readonly keepResponseHeaders?: boolean
  readonly metricNamesForComputingUtilization?: ReadonlyArray<string>
  readonly outOfBand?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerBackendUtilizationOutOfBand
  readonly weightExpirationPeriod?: string
  readonly weightUpdatePeriod?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerConsistentHashCookie {
  readonly attributes?: { readonly [key: string]: string }
  readonly name: string
  readonly ttl?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerConsistentHashHeader {
  readonly name: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerConsistentHash {
  readonly cookie?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerConsistentHashCookie
  readonly header?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerConsistentHashHeader
  readonly headers?: ReadonlyArray<EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerConsistentHashHeader>
  readonly queryParams?: ReadonlyArray<EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerConsistentHashHeader>
  readonly tableSize?: number
  readonly type: "SourceIP" | "Header" | "Headers" | "Cookie" | "QueryParams"
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerDynamicModule {
  readonly config?: JsonValue
  readonly lbPolicyName: string
  readonly name: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerEndpointOverrideExtractFromItem {
  readonly header?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerEndpointOverride {
  readonly extractFrom: ReadonlyArray<EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerEndpointOverrideExtractFromItem>
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerSlowStart {
  readonly window: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerZoneAwarePreferLocalForce {
  readonly minEndpointsInZoneThreshold?: number
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerZoneAwarePreferLocal {
  readonly force?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerZoneAwarePreferLocalForce
  readonly minEndpointsThreshold?: number
  readonly percentageEnabled?: number
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerZoneAwareWeightedZone {
  readonly weight: number
  readonly zone: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerZoneAware {
  readonly preferLocal?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerZoneAwarePreferLocal
  readonly weightedZones?: ReadonlyArray<EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerZoneAwareWeightedZone>
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancer {
  readonly backendUtilization?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerBackendUtilization
  readonly consistentHash?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerConsistentHash
  readonly dynamicModule?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerDynamicModule
  readonly endpointOverride?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerEndpointOverride
  readonly slowStart?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerSlowStart
  readonly type: "ConsistentHash" | "LeastRequest" | "Random" | "RoundRobin" | "BackendUtilization" | "DynamicModule"
  readonly zoneAware?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancerZoneAware
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsProxyProtocol {
  readonly version: "V1" | "V2"
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsRetryPerRetryBackOff {
  readonly baseInterval?: string
  readonly maxInterval?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsRetryPerRetry {
  readonly backOff?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsRetryPerRetryBackOff
  readonly timeout?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsRetryRetryOn {
  readonly httpStatusCodes?: ReadonlyArray<number>
  readonly triggers?: ReadonlyArray<"5xx" | "gateway-error" | "reset" | "reset-before-request" | "connect-failure" | "retriable-4xx" | "refused-stream" | "retriable-status-codes" | "cancelled" | "deadline-exceeded" | "internal" | "resource-exhausted" | "unavailable">
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsRetry {
  readonly numAttemptsPerPriority?: number
  readonly numRetries?: number
  readonly perRetry?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsRetryPerRetry
  readonly retryOn?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsRetryRetryOn
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsTcpKeepalive {
  readonly idleTime?: string
  readonly interval?: string
  readonly probes?: number
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsTimeoutHttp {
  readonly connectionIdleTimeout?: string
  readonly maxConnectionDuration?: string
  readonly maxStreamDuration?: string
  readonly requestTimeout?: string
  readonly streamIdleTimeout?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsTimeoutTcp {
  readonly connectTimeout?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsTimeout {
  readonly http?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsTimeoutHttp
  readonly tcp?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsTimeoutTcp
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettings {
  readonly circuitBreaker?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreaker
  readonly connection?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsConnection
  readonly dns?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsDns
  readonly healthCheck?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheck
  readonly http2?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHttp2
  readonly loadBalancer?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsLoadBalancer
  readonly proxyProtocol?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsProxyProtocol
  readonly retry?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsRetry
  readonly tcpKeepalive?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsTcpKeepalive
  readonly timeout?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsTimeout
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAlsHttp {
  readonly requestHeaders?: ReadonlyArray<string>
  readonly responseHeaders?: ReadonlyArray<string>
  readonly responseTrailers?: ReadonlyArray<string>
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkAls {
  readonly backendRef?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendRef
  readonly backendRefs?: ReadonlyArray<EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendRef2>
  readonly backendSettings?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettings
  readonly http?: EnvoyProxyTelemetryAccessLogSettingSinkAlsHttp
  readonly logName?: string
  readonly type: "HTTP" | "TCP"
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkFile {
  readonly path?: string
}

export interface EnvoyProxyTelemetryAccessLogSettingSinkOpenTelemetry {
  readonly backendRef?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendRef
  readonly backendRefs?: ReadonlyArray<EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendRef2>
  readonly backendSettings?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettings
  readonly headers?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodSecurityContextSysctl>
  readonly host?: string
  readonly port?: number
  readonly resourceAttributes?: { readonly [key: string]: string }
  readonly resources?: { readonly [key: string]: string }
}

export interface EnvoyProxyTelemetryAccessLogSettingSink {
  readonly als?: EnvoyProxyTelemetryAccessLogSettingSinkAls
  readonly file?: EnvoyProxyTelemetryAccessLogSettingSinkFile
  readonly openTelemetry?: EnvoyProxyTelemetryAccessLogSettingSinkOpenTelemetry
  readonly type?: "ALS" | "File" | "OpenTelemetry"
}

export interface EnvoyProxyTelemetryAccessLogSetting {
  readonly format?: EnvoyProxyTelemetryAccessLogSettingFormat
  readonly matches?: ReadonlyArray<string>
  readonly sinks: ReadonlyArray<EnvoyProxyTelemetryAccessLogSettingSink>
  readonly type?: "Listener" | "Route" | "Upstream"
}

export interface EnvoyProxyTelemetryAccessLog {
  readonly disable?: boolean
  readonly settings?: ReadonlyArray<EnvoyProxyTelemetryAccessLogSetting>
}

export interface EnvoyProxyTelemetryMetricsMatch {
  readonly type?: "Exact" | "Prefix" | "Suffix" | "RegularExpression"
  readonly value: string
}

export interface EnvoyProxyTelemetryMetricsPrometheusCompression {
  readonly brotli?: { readonly [key: string]: JsonValue }
  readonly gzip?: { readonly [key: string]: JsonValue }
  readonly minContentLength?: number | string
  readonly type: "Gzip" | "Brotli" | "Zstd"
  readonly zstd?: { readonly [key: string]: JsonValue }
}

export interface EnvoyProxyTelemetryMetricsPrometheus {
  readonly compression?: EnvoyProxyTelemetryMetricsPrometheusCompression
  readonly disable?: boolean
}

export interface EnvoyProxyTelemetryMetricsSinkOpenTelemetry {
  readonly backendRef?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendRef
  readonly backendRefs?: ReadonlyArray<EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendRef2>
  readonly backendSettings?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettings
  readonly headers?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodSecurityContextSysctl>
  readonly host?: string
  readonly port?: number
  readonly reportCountersAsDeltas?: boolean
  readonly reportHistogramsAsDeltas?: boolean
  readonly resourceAttributes?: { readonly [key: string]: string }
}

export interface EnvoyProxyTelemetryMetricsSink {
  readonly openTelemetry?: EnvoyProxyTelemetryMetricsSinkOpenTelemetry
  readonly type: "OpenTelemetry"
}

export interface EnvoyProxyTelemetryMetrics {
  readonly clusterStatName?: string
  readonly enableGRPCStats?: boolean
  readonly enablePerEndpointStats?: boolean
  readonly enableRequestResponseSizesStats?: boolean
  readonly enableVirtualHostStats?: boolean
  readonly matches?: ReadonlyArray<EnvoyProxyTelemetryMetricsMatch>
  readonly prometheus?: EnvoyProxyTelemetryMetricsPrometheus
  readonly sinks?: ReadonlyArray<EnvoyProxyTelemetryMetricsSink>
}

export interface EnvoyProxyTelemetryRequestID {
  readonly tracing?: "PackAndSample" | "Sample" | "Pack" | "Disable"
}

export interface EnvoyProxyTelemetryTracingCustomTagsValueEnvironment {
  readonly defaultValue?: string
  readonly name: string
}

export interface EnvoyProxyTelemetryTracingCustomTagsValueLiteral {
  readonly value: string
}

export interface EnvoyProxyTelemetryTracingCustomTagsValue {
  readonly environment?: EnvoyProxyTelemetryTracingCustomTagsValueEnvironment
  readonly literal?: EnvoyProxyTelemetryTracingCustomTagsValueLiteral
  readonly requestHeader?: EnvoyProxyTelemetryTracingCustomTagsValueEnvironment
  readonly type: "Literal" | "Environment" | "RequestHeader"
}

export interface EnvoyProxyTelemetryTracingProviderOpenTelemetrySampler {
  readonly samplingPercentage?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreakerRetryBudgetPercent
  readonly type: "AlwaysOn" | "AlwaysOff" | "TraceIdRatio" | "ParentBasedAlwaysOn" | "ParentBasedAlwaysOff" | "ParentBasedTraceIdRatio"
}

export interface EnvoyProxyTelemetryTracingProviderOpenTelemetry {
  readonly headers?: ReadonlyArray<EnvoyProxyProviderKubernetesEnvoyDaemonSetPodSecurityContextSysctl>
  readonly resourceAttributes?: { readonly [key: string]: string }
  readonly sampler?: EnvoyProxyTelemetryTracingProviderOpenTelemetrySampler
}

export interface EnvoyProxyTelemetryTracingProviderZipkin {
  readonly disableSharedSpanContext?: boolean
  readonly enable128BitTraceId?: boolean
}

export interface EnvoyProxyTelemetryTracingProvider {
  readonly backendRef?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendRef
  readonly backendRefs?: ReadonlyArray<EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendRef2>
  readonly backendSettings?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettings
  readonly host?: string
  readonly openTelemetry?: EnvoyProxyTelemetryTracingProviderOpenTelemetry
  readonly port?: number
  readonly serviceName?: string
  readonly type: "OpenTelemetry" | "Zipkin" | "Datadog"
  readonly zipkin?: EnvoyProxyTelemetryTracingProviderZipkin
}

export interface EnvoyProxyTelemetryTracingSpanName {
  readonly client: string
  readonly server: string
}

export interface EnvoyProxyTelemetryTracing {
  readonly clientSamplingFraction?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreakerRetryBudgetPercent
  readonly customTags?: { readonly [key: string]: EnvoyProxyTelemetryTracingCustomTagsValue }
  readonly overallSamplingFraction?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreakerRetryBudgetPercent
  readonly provider: EnvoyProxyTelemetryTracingProvider
  readonly samplingFraction?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsCircuitBreakerRetryBudgetPercent
  readonly samplingRate?: number
  readonly spanName?: EnvoyProxyTelemetryTracingSpanName
  readonly tags?: { readonly [key: string]: string }
}

export interface EnvoyProxyTelemetry {
  readonly accessLog?: EnvoyProxyTelemetryAccessLog
  readonly healthCheckLog?: EnvoyProxyTelemetryAccessLogSettingSinkAlsBackendSettingsHealthCheckActiveHealthCheckLog
  readonly metrics?: EnvoyProxyTelemetryMetrics
  readonly requestID?: EnvoyProxyTelemetryRequestID
  readonly tracing?: EnvoyProxyTelemetryTracing
}

export interface EnvoyProxySpec {
  readonly backendTLS?: EnvoyProxyBackendTLS
  readonly bootstrap?: EnvoyProxyBootstrap
  readonly concurrency?: number
  readonly dynamicModules?: ReadonlyArray<EnvoyProxyDynamicModule>
  readonly extraArgs?: ReadonlyArray<string>
  readonly filterOrder?: ReadonlyArray<EnvoyProxyFilterOrderItem>
  readonly geoIP?: EnvoyProxyGeoIP
  readonly ipFamily?: "IPv4" | "IPv6" | "DualStack"
  readonly logging?: EnvoyProxyLogging
  readonly lua?: EnvoyProxyLua
  readonly luaValidation?: "Strict" | "InsecureSyntax" | "Disabled"
  readonly mergeBackends?: EnvoyProxyMergeBackends
  readonly mergeGateways?: boolean
  readonly mergeType?: "Replace" | "StrategicMerge" | "JSONMerge"
  readonly preserveRouteOrder?: boolean
  readonly provider?: EnvoyProxyProvider
  readonly routingType?: string
  readonly shutdown?: EnvoyProxyShutdown
  readonly telemetry?: EnvoyProxyTelemetry
}

export interface EnvoyProxyStatusAncestorAncestorRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface EnvoyProxyStatusAncestorCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface EnvoyProxyStatusAncestor {
  readonly ancestorRef: EnvoyProxyStatusAncestorAncestorRef
  readonly conditions?: ReadonlyArray<EnvoyProxyStatusAncestorCondition>
}

export interface EnvoyProxyStatus {
  readonly ancestors?: ReadonlyArray<EnvoyProxyStatusAncestor>
}
