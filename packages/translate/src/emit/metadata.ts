import type { JsonObject, JsonValue } from "@bufbuild/protobuf"
import type { ResourceMetadata } from "../plan/index.ts"

/**
 * `metadata` that names the Kubernetes object a resource stands for, under Envoy Gateway's key `envoy-gateway`.
 *
 * Undefined without an object. Keys are in sorted order.
 */
export function resourceMetadata(
  of: ResourceMetadata | undefined,
): { filterMetadata: Record<string, JsonObject> } | undefined {
  if (of === undefined) return undefined
  const resource: Record<string, JsonValue> = {}
  if (of.annotations !== undefined && Object.keys(of.annotations).length > 0)
    resource.annotations = sorted(of.annotations)
  resource.kind = of.kind
  resource.name = of.name
  resource.namespace = of.namespace
  if (of.sectionName !== undefined && of.sectionName !== "") resource.sectionName = of.sectionName
  const envoyGateway: JsonObject = {}
  if (of.policies !== undefined && of.policies.length > 0)
    envoyGateway.policies = of.policies.map((p) => ({ kind: p.kind, name: p.name, namespace: p.namespace }))
  envoyGateway.resources = [resource]
  return { filterMetadata: { "envoy-gateway": envoyGateway } }
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}
