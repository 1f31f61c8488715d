// What differs between the policy kinds: a table. Everything else is the engine's.
import type { PolicyObject } from "./targets.ts"

/** One kind of policy that attaches to Gateways, ListenerSets and routes. */
export interface PolicyKind {
  readonly kind: string
  readonly group: string
  /** As messages spell the plural: `envoyExtensionPolicies`. */
  readonly plural: string
  /** Kinds it may be attached to. */
  readonly targetKinds: readonly string[]
  /** Type of the warning for deprecated fields in use; none for an up to date object. */
  readonly deprecations: (policy: PolicyObject) => readonly string[]
}

/** The policy kinds that the engine serves. */
export const policyKinds = {
  EnvoyExtensionPolicy: {
    kind: "EnvoyExtensionPolicy",
    group: "gateway.envoyproxy.io",
    plural: "envoyExtensionPolicies",
    targetKinds: ["Gateway", "ListenerSet", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"],
    deprecations: (policy) =>
      policy.spec.targetRef === undefined ? [] : ["spec.targetRef is deprecated, use spec.targetRefs instead"],
  },
} as const satisfies Readonly<Record<string, PolicyKind>>
