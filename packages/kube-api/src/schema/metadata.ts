// What the API server asks of every object's metadata. Source: Kubernetes 1.36, `ValidateObjectMeta`.
import type { SchemaFinding } from "./finding.ts"
import { goJson, goQuote, goValue } from "./go-text.ts"
import { labelKeyFaults, labelValueFaults, type NameRule, nameFaults } from "./names.ts"
import type { PathStep } from "./path.ts"
import { unknownField } from "./unknown-fields.ts"

/** Most bytes that all keys and values of an object's annotations may have. Source: `TotalAnnotationSizeLimitB`. */
const maxAnnotationBytes = 256 * 1024

const fields = [
  "name",
  "generateName",
  "namespace",
  "labels",
  "annotations",
  "finalizers",
  "ownerReferences",
  "generation",
  "resourceVersion",
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
  "selfLink",
]

/** Findings about an object's metadata. `isNamespaced` wants a namespace that is one; names follow `rule`. */
export function checkMetadata(
  metadata: Readonly<Record<string, unknown>>,
  rule: NameRule,
  isNamespaced: boolean,
): readonly SchemaFinding[] {
  const { name, namespace, labels, annotations, finalizers } = metadata
  return [
    ...nameFaults(String(name), rule).map((fault) => refused("name", ["name"], goQuote(String(name)), fault)),
    ...(isNamespaced ? namespaceFindings(namespace) : []),
    ...mapFindings("labels", labels, labelFindings),
    ...mapFindings("annotations", annotations, annotationFindings),
    ...finalizerFindings(finalizers),
    ...Object.keys(metadata)
      .filter((key) => !fields.includes(key) && metadata[key] !== undefined)
      .map((key) => unknownField(fields, ["metadata", key])),
  ]
}

function refused(kind: "schema" | "name", path: readonly PathStep[], value: string, fault: string): SchemaFinding {
  const field = `metadata.${path[0]}`
  return { kind, path: ["metadata", ...path], field, message: `Invalid value: ${value}: ${fault}`, isBlocking: false }
}

function namespaceFindings(namespace: unknown): readonly SchemaFinding[] {
  if (typeof namespace !== "string") return [refused("name", ["namespace"], goJson(namespace), "must be a text")]
  return nameFaults(namespace, "label").map((fault) => refused("name", ["namespace"], goQuote(namespace), fault))
}

function mapFindings(
  name: "labels" | "annotations",
  value: unknown,
  judge: (entries: readonly (readonly [string, string])[]) => readonly SchemaFinding[],
): readonly SchemaFinding[] {
  if (value === undefined || value === null) return []
  if (typeof value !== "object" || Array.isArray(value))
    return [refused("schema", [name], goJson(value), "must be an object")]
  const odd = Object.entries(value).filter(([, text]) => typeof text !== "string" && text !== null)
  const texts = Object.entries(value).map(([key, text]) => [key, typeof text === "string" ? text : ""] as const)
  const notTexts = odd.map(([key, text]) => refused("schema", [name, key], goValue(text), `${key} must be a text`))
  return [...notTexts, ...judge(texts)]
}

function labelFindings(entries: readonly (readonly [string, string])[]): readonly SchemaFinding[] {
  return entries.flatMap(([key, value]) => [
    ...labelKeyFaults(key).map((fault) => refused("schema", ["labels", key], goQuote(key), fault)),
    ...labelValueFaults(value).map((fault) => refused("schema", ["labels", key], goQuote(value), fault)),
  ])
}

function annotationFindings(entries: readonly (readonly [string, string])[]): readonly SchemaFinding[] {
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  const faults = entries.flatMap(([key]) =>
    labelKeyFaults(key.toLowerCase()).map((fault) => refused("schema", ["annotations", key], goQuote(key), fault)),
  )
  if (bytes <= maxAnnotationBytes) return faults
  const message = `Too long: may not be more than ${maxAnnotationBytes} bytes`
  const path = ["metadata", "annotations"]
  return [...faults, { kind: "schema", path, field: "metadata.annotations", message, isBlocking: true }]
}

function finalizerFindings(finalizers: unknown): readonly SchemaFinding[] {
  if (finalizers === undefined || finalizers === null) return []
  if (!Array.isArray(finalizers)) return [refused("schema", ["finalizers"], goJson(finalizers), "must be a list")]
  return finalizers.flatMap((name: unknown, index) => {
    if (typeof name !== "string") return [refused("schema", ["finalizers", index], goValue(name), "must be a text")]
    return labelKeyFaults(name).map((fault) => refused("schema", ["finalizers", index], goQuote(name), fault))
  })
}
