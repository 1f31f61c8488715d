import type { Diagnostic } from "@attache/base"
import { findKind, schemaOf, versionOf } from "./kinds.ts"
import { isRecord } from "./record.ts"
import { fieldPath } from "./schema/path.ts"
import { judgeContent } from "./validate-object.ts"
import { versionFinding } from "./version-finding.ts"
import type { YamlDocument } from "./yaml/documents.ts"

/**
 * Findings about a document that configures the control plane, such as EnvoyGateway: errors where a value does not fit,
 * warnings for unknown fields with the nearest known one.
 *
 * A document of another kind is one error, ATT_RESOURCE_NOT_CONFIGURATION.
 */
export function validateConfiguration(document: YamlDocument, file: string): readonly Diagnostic[] {
  const { value } = document
  const apiVersion = isRecord(value) ? String(value.apiVersion) : ""
  const kind = isRecord(value) ? String(value.kind) : ""
  const entry = findKind(apiVersion, kind)
  if (entry?.scope !== "Configuration") {
    const message = "this is no configuration"
    const hint = "give it apiVersion: gateway.envoyproxy.io/v1alpha1 and kind: EnvoyGateway"
    return [{ code: "ATT_RESOURCE_NOT_CONFIGURATION", severity: "error", message, file, ...document.start, hint }]
  }
  const version = versionFinding(entry, versionOf(apiVersion), kind)
  const findings = judgeContent(schemaOf(entry, versionOf(apiVersion)), value, undefined)
  return [...findings, ...(version === undefined ? [] : [version])].map(
    ({ code, severity, message, path, field, hint }) => ({
      code,
      severity,
      message,
      file,
      ...document.positionOf(path),
      field: field === "<nil>" ? fieldPath(path) : field,
      ...(hint === undefined ? {} : { hint }),
    }),
  )
}
