/** Object and field a part of the plan comes from. Only says whose it is; the graph says what changed. */
export interface Origin {
  /** `Kind/namespace/name`; cluster scoped objects have an empty namespace. */
  readonly object: string
  /** The API server's field path, such as `spec.rules[0].matches[1]`; empty for the whole object. */
  readonly field: string
}

/**
 * What Envoy Gateway writes into `metadata.filter_metadata["envoy-gateway"]`: one resource and the policies that changed it.
 */
export interface ResourceMetadata {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** Listener, rule or port name. */
  readonly sectionName?: string
  /** Annotations with the prefix `gateway.envoyproxy.io/`, prefix removed; absent when there are none. */
  readonly annotations?: Readonly<Record<string, string>>
  /** Policies in the order in which they were applied; absent when there are none. */
  readonly policies?: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[]
}
