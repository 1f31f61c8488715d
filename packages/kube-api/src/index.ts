export type { Backend, BackendSpec } from "../gen/backend.ts"
export type { BackendTLSPolicy, BackendTLSPolicySpec } from "../gen/backendtlspolicy.ts"
export type { BackendTrafficPolicy, BackendTrafficPolicySpec } from "../gen/backendtrafficpolicy.ts"
export type { ClientTrafficPolicy, ClientTrafficPolicySpec } from "../gen/clienttrafficpolicy.ts"
export type { ClusterTrustBundle, ClusterTrustBundleSpec } from "../gen/clustertrustbundle.ts"
export type { ConfigMap } from "../gen/configmap.ts"
export type { EndpointSlice } from "../gen/endpointslice.ts"
export type {
  EnvoyExtensionPolicy,
  EnvoyExtensionPolicyDynamicModuleItem as DynamicModule,
  EnvoyExtensionPolicyExtProcItem as ExtProc,
  EnvoyExtensionPolicyLuaItem as Lua,
  EnvoyExtensionPolicySpec,
  EnvoyExtensionPolicyWasmItem as Wasm,
} from "../gen/envoyextensionpolicy.ts"
export type { EnvoyGateway } from "../gen/envoygateway.ts"
export type { EnvoyPatchPolicy, EnvoyPatchPolicySpec } from "../gen/envoypatchpolicy.ts"
export type { EnvoyProxy, EnvoyProxySpec } from "../gen/envoyproxy.ts"
export type {
  Gateway,
  GatewayListener as Listener,
  GatewayListenerTlsCertificateRef as SecretObjectReference,
  GatewaySpec,
} from "../gen/gateway.ts"
export type { GatewayClass, GatewayClassSpec } from "../gen/gatewayclass.ts"
export type { GRPCRoute, GRPCRouteSpec } from "../gen/grpcroute.ts"
export type { HTTPRoute, HTTPRouteSpec } from "../gen/httproute.ts"
export type { HTTPRouteFilter, HTTPRouteFilterSpec } from "../gen/httproutefilter.ts"
export type { ListenerSet, ListenerSetSpec } from "../gen/listenerset.ts"
export type { Namespace, NamespaceSpec } from "../gen/namespace.ts"
export type { ReferenceGrant, ReferenceGrantSpec } from "../gen/referencegrant.ts"
export type { Secret } from "../gen/secret.ts"
export type { SecurityPolicy, SecurityPolicySpec } from "../gen/securitypolicy.ts"
export type { Service, ServiceSpec } from "../gen/service.ts"
export type { ServiceImport, ServiceImportSpec } from "../gen/serviceimport.ts"
export type { TCPRoute, TCPRouteSpec } from "../gen/tcproute.ts"
export type { TLSRoute, TLSRouteSpec } from "../gen/tlsroute.ts"
export type { UDPRoute, UDPRouteSpec } from "../gen/udproute.ts"
export type { XBackend, XBackendSpec } from "../gen/xbackend.ts"
export type { XBackendTrafficPolicy, XBackendTrafficPolicySpec } from "../gen/xbackendtrafficpolicy.ts"
export type { XMesh, XMeshSpec } from "../gen/xmesh.ts"
export { applyDefaults, asDecoded } from "./apply-defaults.ts"
export { codes, type KubeApiCode } from "./codes.ts"
export { type Condition, setCondition } from "./conditions.ts"
export { findKind, groupOf, type KindEntry, type KindVersion, knownKinds, versionOf } from "./kinds.ts"
export type { JsonValue, KubeObject, KubeResource, ObjectMeta } from "./kube-object.ts"
export { type LoadedObject, type Loading, type LoadOptions, loadObjects, type Origin } from "./load-objects.ts"
export { type OwnKind, ownKindOf, ownVersion } from "./own-kinds.ts"
export { fieldPath, type PathStep } from "./schema/path.ts"
export { validateConfiguration } from "./validate-configuration.ts"
export { type ValidateOptions, validateObject } from "./validate-object.ts"
export { type Position, readYaml, type YamlDocument, type YamlLimits, type YamlReading } from "./yaml/documents.ts"
export { parseYaml, toYaml } from "./yaml/plain.ts"
