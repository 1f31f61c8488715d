// Judges an object as the API server would: schema, list types, unknown fields, then rules.
import type { Diagnostic } from "@attache/base"
import { evaluateRules } from "./cel/rules.ts"
import { findKind, schemaOf, versionOf } from "./kinds.ts"
import type { KubeObject } from "./kube-object.ts"
import { isRecord, type LoadedObject } from "./load-objects.ts"
import type { SchemaFinding } from "./schema/finding.ts"
import { fieldPath, type PathStep } from "./schema/path.ts"
import { validateSchema } from "./schema/validate.ts"

/** How an object is judged. */
export interface ValidateOptions {
  /** The object before, for rules about updates. */
  readonly old?: KubeObject
}

const unchecked =
  "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"

/** Findings about an object, with places where it has some. Kinds nobody knows have none here. */
export function validateObject(loaded: LoadedObject, options: ValidateOptions = {}): readonly Diagnostic[] {
  const { object } = loaded
  const entry = findKind(object.apiVersion, object.kind)
  if (entry === undefined) return []
  const findings = [...judge(object, options.old), ...versionFindings(loaded), ...loopbackFindings(object)]
  const sentence = serverSentence(object, entry.group, findings)
  return findings.map((finding) => diagnosticOf(loaded, finding, sentence))
}

interface Finding extends SchemaFinding {
  readonly code: string
  readonly severity: Diagnostic["severity"]
}

/** Judges an object by schema and rules, without places. */
function judge(object: KubeObject, old: KubeObject | undefined): readonly Finding[] {
  const entry = findKind(object.apiVersion, object.kind)
  if (entry === undefined) return []
  const schema = schemaOf(entry, versionOf(object.apiVersion))
  const found = validateSchema(schema, object)
  // Rules run after no blocking error; then the server says that it left them out.
  const rules = found.some(({ isBlocking }) => isBlocking) ? [] : evaluateRules(schema, object, old)
  return [...found, ...rules].map((finding) => ({
    ...finding,
    code: { schema: "ATT_RESOURCE_SCHEMA", rule: "ATT_RESOURCE_RULE", "unknown-field": "ATT_RESOURCE_UNKNOWN_FIELD" }[
      finding.kind
    ],
    severity: finding.kind === "unknown-field" ? "warning" : "error",
  }))
}

/** The API server's whole answer: `Kind.group "name" is invalid: ...`. */
function serverSentence(object: KubeObject, group: string, findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === "error")
  const texts = errors.map(({ path, message }) => `${fieldPath(path) || "<nil>"}: ${message}`)
  if (errors.some(({ isBlocking }) => isBlocking)) texts.push(`<nil>: Invalid value: null: ${unchecked}`)
  const kind = group === "" ? object.kind : `${object.kind}.${group}`
  const all = texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`
  return `${kind} ${JSON.stringify(object.metadata.name)} is invalid: ${all}`
}

function diagnosticOf(loaded: LoadedObject, finding: Finding, sentence: string): Diagnostic {
  const { apiVersion, kind, metadata } = loaded.object
  const { line, column } = loaded.positionOf(finding.path)
  return {
    code: finding.code,
    severity: finding.severity,
    message: finding.message,
    ...(finding.severity === "error" ? { detail: sentence } : {}),
    file: loaded.origin.file,
    line,
    column,
    object: { apiVersion, kind, namespace: metadata.namespace, name: metadata.name },
    field: fieldPath(finding.path),
    ...(finding.hint === undefined ? {} : { hint: finding.hint }),
  }
}

function versionFindings({ raw }: LoadedObject): readonly Finding[] {
  const entry = findKind(raw.apiVersion, raw.kind)
  const version = versionOf(raw.apiVersion)
  const own = entry?.versions.find(({ name }) => name === version)
  const stored = entry?.versions.find(({ storage }) => storage)?.name ?? ""
  const at: { readonly path: readonly PathStep[]; readonly isBlocking: false } = {
    path: ["apiVersion"],
    isBlocking: false,
  }
  if (own === undefined || !own.served) {
    const message = `version ${version} of ${raw.kind} is not served`
    return [
      {
        ...at,
        kind: "schema",
        code: "ATT_RESOURCE_VERSION_NOT_SERVED",
        severity: "error",
        message,
        hint: `use ${stored}`,
      },
    ]
  }
  if (own.deprecationWarning === undefined) return []
  return [
    {
      ...at,
      kind: "schema",
      code: "ATT_RESOURCE_DEPRECATED_VERSION",
      severity: "warning",
      message: own.deprecationWarning,
      hint: `use ${stored}`,
    },
  ]
}

function loopbackFindings(object: KubeObject): readonly Finding[] {
  const endpoints =
    object.kind === "EndpointSlice" ? (object as unknown as { readonly endpoints?: unknown }).endpoints : undefined
  if (!Array.isArray(endpoints)) return []
  return endpoints.flatMap((endpoint: unknown, i) => {
    const addresses =
      isRecord(endpoint) && Array.isArray(endpoint.addresses) ? (endpoint.addresses as readonly unknown[]) : []
    return addresses.flatMap((address, j): Finding[] => {
      if (typeof address !== "string" || !(address.startsWith("127.") || address === "::1")) return []
      const message = `loopback address ${address}: an API server refuses it in an EndpointSlice`
      const finding = { kind: "schema" as const, path: ["endpoints", i, "addresses", j], message, isBlocking: false }
      return [
        {
          ...finding,
          code: "ATT_RESOURCE_LOOPBACK_ENDPOINT",
          severity: "warning",
          hint: "use a Backend object for loopback addresses",
        },
      ]
    })
  })
}
