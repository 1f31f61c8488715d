/**
 * Writes the committed schemas and types of `packages/kube-api` from the published CustomResourceDefinitions.
 *
 * `node scripts/generate-kube-api.ts [--envoy-gateway DIR]` fetches the modules of `tools/kube-api/go.mod` through the Go
 * command (their checksums are verified there), takes the CRD files out of them and our own from `tools/kube-api/core`, and
 * writes `crds/*.json`, `crds/provenance.json`, `gen/kinds.ts` and one `gen/<kind>.ts` per kind. With `--envoy-gateway` the
 * CRDs of that project come from a folder: they are newer than the last module it published. `--check` writes nothing,
 * takes those from the committed files, and fails when anything else differs.
 */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { loadAll, YAML11_SCHEMA } from "js-yaml"
import { typesOfKind } from "./generate-kube-api-types.ts"

/** A JSON schema node of a CRD. */
export type SchemaNode = { [key: string]: unknown }

/** One CRD, reduced to what validation, defaulting and types read. */
export interface CompactCrd {
  readonly group: string
  readonly kind: string
  readonly plural: string
  readonly scope: "Namespaced" | "Cluster" | "Configuration"
  /** Schema as an object, or the name of the version that has the same one. */
  readonly versions: readonly {
    readonly name: string
    readonly served: boolean
    readonly storage: boolean
    readonly deprecationWarning?: string
    readonly schema: SchemaNode | string
  }[]
}

interface Crd {
  metadata: { name: string }
  spec: {
    group: string
    names: { kind: string; plural: string }
    scope: CompactCrd["scope"]
    versions: {
      name: string
      served: boolean
      storage: boolean
      deprecated?: boolean
      deprecationWarning?: string
      schema: { openAPIV3Schema: SchemaNode }
    }[]
  }
}

interface Module {
  readonly Path: string
  readonly Version: string
  readonly Sum: string
  readonly Dir: string
}

const root = join(import.meta.dirname, "..")
const tools = join(root, "tools/kube-api")
const target = join(root, "packages/kube-api")
const sources = {
  "sigs.k8s.io/gateway-api": "config/crd/experimental",
} as const

/** The file of one kind's schemas, without extension, unique over groups. */
export function crdFileName(crd: Pick<CompactCrd, "group" | "plural">): string {
  return crd.group === "" ? crd.plural : `${crd.plural}.${crd.group}`
}

/** A schema without prose, titles and examples; the order of properties is kept. */
export function compactSchema(node: SchemaNode): SchemaNode {
  const out: SchemaNode = {}
  for (const [key, value] of Object.entries(node)) {
    if (key === "description" || key === "title" || key === "example" || key === "externalDocs") continue
    if (key === "properties") {
      const properties: SchemaNode = {}
      for (const [name, sub] of Object.entries(value as SchemaNode)) properties[name] = compactSchema(sub as SchemaNode)
      out[key] = properties
    } else if (key === "items" || key === "not" || (key === "additionalProperties" && typeof value === "object")) {
      out[key] = compactSchema(value as SchemaNode)
    } else if (key === "allOf" || key === "anyOf" || key === "oneOf") {
      out[key] = (value as SchemaNode[]).map(compactSchema)
    } else out[key] = value
  }
  return out
}

/** A CRD in compact form; a version with the schema of an earlier one names it instead of repeating it. */
export function compactCrd(crd: Crd): CompactCrd {
  const seen = new Map<string, string>()
  const ordered = [...crd.spec.versions].sort((a, b) => Number(b.storage) - Number(a.storage))
  const versions = ordered.map((version) => {
    const schema = compactSchema(version.schema.openAPIV3Schema)
    const text = JSON.stringify(schema)
    const same = seen.get(text)
    if (same === undefined) seen.set(text, version.name)
    const warning = version.deprecationWarning
    const deprecation = warning === undefined ? {} : { deprecationWarning: warning }
    return {
      name: version.name,
      served: version.served,
      storage: version.storage,
      ...deprecation,
      schema: same ?? schema,
    }
  })
  const { group, names, scope } = crd.spec
  return { group, kind: names.kind, plural: names.plural, scope, versions }
}

function readCrds(directory: string): Crd[] {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml")
    .sort()
  const textOf = (file: string) => readFileSync(join(directory, file), "utf8")
  const documents = files.flatMap((file) => loadAll(textOf(file), { schema: YAML11_SCHEMA, maxDepth: 500 }))
  return documents.filter((d): d is Crd => (d as { kind?: string } | null)?.kind === "CustomResourceDefinition")
}

function fetchModules(): Module[] {
  const paths = Object.keys(sources)
  const text = execFileSync("go", ["mod", "download", "-json", ...paths], { cwd: tools, encoding: "utf8" })
  const modules = JSON.parse(`[${text.trim().replaceAll(/\}\s*\{/g, "},{")}]`) as Module[]
  return modules.sort((a, b) => (a.Path < b.Path ? -1 : 1))
}

function kindsTable(crds: readonly CompactCrd[]): string {
  const rows = crds.map((crd) => {
    const versions = crd.versions.map(({ schema: _schema, ...version }) => version)
    return `  ${JSON.stringify({ group: crd.group, kind: crd.kind, scope: crd.scope, file: crdFileName(crd), versions })},`
  })
  return [
    "// Written by scripts/generate-kube-api.ts; do not edit.",
    'import type { KindEntry } from "../src/kinds.ts"',
    "",
    "/** Every kind whose schema is shipped, sorted by group and kind; the storage version comes first. */",
    "export const kindTable: readonly KindEntry[] = [",
    ...rows,
    "]",
    "",
  ].join("\n")
}

/** All generated files by path relative to the package. */
export function generateFiles(
  crds: readonly CompactCrd[],
  modules: readonly Omit<Module, "Dir">[],
): Map<string, string> {
  const files = new Map<string, string>()
  for (const crd of crds) {
    files.set(`crds/${crdFileName(crd)}.json`, `${JSON.stringify(crd)}\n`)
    files.set(`gen/${crd.kind.toLowerCase()}.ts`, typesOfKind(crd))
  }
  files.set("gen/kinds.ts", kindsTable(crds))
  const sha256 = Object.fromEntries(
    [...files]
      .filter(([path]) => path.startsWith("crds/"))
      .map(([path, text]) => [path.slice(5), createHash("sha256").update(text).digest("hex")]),
  )
  const provenance = {
    licence: "Apache-2.0",
    channel: "experimental",
    modules: modules.map(({ Path, Version, Sum }) => ({
      path: Path,
      version: Version,
      sum: Sum,
      folder: sources[Path as keyof typeof sources],
    })),
    envoyGateway: {
      commit: "d32f28294245e454d20f81d323d626a90e660c1e",
      version: "v1.9",
      by: "controller-gen 0.20.1, crd:maxDescLen=0,allowDangerousTypes=true paths=github.com/envoyproxy/gateway/api/v1alpha1",
    },
    own: "tools/kube-api/core",
    sha256,
  }
  files.set("crds/provenance.json", `${JSON.stringify(provenance, null, 2)}\n`)
  return files
}

function readCommitted(): Map<string, string> {
  const files = new Map<string, string>()
  for (const folder of ["crds", "gen"]) {
    for (const file of readdirSync(join(target, folder)))
      files.set(`${folder}/${file}`, readFileSync(join(target, folder, file), "utf8"))
  }
  return files
}

/** Envoy Gateway's kinds: from a folder, or as they are committed. */
function envoyGatewayCrds(folder: string | undefined): CompactCrd[] {
  if (folder !== undefined)
    return readCrds(folder)
      .map(compactCrd)
      .filter(({ group }) => group === "gateway.envoyproxy.io")
  return readdirSync(join(target, "crds"))
    .filter((file) => file.endsWith(".gateway.envoyproxy.io.json") && !file.startsWith("envoygateways."))
    .map((file) => JSON.parse(readFileSync(join(target, "crds", file), "utf8")) as CompactCrd)
}

function folderOf(args: readonly string[]): string | undefined {
  const at = args.indexOf("--envoy-gateway")
  return at < 0 ? undefined : args[at + 1]
}

function main(check: boolean, folder: string | undefined): number {
  const modules = fetchModules()
  const found = modules.flatMap((m) => readCrds(join(m.Dir, sources[m.Path as keyof typeof sources])))
  const crds = [...found, ...readCrds(join(tools, "core"))].map(compactCrd).concat(envoyGatewayCrds(folder))
  crds.sort((a, b) => (`${a.group}/${a.kind}` < `${b.group}/${b.kind}` ? -1 : 1))
  const files = generateFiles(crds, modules)
  const committed = readCommitted()
  const differing = [...new Set([...files.keys(), ...committed.keys()])].filter(
    (path) => files.get(path) !== committed.get(path),
  )
  if (!check) {
    mkdirSync(join(target, "crds"), { recursive: true })
    for (const path of committed.keys()) if (!files.has(path)) rmSync(join(target, path))
    for (const [path, text] of files) writeFileSync(join(target, path), text)
  }
  for (const path of differing) console.log(`${check ? "differs" : "wrote"}: packages/kube-api/${path}`)
  console.log(`${crds.length} kinds, ${files.size} files, ${differing.length} ${check ? "differ" : "changed"}`)
  return check && differing.length > 0 ? 1 : 0
}

if (process.argv[1] === import.meta.filename)
  process.exitCode = main(process.argv.includes("--check"), folderOf(process.argv))
