// Reads a corpus of recorded cases: a folder for each case, in the form of Envoy Gateway's translation goldens.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"

/** One recorded case. Documents are read on demand. */
export interface Case {
  readonly name: string
  readonly tier: string
  readonly tags: readonly string[]
  /** Kinds in the input; empty when the corpus has no index. */
  readonly kinds: readonly string[]
  readonly folder: string
  /** Who recorded it: the peer's translator as its control plane runs it, or its command `egctl`. */
  readonly recordedFrom: "translator" | "egctl"
  /** File with the expected xDS: what a running Envoy Gateway gives, CRD defaults and sorting applied. */
  readonly xdsFile: string | undefined
  readonly statusFile: string | undefined
  /** File with the expected xDS under naming scheme v2. */
  readonly xdsV2File: string | undefined
}

/** What a case's `config.yaml` holds. */
export interface CaseConfig {
  readonly envoyGateway: Readonly<Record<string, unknown>>
  readonly settings: {
    readonly controllerNamespace?: string
    readonly dnsDomain?: string
    readonly wasmCache?: "mock" | "none"
    /** Some cases state it only here. */
    readonly mergeBackends?: boolean
    readonly gatewayClassName?: string
  }
  /** Default EnvoyProxy spec; the only one without a Kubernetes kind. */
  readonly envoyProxy?: Readonly<Record<string, unknown>>
}

interface IndexEntry {
  readonly name: string
  readonly tier?: string
  readonly tags?: readonly string[]
  readonly kinds?: Readonly<Record<string, number>>
}

/** Either makes a folder a case; a case of `egctl` has the arguments of the call. */
const inputFiles = ["resources.yaml", "args.txt"]

/** Cases of a corpus in order of name. Tier and tags come from `index.json` where there is one. */
export function readCorpus(folder: string): readonly Case[] {
  const index = new Map<string, IndexEntry>()
  const indexFile = join(folder, "index.json")
  if (existsSync(indexFile)) {
    for (const entry of (JSON.parse(readFileSync(indexFile, "utf8")) as { cases: readonly IndexEntry[] }).cases)
      index.set(entry.name, entry)
  }
  return readdirSync(folder)
    .filter(
      (name) => statSync(join(folder, name)).isDirectory() && inputFiles.some((f) => existsSync(join(folder, name, f))),
    )
    .sort()
    .map((name) => caseOf(join(folder, name), name, index.get(name)))
}

function caseOf(folder: string, name: string, entry: IndexEntry | undefined): Case {
  const first = (...files: readonly string[]): string | undefined =>
    files.map((f) => join(folder, f)).find((f) => existsSync(f))
  return {
    name,
    tier: entry?.tier ?? "untiered",
    tags: entry?.tags ?? [],
    kinds: Object.keys(entry?.kinds ?? {}),
    folder,
    recordedFrom: existsSync(join(folder, "resources.yaml")) ? "translator" : "egctl",
    xdsFile: first("xds.defaulted.yaml", "xds.yaml"),
    statusFile: first("status.defaulted.yaml", "status.yaml"),
    xdsV2File: first("xds.v2.yaml"),
  }
}

/** A YAML file as plain data; texts that look like dates stay texts. */
export function readYaml(file: string): unknown {
  return parse(readFileSync(file, "utf8"), { maxAliasCount: 10_000 })
}

/** The case's configuration. */
export function readConfig(folder: string): CaseConfig {
  const file = join(folder, "config.yaml")
  const config = existsSync(file) ? (readYaml(file) as Partial<CaseConfig>) : {}
  return { ...config, envoyGateway: config.envoyGateway ?? {}, settings: config.settings ?? {} }
}
