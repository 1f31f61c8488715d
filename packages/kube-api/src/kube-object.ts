/** Any value JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** Metadata of an object, as far as we read it. */
export interface ObjectMeta {
  readonly name: string
  /** Empty for cluster scoped kinds. */
  readonly namespace: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly generation?: number
  /** RFC 3339. */
  readonly creationTimestamp?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly deletionTimestamp?: string
}

/** What all objects have. */
export interface KubeResource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

/** A decoded object of any kind, valid or not. */
export interface KubeObject extends KubeResource {
  readonly spec?: unknown
  readonly status?: unknown
  readonly data?: unknown
}
