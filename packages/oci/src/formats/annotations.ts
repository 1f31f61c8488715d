/** What an extension is, as the proxy sees it; `composer` is a library with several Go filters in it. */
export type ExtensionKind = "wasm" | "dynamic-module" | "go-plugin" | "lua" | "composer" | "ext-proc"

/** All kinds. */
export const extensionKinds: readonly ExtensionKind[] = [
  "wasm",
  "dynamic-module",
  "go-plugin",
  "lua",
  "composer",
  "ext-proc",
]

/** Standard annotations. Source: OCI image specification 1.1, "Pre-Defined Annotation Keys". */
export const standardAnnotations = {
  title: "org.opencontainers.image.title",
  version: "org.opencontainers.image.version",
  description: "org.opencontainers.image.description",
  authors: "org.opencontainers.image.authors",
  licenses: "org.opencontainers.image.licenses",
  source: "org.opencontainers.image.source",
  revision: "org.opencontainers.image.revision",
  created: "org.opencontainers.image.created",
} as const

const prefix = "io.tetratelabs.built-on-envoy.extension."

/** Annotations that Built On Envoy's client reads. Source: built-on-envoy b911ffa, `cli/internal/extensions`. */
export const boeAnnotations = {
  type: `${prefix}type`,
  filterType: `${prefix}filter_type`,
  version: `${prefix}version`,
  composerVersion: `${prefix}composer_version`,
  artifact: `${prefix}artifact`,
  cshared: `${prefix}cshared`,
} as const

/** Annotations of a manifest or index. */
export type Annotations = Readonly<Record<string, string>>

/** What annotations say of an extension; fields are absent where they say nothing, or nothing known. */
export interface AnnotatedFacts {
  readonly kind?: ExtensionKind
  readonly name?: string
  readonly version?: string
  readonly artifact?: "binary" | "source"
  readonly filterTypes?: readonly string[]
  readonly composerVersion?: string
}

/** Reads the annotations that Built On Envoy and we write. */
export function factsOf(annotations: Annotations): AnnotatedFacts {
  const kind = kindOf(annotations)
  const name = annotations[standardAnnotations.title]
  const version = annotations[standardAnnotations.version] ?? annotations[boeAnnotations.version]
  const artifact = annotations[boeAnnotations.artifact]
  const filterTypes = annotations[boeAnnotations.filterType]?.split(",").filter((each) => each !== "")
  const composerVersion = annotations[boeAnnotations.composerVersion]
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(isGiven(name) ? { name } : {}),
    ...(isGiven(version) ? { version } : {}),
    ...(artifact === "binary" || artifact === "source" ? { artifact } : {}),
    ...(filterTypes === undefined || filterTypes.length === 0 ? {} : { filterTypes }),
    ...(isGiven(composerVersion) ? { composerVersion } : {}),
  }
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== ""
}

function kindOf(annotations: Annotations): ExtensionKind | undefined {
  const type = annotations[boeAnnotations.type]
  if (type === "go") return annotations[boeAnnotations.cshared] === "true" ? "dynamic-module" : "go-plugin"
  if (type === "rust") return "dynamic-module"
  if (type === "ext_proc") return "ext-proc"
  return extensionKinds.find((kind) => kind === type)
}
