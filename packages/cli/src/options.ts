// Options that several verbs share, read from what the parser gives.
import { readFileSync } from "node:fs"
import { AttacheError } from "@attache/base"
import { defaultSettings, type Profile, type Settings } from "@attache/translate"
import type { Format } from "./output/format.ts"

/** Options as the parser gives them. */
export type Options = Readonly<Record<string, unknown>>

/** A text option, or undefined. */
export function textOf(options: Options, name: string): string | undefined {
  const value = options[name]
  return typeof value === "string" ? value : undefined
}

/** A list option; absent: empty. */
export function listOf(options: Options, name: string): readonly string[] {
  const value = options[name]
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : []
}

/** Whether a switch is on. */
export function isOn(options: Options, name: string): boolean {
  return options[name] === true
}

/** The form of output. */
export function formatOf(options: Options): Format {
  return (textOf(options, "output") ?? "text") as Format
}

/** A number of seconds; absent: 30. Errors: ATT_USAGE_OPTION. */
export function secondsOf(options: Options, name: string): number {
  const seconds = Number(textOf(options, name) ?? "30")
  if (Number.isFinite(seconds) && seconds >= 0) return seconds
  throw usageError(`cannot read --${name}`, "write a number of seconds")
}

/** A usage error: exit 2, with the cure. */
export function usageError(message: string, hint: string): AttacheError {
  return new AttacheError("ATT_USAGE_OPTION", message, { hint })
}

/** Files and folders given with -f. Errors: ATT_USAGE_OPTION when there are none. */
export function pathsOf(options: Options): readonly string[] {
  const paths = listOf(options, "file")
  if (paths.length === 0) throw usageError("no resources given", "name files or folders with -f PATH")
  return paths
}

/** `kubernetes` or `host`. */
export function profileOf(options: Options, absent: Profile): Profile {
  const value = textOf(options, "profile") ?? absent
  if (value === "kubernetes" || value === "host") return value
  throw usageError(`unknown profile ${value}`, "choose kubernetes or host")
}

/** Settings of a profile for files, before any configuration. */
export function profileSettings(profile: Profile, options: Options): Settings {
  const forFiles = {
    ...defaultSettings,
    isBackendEnabled: true,
    isLuaEnabled: true,
    isPatchPolicyEnabled: true,
    hasImpliedNamespaces: true,
  }
  if (profile === "kubernetes") return forFiles
  return {
    ...forFiles,
    profile,
    bindAddress: textOf(options, "bind") ?? "127.0.0.1",
    shiftPortsBelow: firstBindablePort(),
    serviceMap: serviceMapOf(listOf(options, "map")),
  }
}

/** Lowest port this user may bind. */
function firstBindablePort(): number {
  if (process.getuid?.() === 0) return 0
  try {
    return Number(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8")) || 0
  } catch {
    // Not Linux: macOS lets everybody bind any port on all addresses, and the others keep the old border.
    return process.platform === "darwin" ? 0 : 1024
  }
}

function serviceMapOf(entries: readonly string[]): Settings["serviceMap"] {
  return Object.fromEntries(
    entries.map((entry) => {
      const match = /^([^/=:]+\/[^/=:]+:\d+)=(.+:\d+)$/.exec(entry)
      if (match?.[1] === undefined || match[2] === undefined)
        throw usageError(`cannot read --map ${entry}`, "write NAMESPACE/NAME:PORT=HOST:PORT")
      return [match[1], match[2]]
    }),
  )
}

/** An address option `HOST:PORT` or `unix:PATH`. */
export function addressOf(
  text: string,
): { readonly unixPath: string } | { readonly host: string; readonly port: number } {
  if (text.startsWith("unix:")) return { unixPath: text.slice("unix:".length) }
  const colon = text.lastIndexOf(":")
  const port = Number(text.slice(colon + 1))
  if (colon < 0 || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw usageError(`cannot read address ${text}`, "write HOST:PORT or unix:PATH")
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, "") || "127.0.0.1", port }
}

/** Whether an address is this machine's own. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.")
}
