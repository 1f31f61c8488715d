import type { RouteExtensions } from "../../../plan/index.ts"
import type { TlsPolicyUse } from "../../backend-tls.ts"
import { sentence } from "../../sentence.ts"

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

/** Lists of a policy, as its status names them. */
export type FeatureName = "Wasm" | "Lua" | "ExtProc" | "DynamicModule"

/** Errors of one list, joined, with its name in front. */
export interface FeatureError {
  readonly feature: FeatureName
  readonly text: string
}

/** Text for a status; undefined when all is well. */
export function errorText(errors: readonly FeatureError[]): string | undefined {
  return errors.length === 0 ? undefined : sentence(errors.map(({ text }) => text).join("\n"))
}

/** A whole policy, translated for one Gateway. */
export interface ExtensionResult {
  readonly extensions: RouteExtensions
  /** What went wrong, in the order of the status. */
  readonly errors: readonly FeatureError[]
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
