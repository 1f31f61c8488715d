// The manifest.yaml that Built On Envoy wants beside an extension, as far as it tells what goes into annotations.
import { readFileSync } from "node:fs"
import type { Diagnostic } from "@attache/base"
import { type Annotations, standardAnnotations } from "@attache/oci"

/** What a manifest says of its extension; what is absent or of another type is left out. */
export interface ManifestFacts {
  readonly name?: string
  readonly version?: string
  /** Lua's script may be in the manifest itself, so that no other file tells what it is. */
  readonly kind?: "lua"
  /** Go libraries share a runtime and are told apart. */
  readonly language?: "go"
  readonly filterTypes?: readonly string[]
  readonly composerVersion?: string
  readonly annotations: Annotations
  /** Why it cannot be read; whoever pulls it with Built On Envoy's client will hear of it. Codes: ATT_YAML_*. */
  readonly warnings: readonly Diagnostic[]
}

const limits = { bytes: 1024 * 1024, documents: 1, nodes: 100_000 } as const

/** Reads a manifest. Source: built-on-envoy b911ffa, `extensions/manifest.schema.json`. */
export async function readManifestFacts(file: string): Promise<ManifestFacts> {
  // Few packages have one, and a reader of YAML takes a while to load.
  const { readYaml } = await import("@attache/kube-api")
  const { documents, diagnostics } = readYaml(readFileSync(file, "utf8"), file, limits)
  const warnings = diagnostics.map((each) => ({ ...each, severity: "warning" as const }))
  const fields = documents[0]?.value
  if (typeof fields !== "object" || fields === null) return { annotations: {}, warnings }
  return { ...factsIn(fields as Readonly<Record<string, unknown>>), warnings }
}

function factsIn(fields: Readonly<Record<string, unknown>>): Omit<ManifestFacts, "warnings"> {
  const text = (name: string): string | undefined => {
    const value = fields[name]
    return typeof value === "string" && value !== "" ? value : undefined
  }
  const [name, version, composerVersion] = [text("name"), text("version"), text("composerVersion")]
  const { filterType = [] } = fields
  const filterTypes = (Array.isArray(filterType) ? filterType : [filterType]).filter((each) => typeof each === "string")
  const annotations = {
    [standardAnnotations.authors]: text("author"),
    [standardAnnotations.description]: text("description"),
    [standardAnnotations.licenses]: text("license"),
  }
  const given = Object.entries(annotations).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(fields.type === "lua" ? { kind: "lua" as const } : {}),
    ...(fields.type === "go" ? { language: "go" as const } : {}),
    ...(filterTypes.length === 0 ? {} : { filterTypes }),
    ...(composerVersion === undefined ? {} : { composerVersion }),
    annotations: Object.fromEntries(given),
  }
}
