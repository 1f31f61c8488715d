// Reads a corpus of recorded guests: a folder for each module with `config.yaml`, `module.wasm` and `transcript.json`.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { parse } from "yaml"

/** A plugin behind the first one in the filter chain, of the same module or of another in the guest's folder. */
export interface PluginBehind
  extends Pick<CaseConfig, "name" | "root_id" | "vm_id" | "configuration" | "plugin" | "vm"> {
  /** File name, default `module.wasm`. */
  readonly module?: string
  /** The file's bytes, set by the reader. */
  readonly bytes: Uint8Array
}

/** What a case changes about the plugin and the proxy. */
export interface CaseConfig {
  readonly behind?: readonly PluginBehind[]
  /** What is asked, for recording; a recording keeps it with the answers. */
  readonly steps?: readonly Step[]
  readonly name?: string
  readonly root_id?: string
  readonly vm_id?: string
  readonly configuration?: string
  readonly plugin?: Readonly<Record<string, unknown>>
  readonly vm?: Readonly<Record<string, unknown>>
  readonly routes?: readonly Readonly<Record<string, unknown>>[]
  readonly env?: Readonly<Record<string, string>>
  readonly concurrency?: number
  readonly complog?: string
  readonly log?: string
  readonly settle?: number
  readonly statFilter?: string
  readonly network?: boolean
  readonly listenerExtra?: Readonly<Record<string, unknown>>
  readonly node?: { readonly id?: string; readonly cluster?: string }
}

/** One header as recorded. */
export type Header = readonly [string, string]

/** What the client got. */
export interface ClientRecord {
  readonly status?: number
  readonly headers?: readonly Header[]
  readonly body?: string
  readonly trailers?: readonly Header[]
  readonly error?: string
  readonly timeout?: boolean
  readonly incomplete?: boolean
}

/** A request as the recorder sent it. */
export interface RequestRecord {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
  readonly bodySize?: number
  readonly chunks?: readonly string[]
  readonly trailers?: Readonly<Record<string, string>>
  readonly timeout?: number
  readonly parallel?: number
}

/** One step of a case. */
export interface Step {
  readonly request?: RequestRecord
  readonly sleepMs?: number
  readonly admin?: string
  /** Body of an admin answer. */
  readonly body?: string
  /** Pieces of a TCP client. */
  readonly sent?: readonly string[]
  readonly upstreamReceived?: readonly string[]
  readonly upstream?: readonly Readonly<Record<string, unknown>>[]
  readonly client?: ClientRecord | readonly ClientRecord[] | readonly string[]
  readonly log?: readonly string[]
}

/** What a proxy did in one case. */
export interface Transcript {
  readonly started: boolean
  readonly exit: { readonly code: number | null; readonly sig: string | null }
  readonly neededSigkill?: boolean
  readonly startLog: readonly string[]
  readonly steps: readonly Step[]
  readonly stats: readonly string[]
  readonly endLog: readonly string[]
  readonly accessLog?: readonly string[]
}

/** One recorded case. */
export interface WasmCase {
  /** `folder/case`. */
  readonly name: string
  readonly module: Uint8Array
  readonly config: CaseConfig
  readonly expected: Transcript
}

/** Cases of a corpus in order of name. */
export function readWasmCorpus(folder: string): readonly WasmCase[] {
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isDirectory() && hasFile(join(folder, name, "transcript.json")))
    .sort()
    .flatMap((name) => readGuest(join(folder, name), name))
}

/** A guest before it is recorded. */
export interface GuestInputs {
  readonly module: Uint8Array
  /** What every case has unless it says otherwise. */
  readonly defaults: CaseConfig
  /** Cases by name, defaults applied. */
  readonly cases: readonly (readonly [name: string, config: CaseConfig])[]
}

/** Module and cases of a guest's folder; undefined for any other folder. */
export function readGuestInputs(folder: string): GuestInputs | undefined {
  const path = join(folder, "config.yaml")
  if (!existsSync(path)) return undefined
  const config = parse(readFileSync(path, "utf8")) as {
    readonly defaults?: CaseConfig
    readonly cases?: Readonly<Record<string, CaseConfig | null>>
  }
  const cases = Object.entries(config.cases ?? {}).map(
    ([name, own]) => [name, withModules(folder, { ...config.defaults, ...own })] as const,
  )
  return { module: readModule(folder), defaults: config.defaults ?? {}, cases }
}

function readGuest(folder: string, name: string): readonly WasmCase[] {
  const guest = readGuestInputs(folder)
  if (guest === undefined) return []
  const configs = new Map(guest.cases)
  const text = new TextDecoder().decode(readPacked(join(folder, "transcript.json")))
  const transcripts = JSON.parse(text) as Readonly<Record<string, Transcript>>
  return Object.entries(transcripts).map(([key, expected]) => ({
    name: `${name}/${key}`,
    module: guest.module,
    config: configs.get(key) ?? guest.defaults,
    expected,
  }))
}

function withModules(folder: string, config: CaseConfig): CaseConfig {
  if (config.behind === undefined) return config
  return { ...config, behind: config.behind.map((own) => ({ ...own, bytes: readModule(folder, own.module) })) }
}

function readModule(folder: string, name = "module.wasm"): Uint8Array {
  return readPacked(join(folder, name))
}

/** A file, or the one that is packed beside its place. */
function readPacked(path: string): Uint8Array {
  return existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`))
}

function hasFile(path: string): boolean {
  return existsSync(path) || existsSync(`${path}.gz`)
}
