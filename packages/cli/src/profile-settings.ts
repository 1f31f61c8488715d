// Apart from the other options, since it brings the translator along, which verbs about packages need not load.
import { readFileSync } from "node:fs"
import { defaultSettings, type Profile, type Settings } from "@attache/translate"
import { listOf, type Options, textOf, usageError } from "./options.ts"

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
