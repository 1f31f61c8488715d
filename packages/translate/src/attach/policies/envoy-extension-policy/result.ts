import type { RouteExtensions } from "../../../plan/index.ts"
import type { TlsPolicyUse } from "../../backend-tls.ts"

/** What one list of a policy gave: the items that work, and why others do not. */
export interface FeatureResult<T> {
  readonly items: readonly T[]
  /** Error texts without the feature's name; empty when all is well. */
  readonly errors: readonly string[]
  /** True when every failed item may be left out without harm. */
  readonly isFailOpen: boolean
  /** Something it needs from outside is still on its way. */
  readonly isPending?: boolean
  /** BackendTLSPolicies that were looked at for its backends. */
  readonly tlsUses?: readonly TlsPolicyUse[]
}

/** A whole policy, translated for one Gateway. */
export interface ExtensionResult {
  readonly extensions: RouteExtensions
  /** Joined text for the status, absent when all is well. */
  readonly error?: string
  /** True: the routes answer 500 and get none of the extensions. */
  readonly isRefused: boolean
  readonly isPending: boolean
  /** BackendTLSPolicies that were looked at for its backends. */
  readonly tlsUses: readonly TlsPolicyUse[]
}

/** A result without findings. */
export function worked<T>(items: readonly T[]): FeatureResult<T> {
  return { items, errors: [], isFailOpen: true }
}
