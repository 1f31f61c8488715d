// The product's own schemas, installed in an API server as CustomResourceDefinitions.
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type KindEntry, knownKinds } from "@attache/kube-api"
import type { ApiServer } from "./api-server.ts"

/** A schema node, as far as objects are generated from it. */
export interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly allOf?: readonly Schema[]
  readonly default?: unknown
  readonly minimum?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly "x-kubernetes-int-or-string"?: boolean
}

interface CompactCrd {
  readonly group: string
  readonly kind: string
  readonly plural: string
  readonly scope: string
  readonly versions: readonly {
    readonly name: string
    readonly served: boolean
    readonly storage: boolean
    readonly deprecationWarning?: string
    readonly schema: Schema | string
  }[]
}

function readCrd({ file }: KindEntry): CompactCrd {
  const url = import.meta.resolve(`@attache/kube-api/crds/${file}.json`)
  return JSON.parse(readFileSync(fileURLToPath(url), "utf8")) as CompactCrd
}

/** Kinds that an API server knows through a CustomResourceDefinition only. */
export function customKinds(): readonly KindEntry[] {
  const builtIn = ["", "discovery.k8s.io", "certificates.k8s.io"]
  return knownKinds().filter(({ group, scope }) => !builtIn.includes(group) && scope !== "Configuration")
}

/** Path of a kind's collection of objects in one version. */
export function collectionPath(entry: KindEntry, version: string, namespace: string): string {
  const base = `/apis/${entry.group}/${version}`
  const { plural } = readCrd(entry)
  return entry.scope === "Namespaced" ? `${base}/namespaces/${namespace}/${plural}` : `${base}/${plural}`
}

/** Schema of a kind's stored version. */
export function storedSchema(entry: KindEntry): Schema {
  return readCrd(entry).versions[0]?.schema as Schema
}

/** Installs the kinds' schemas and waits until their objects are served. */
export async function installCrds(server: ApiServer, kinds: readonly KindEntry[]): Promise<void> {
  for (const entry of kinds) {
    const crd = definitionOf(readCrd(entry))
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    const { status, body } = await server.send("POST", path, crd)
    if (status !== 201) throw new Error(`${crd.metadata.name} was refused: ${JSON.stringify(body)}`)
  }
  for (const entry of kinds) {
    const path = collectionPath(entry, entry.versions[0]?.name ?? "", "default")
    while ((await server.send("GET", path)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function definitionOf({ group, kind, plural, scope, versions }: CompactCrd) {
  const schemaOf = (schema: Schema | string): Schema | string =>
    typeof schema === "string" ? schemaOf(versions.find(({ name }) => name === schema)?.schema ?? "") : schema
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${group}`,
      annotations: { "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api" },
    },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: versions.map(({ name, served, storage, deprecationWarning, schema }) => ({
        name,
        served,
        storage,
        ...(deprecationWarning === undefined ? {} : { deprecated: true, deprecationWarning }),
        subresources: { status: {} },
        schema: { openAPIV3Schema: schemaOf(schema) },
      })),
    },
  }
}
