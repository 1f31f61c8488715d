import type { BackendReads } from "../backends/backend-setting.ts"
import type { BackendOptions } from "../gateway-view.ts"

/** The route whose rules are being read, and the Gateway they are read for. */
export interface RuleContext {
  readonly reads: BackendReads
  readonly kind: "HTTPRoute" | "GRPCRoute"
  readonly namespace: string
  readonly name: string
  /** Absent when no listener takes the route: EnvoyProxy then has no say. */
  readonly options?: BackendOptions
  readonly isOnHost: boolean
}

/** Index of the rule at hand; the name of its destination. */
export function destinationName({ kind, namespace, name }: RuleContext, rule: number): string {
  return `${kind.toLowerCase()}/${namespace}/${name}/rule/${rule}`
}
