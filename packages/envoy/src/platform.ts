import { release } from "node:os"
import { failure } from "./failure.ts"
import { compareVersions, type EnvoyLock, envoyLock, type Platform } from "./versions.ts"

/** What decides which Envoy runs on a machine. */
export interface MachineFacts {
  /** As `process.platform`. */
  readonly os: string
  /** As `process.arch`. */
  readonly arch: string
  /** Version of glibc; absent where the C library is another one, such as musl. */
  readonly glibc?: string
  /** Version of the kernel, as `uname -r`. */
  readonly kernel: string
}

/** Facts of this machine. */
export function readMachineFacts(): MachineFacts {
  const base = { os: process.platform, arch: process.arch, kernel: release() }
  if (process.platform !== "linux") return base
  // The report walks the network interfaces by default, which can take long.
  Reflect.set(process.report, "excludeNetwork", true)
  const report: unknown = process.report.getReport()
  const glibc = glibcOf(report)
  return glibc === undefined ? base : { ...base, glibc }
}

/**
 * The platform of the lock file that fits a machine.
 *
 * @throws AttacheError ATT_ENVOY_UNSUPPORTED_PLATFORM naming what does not fit
 */
export function platformOf(facts: MachineFacts, lock: EnvoyLock = envoyLock): Platform {
  const refuse = (why: string) =>
    failure("ATT_ENVOY_UNSUPPORTED_PLATFORM", `no Envoy is built for this machine: ${why}`, {
      facts: { os: facts.os, arch: facts.arch, glibc: facts.glibc ?? "none" },
    })
  if (facts.os === "linux") {
    if (facts.arch !== "x64" && facts.arch !== "arm64") throw refuse(`the processor is ${facts.arch}`)
    if (facts.glibc === undefined) throw refuse("its C library is not glibc")
    if (compareVersions(facts.glibc, lock.oldestGlibc) < 0) {
      throw refuse(`glibc ${facts.glibc} is older than ${lock.oldestGlibc}`)
    }
    return facts.arch === "x64" ? "linux-x64" : "linux-arm64"
  }
  if (facts.os !== "darwin") throw refuse(`the system is ${facts.os}`)
  if (facts.arch !== "arm64") throw refuse("the processor is not an Apple one")
  if (compareVersions(facts.kernel, `${lock.oldestDarwin}.0.0`) < 0) throw refuse("macOS is older than 15")
  return "darwin-arm64"
}

/** The directory name of a machine in the cache, without judging whether an Envoy exists for it. */
export function platformDirectory(
  facts: Pick<MachineFacts, "os" | "arch"> = { os: process.platform, arch: process.arch },
): string {
  return `${facts.os}-${facts.arch}`
}

function glibcOf(report: unknown): string | undefined {
  if (typeof report !== "object" || report === null || !("header" in report)) return undefined
  const header = report.header
  if (typeof header !== "object" || header === null || !("glibcVersionRuntime" in header)) return undefined
  return typeof header.glibcVersionRuntime === "string" ? header.glibcVersionRuntime : undefined
}
