// Judges an object as the API server would: metadata, schema, list types, unknown fields, then rules.
import type { Diagnostic } from "@attache/base"
import { evaluateRules, hasRules } from "./cel/rules.ts"
import { endpointFindings } from "./endpoint-slice.ts"
import { findKind, type KindEntry, schemaOf, versionOf } from "./kinds.ts"
import type { KubeObject } from "./kube-object.ts"
import { type LoadedObject, objectRef } from "./load-objects.ts"
import { isRecord } from "./record.ts"
import type { SchemaFinding } from "./schema/finding.ts"
import { findDuplicates } from "./schema/list-types.ts"
import { checkMetadata } from "./schema/metadata.ts"
import type { NameRule } from "./schema/names.ts"
import { fieldPath } from "./schema/path.ts"
import { withoutPaths } from "./schema/prune.ts"
import type { SchemaNode } from "./schema/schema-node.ts"
import { findUnknownFields } from "./schema/unknown-fields.ts"
import { validateSchema } from "./schema/validate.ts"
import { serverSentence } from "./server-sentence.ts"
import { versionFinding } from "./version-finding.ts"

/** How an object is judged. */
export interface ValidateOptions {
  /** The object before, for rules about updates. What it had wrong already is refused all the same. */
  readonly old?: KubeObject
}

/** A finding with its code. */
export interface Finding extends SchemaFinding {
  readonly code: string
  readonly severity: Diagnostic["severity"]
}

/**
 * Findings about an object, with places where it has some. Kinds nobody knows have none here.
 *
 * Errors (ATT_RESOURCE_SCHEMA, ATT_RESOURCE_RULE, ATT_RESOURCE_NAME) are what an API server refuses the object for, and
 * carry its whole answer as `detail`; a status is not looked at, as on creation.
 */
export function validateObject(loaded: LoadedObject, options: ValidateOptions = {}): readonly Diagnostic[] {
  const { object, raw } = loaded
  const entry = findKind(object.apiVersion, object.kind)
  if (entry === undefined) return []
  const version = versionFinding(entry, versionOf(raw.apiVersion), object.kind)
  const schema = schemaOf(entry, versionOf(raw.apiVersion))
  const metadata = isRecord(object.metadata) ? object.metadata : {}
  const findings = [
    ...checkMetadata(metadata, nameRuleOf(entry), entry.scope === "Namespaced").map(coded),
    ...judgeContent(schema, object, options.old),
    ...(version === undefined ? [] : [version]),
    ...(object.kind === "EndpointSlice" ? endpointFindings(object) : []),
  ]
  const sentence = serverSentence(object, entry.group, findings, hasRules(schema))
  return findings.map((finding) => diagnosticOf(loaded, finding, sentence))
}

/** Findings about everything but metadata, which has rules of its own. */
export function judgeContent(schema: SchemaNode, object: unknown, old: unknown): readonly Finding[] {
  const { metadata: _, ...properties } = schema.properties ?? {}
  const unknown = findUnknownFields({ ...schema, properties }, withoutPaths(object, typeMeta))
  const value = withoutPaths(object, [["status"], ...unknown.map(({ path }) => path)])
  const found = [...validateSchema(schema, value), ...findDuplicates(schema, value)]
  // Rules run after no blocking error; then the server says that it left them out.
  const rules = found.some(({ isBlocking }) => isBlocking) ? [] : evaluateRules(schema, value, old)
  return [...unknown, ...unique([...found, ...rules])].map(coded)
}

const typeMeta = [["apiVersion"], ["kind"], ["metadata"]]

function unique(findings: readonly SchemaFinding[]): readonly SchemaFinding[] {
  if (findings.length < 2) return findings
  return [...new Map(findings.map((finding) => [`${finding.field}: ${finding.message}`, finding])).values()]
}

const codeOf = {
  schema: "ATT_RESOURCE_SCHEMA",
  rule: "ATT_RESOURCE_RULE",
  name: "ATT_RESOURCE_NAME",
  "unknown-field": "ATT_RESOURCE_UNKNOWN_FIELD",
} as const

function coded(finding: SchemaFinding): Finding {
  return { ...finding, code: codeOf[finding.kind], severity: finding.kind === "unknown-field" ? "warning" : "error" }
}

function nameRuleOf({ group, kind }: KindEntry): NameRule {
  if (group === "" && (kind === "Service" || kind === "Namespace")) return "label"
  return kind === "ClusterTrustBundle" ? "path-segment" : "subdomain"
}

function diagnosticOf(loaded: LoadedObject, finding: Finding, sentence: string): Diagnostic {
  const { code, severity, message, path, hint } = finding
  return {
    code,
    severity,
    message,
    ...(severity === "error" ? { detail: sentence } : {}),
    file: loaded.origin.file,
    ...loaded.positionOf(path),
    object: objectRef(loaded.object),
    field: finding.field === "<nil>" ? fieldPath(path) : finding.field,
    ...(hint === undefined ? {} : { hint }),
  }
}
