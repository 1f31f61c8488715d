import { isRecord } from "./record.ts"

/** `apiVersion` of a SignaturePolicy, a document of the configuration that Envoy Gateway has not and no schema is known of. */
export const signaturePolicyVersion = "attache.dev/v1alpha1"

/** Whether a document says that it is a SignaturePolicy, of whatever version. */
export function isSignaturePolicy(value: unknown): boolean {
  return isRecord(value) && value.kind === "SignaturePolicy" && String(value.apiVersion).startsWith("attache.dev/")
}
