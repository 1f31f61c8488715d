// Which kinds are known, and their schemas, loaded when first asked for.
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { kindTable } from "../gen/kinds.ts"
import type { SchemaNode } from "./schema/schema-node.ts"

/** One known kind. */
export interface KindEntry {
  /** Empty for the core group. */
  readonly group: string
  readonly kind: string
  /** `Configuration` documents configure the control plane and are no objects. */
  readonly scope: "Namespaced" | "Cluster" | "Configuration"
  /** File name of the schemas, without extension. */
  readonly file: string
  /** Storage version first. */
  readonly versions: readonly KindVersion[]
}

/** A version of a kind. */
export interface KindVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecationWarning?: string
}

const byName = new Map(kindTable.map((entry) => [`${entry.group}/${entry.kind}`, entry]))
const schemas = new Map<string, ReadonlyMap<string, SchemaNode>>()

/** All kinds whose schema is known. */
export function knownKinds(): readonly KindEntry[] {
  return kindTable
}

/** A kind by API version and name; the version may be any of the group's. */
export function findKind(apiVersion: string, kind: string): KindEntry | undefined {
  return byName.get(`${groupOf(apiVersion)}/${kind}`)
}

/** Group of an API version; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/")
  return slash < 0 ? "" : apiVersion.slice(0, slash)
}

/** Version inside an API version. */
export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf("/") + 1)
}

interface CrdFile {
  /** Versions with the same schema have one: the others name the version that holds it. */
  readonly versions: readonly { readonly name: string; readonly schema: SchemaNode | string }[]
}

/** Schema of a kind in a version, else in its storage version. Read from disk once for each kind. */
export function schemaOf(entry: KindEntry, version: string): SchemaNode {
  let byVersion = schemas.get(entry.file)
  if (byVersion === undefined) {
    byVersion = readSchemas(entry.file)
    schemas.set(entry.file, byVersion)
  }
  const schema = byVersion.get(version) ?? byVersion.get(entry.versions[0]?.name ?? "")
  if (schema === undefined) throw new Error(`${entry.file} has no schema of ${version}`)
  return schema
}

function readSchemas(file: string): ReadonlyMap<string, SchemaNode> {
  const url = import.meta.resolve(`@attache/kube-api/crds/${file}.json`)
  const { versions } = JSON.parse(readFileSync(fileURLToPath(url), "utf8")) as CrdFile
  const found = new Map<string, SchemaNode>()
  for (const { name, schema } of versions) {
    const own = typeof schema === "string" ? found.get(schema) : schema
    if (own !== undefined) found.set(name, own)
  }
  return found
}
