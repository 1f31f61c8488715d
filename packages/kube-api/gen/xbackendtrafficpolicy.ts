// Written by scripts/generate-kube-api.ts; do not edit.
import type { KubeResource } from "../src/kube-object.ts"

/** XBackendTrafficPolicy of gateway.networking.x-k8s.io, in the shape of v1alpha1. */
export interface XBackendTrafficPolicy extends KubeResource {
  readonly kind: "XBackendTrafficPolicy"
  readonly spec: XBackendTrafficPolicySpec
  readonly status?: XBackendTrafficPolicyStatus
}

export interface XBackendTrafficPolicyRetryConstraintBudget {
  readonly interval?: string
  readonly percent?: number
}

export interface XBackendTrafficPolicyRetryConstraintMinRetryRate {
  readonly count?: number
  readonly interval?: string
}

export interface XBackendTrafficPolicyRetryConstraint {
  readonly budget?: XBackendTrafficPolicyRetryConstraintBudget
  readonly minRetryRate?: XBackendTrafficPolicyRetryConstraintMinRetryRate
}

export interface XBackendTrafficPolicySessionPersistenceCookieConfig {
  readonly lifetimeType?: "Permanent" | "Session"
}

export interface XBackendTrafficPolicySessionPersistence {
  readonly absoluteTimeout?: string
  readonly cookieConfig?: XBackendTrafficPolicySessionPersistenceCookieConfig
  readonly sessionName?: string
  readonly type?: "Cookie" | "Header"
}

export interface XBackendTrafficPolicyTargetRef {
  readonly group: string
  readonly kind: string
  readonly name: string
}

export interface XBackendTrafficPolicySpec {
  readonly retryConstraint?: XBackendTrafficPolicyRetryConstraint
  readonly sessionPersistence?: XBackendTrafficPolicySessionPersistence
  readonly targetRefs: ReadonlyArray<XBackendTrafficPolicyTargetRef>
}

export interface XBackendTrafficPolicyStatusAncestorAncestorRef {
  readonly group?: string
  readonly kind?: string
  readonly name: string
  readonly namespace?: string
  readonly port?: number
  readonly sectionName?: string
}

export interface XBackendTrafficPolicyStatusAncestorCondition {
  readonly lastTransitionTime: string
  readonly message: string
  readonly observedGeneration?: number
  readonly reason: string
  readonly status: "True" | "False" | "Unknown"
  readonly type: string
}

export interface XBackendTrafficPolicyStatusAncestor {
  readonly ancestorRef: XBackendTrafficPolicyStatusAncestorAncestorRef
  readonly conditions: ReadonlyArray<XBackendTrafficPolicyStatusAncestorCondition>
  readonly controllerName: string
}

export interface XBackendTrafficPolicyStatus {
  readonly ancestors: ReadonlyArray<XBackendTrafficPolicyStatusAncestor>
}
