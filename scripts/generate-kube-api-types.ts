/** TypeScript types of one CRD: interfaces named by their path, equal shapes written once. */
import type { CompactCrd, SchemaNode } from "./generate-kube-api.ts"

interface Naming {
  readonly byShape: Map<string, string>
  readonly taken: Set<string>
  readonly text: string[]
}

/**
 * The types module of a kind, from the schema of its storage version.
 *
 * The object's interface has the kind's name and its fields are `Kind` + path (`HTTPRouteRuleBackendRef`; `spec` is
 * left out, list items are singular). A field is optional unless the schema requires it.
 */
export function typesOfKind(crd: CompactCrd): string {
  const storage = crd.versions[0]?.schema as SchemaNode
  const naming: Naming = { byShape: new Map(), taken: new Set([crd.kind]), text: [] }
  const required = new Set((storage.required as string[] | undefined) ?? [])
  const fields = Object.entries((storage.properties as Record<string, SchemaNode> | undefined) ?? {})
    .filter(([name]) => name !== "apiVersion" && name !== "kind" && name !== "metadata")
    .map(([name, node]) => {
      const type = typeOf(
        node,
        name === "spec" ? `${crd.kind}Spec` : crd.kind + pascal(name),
        crd.kind + (name === "spec" ? "" : pascal(name)),
        naming,
      )
      return `  readonly ${name}${required.has(name) ? "" : "?"}: ${type}\n`
    })
  const imports = [
    "KubeResource",
    ...(naming.text.concat(fields).some((t) => t.includes("JsonValue")) ? ["JsonValue"] : []),
  ].sort()
  return [
    "// Written by scripts/generate-kube-api.ts; do not edit.",
    `import type { ${imports.join(", ")} } from "../src/kube-object.ts"`,
    "",
    `/** ${crd.kind} of ${crd.group === "" ? "the core group" : crd.group}, in the shape of ${crd.versions[0]?.name}. */`,
    `export interface ${crd.kind} extends KubeResource {\n  readonly kind: "${crd.kind}"\n${fields.join("")}}`,
    "",
    ...naming.text,
  ].join("\n")
}

function typeOf(node: SchemaNode, name: string, prefix: string, naming: Naming): string {
  const type = plainTypeOf(node, name, prefix, naming)
  return node.nullable === true ? `${type} | null` : type
}

function plainTypeOf(node: SchemaNode, name: string, prefix: string, naming: Naming): string {
  if (node["x-kubernetes-int-or-string"] === true) return "number | string"
  if (Array.isArray(node.enum)) return node.enum.map((v) => JSON.stringify(v)).join(" | ")
  switch (node.type) {
    case "string":
      return "string"
    case "integer":
    case "number":
      return "number"
    case "boolean":
      return "boolean"
    case "array":
      return `ReadonlyArray<${typeOf(node.items as SchemaNode, singular(name), singular(prefix), naming)}>`
    case "object":
      return objectType(node, name, prefix, naming)
    default:
      return "JsonValue"
  }
}

function objectType(node: SchemaNode, name: string, prefix: string, naming: Naming): string {
  const properties = node.properties as Record<string, SchemaNode> | undefined
  if (properties === undefined) {
    const values = node.additionalProperties
    const open = typeof values !== "object" || values === null
    return `{ readonly [key: string]: ${open ? "JsonValue" : typeOf(values as SchemaNode, `${name}Value`, `${prefix}Value`, naming)} }`
  }
  const required = new Set((node.required as string[] | undefined) ?? [])
  const lines = Object.entries(properties).map(([key, sub]) => {
    const path = prefix + pascal(key)
    return `  readonly ${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}${required.has(key) ? "" : "?"}: ${typeOf(sub, path, path, naming)}\n`
  })
  const shape = lines.join("")
  const known = naming.byShape.get(shape)
  if (known !== undefined) return known
  let free = name
  for (let i = 2; naming.taken.has(free); i++) free = name + i
  naming.taken.add(free)
  naming.byShape.set(shape, free)
  naming.text.push(`export interface ${free} {\n${shape}}\n`)
  return free
}

function pascal(name: string): string {
  return (
    name.charAt(0).toUpperCase() +
    name.slice(1).replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, c: string | undefined) => (c ?? "").toUpperCase())
  )
}

function singular(name: string): string {
  if (/ies$/.test(name)) return `${name.slice(0, -3)}y`
  if (/(ch|sh|ss|x)es$/.test(name)) return name.slice(0, -2)
  return /[^s]s$/.test(name) ? name.slice(0, -1) : `${name}Item`
}
