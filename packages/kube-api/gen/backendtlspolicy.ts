// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** BackendTLSPolicy of gateway.networking.k8s.io, in the shape of v1. */
export interface BackendTLSPolicy extends KubeResource {
  readonly kind: "BackendTLSPolicy"
  readonly spec: BackendTLSPolicySpec
  readonly status?: BackendTLSPolicyStatus
}

export interface BackendTLSPolicyTargetRef {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly sectionName?: string
}

export interface BackendTLSPolicyValidationCaCertificateRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface BackendTLSPolicyValidationSubjectAltName {
  readonly hostname?: string
  readonly type: "Hostname" | "URI"
  readonly uri?: string
}

export interface BackendTLSPolicyValidation {
  readonly caCertificateRefs?: ReadonlyArray<BackendTLSPolicyValidationCaCertificateRef>
  readonly hostname: string
  readonly subjectAltNames?: ReadonlyArray<BackendTLSPolicyValidationSubjectAltName>
  readonly wellKnownCACertificates?: string
}

export interface BackendTLSPolicySpec {
  readonly options?: { readonly [key: string]: string }
  readonly targetRefs: ReadonlyArray<BackendTLSPolicyTargetRef>
  readonly validation: BackendTLSPolicyValidation
}

export interface BackendTLSPolicyStatusAncestorAncestorRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface BackendTLSPolicyStatusAncestorCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface BackendTLSPolicyStatusAncestor {
  readonly ancestorRef: BackendTLSPolicyStatusAncestorAncestorRef
  readonly conditions: ReadonlyArray<BackendTLSPolicyStatusAncestorCondition>
  readonly controllerName: string
}

export interface BackendTLSPolicyStatus {
  readonly ancestors: ReadonlyArray<BackendTLSPolicyStatusAncestor>
}
