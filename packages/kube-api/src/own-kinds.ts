import { isRecord } from "./record.ts"

/** Kinds of configuration documents that Envoy Gateway has not and no schema is known of. */
export type OwnKind = "AddressPolicy" | "SignaturePolicy"

/** `apiVersion` of an {@link OwnKind}. */
export const ownVersion = "attache.dev/v1alpha1"

/** The kind of ours that a document says it is, of whatever version; undefined for all others. */
export function ownKindOf(value: unknown): OwnKind | undefined {
  if (!isRecord(value) || !String(value.apiVersion).startsWith("attache.dev/")) return undefined
  return value.kind === "AddressPolicy" || value.kind === "SignaturePolicy" ? value.kind : undefined
}
