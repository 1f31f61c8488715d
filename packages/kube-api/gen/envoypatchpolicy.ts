// Written by scripts/generate-kube-api.ts; do not edit.
import type { JsonValue, KubeResource } from "../src/kube-object.ts"

/** EnvoyPatchPolicy of gateway.envoyproxy.io, in the shape of v1alpha1. */
export interface EnvoyPatchPolicy extends KubeResource {
  readonly kind: "EnvoyPatchPolicy"
  readonly spec: EnvoyPatchPolicySpec
  readonly status?: EnvoyPatchPolicyStatus
}

export interface EnvoyPatchPolicyJsonPatchOperation {
  readonly from?: string
  readonly jsonPath?: string
  readonly op: "add" | "remove" | "replace" | "move" | "copy" | "test"
  readonly path?: string
  readonly value?: JsonValue
}

export interface EnvoyPatchPolicyJsonPatch {
  readonly name: string
  readonly operation: EnvoyPatchPolicyJsonPatchOperation
  readonly type: "type.googleapis.com/envoy.config.listener.v3.Listener" | "type.googleapis.com/envoy.config.route.v3.RouteConfiguration" | "type.googleapis.com/envoy.config.cluster.v3.Cluster" | "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment" | "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"
}

export interface EnvoyPatchPolicyTargetRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface EnvoyPatchPolicySpec {
  readonly jsonPatches?: ReadonlyArray<EnvoyPatchPolicyJsonPatch>
  readonly priority?: number
  readonly targetRef: EnvoyPatchPolicyTargetRef
  readonly type: "JSONPatch"
}

export interface EnvoyPatchPolicyStatusAncestorAncestorRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface EnvoyPatchPolicyStatusAncestorCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface EnvoyPatchPolicyStatusAncestor {
  readonly ancestorRef: EnvoyPatchPolicyStatusAncestorAncestorRef
  readonly conditions: ReadonlyArray<EnvoyPatchPolicyStatusAncestorCondition>
  readonly controllerName: string
}

export interface EnvoyPatchPolicyStatus {
  readonly ancestors: ReadonlyArray<EnvoyPatchPolicyStatusAncestor>
}
