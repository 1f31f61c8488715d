import { findKind, schemaOf, versionOf } from "./kinds.ts"
import type { KubeObject } from "./kube-object.ts"
import { isRecord } from "./record.ts"
import { withDefaults } from "./schema/defaults.ts"
import { withZeroValues } from "./schema/zero-values.ts"

/** An object with the defaults of its kind; unknown kinds stay as they are. A missing status stays missing. */
export function applyDefaults(object: KubeObject): KubeObject {
  const entry = findKind(object.apiVersion, object.kind)
  if (entry === undefined) return object
  const full = withDefaults(schemaOf(entry, versionOf(object.apiVersion)), object) as KubeObject
  const complete = object.status === undefined ? withoutStatus(full) : full
  return entry.kind === "Secret" && entry.group === "" ? withStringData(complete) : complete
}

/**
 * An object as a typed client would hold it, for objects that validation refuses: see `withZeroValues`. Unknown kinds stay as they
 * are.
 */
export function asDecoded(object: KubeObject): KubeObject {
  const entry = findKind(object.apiVersion, object.kind)
  if (entry === undefined) return object
  const full = withZeroValues(schemaOf(entry, versionOf(object.apiVersion)), object) as KubeObject
  // Whatever else it is, it is still the object of its name.
  const { apiVersion, kind, metadata } = object
  const { name, namespace } = metadata
  const named = { ...full.metadata, name, ...(namespace === undefined ? {} : { namespace }) }
  const complete = full === object ? object : { ...full, apiVersion, kind, metadata: named }
  return object.status === undefined ? withoutStatus(complete) : complete
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status, ...rest } = object
  return status === undefined ? object : rest
}

/** The API server keeps a Secret's `stringData` as `data`; what is no map of texts stays for validation to refuse. */
function withStringData(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object as KubeObject & { readonly stringData?: unknown }
  if (!isRecord(stringData) || !Object.values(stringData).every((text) => typeof text === "string")) return object
  const encoded = Object.entries(stringData as Readonly<Record<string, string>>).map(
    ([key, text]) => [key, Buffer.from(text).toString("base64")] as const,
  )
  return { ...rest, data: { ...(isRecord(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) } }
}
