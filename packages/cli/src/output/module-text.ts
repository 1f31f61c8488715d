// What a Wasm module's file says about itself, for people.
import { formatDiagnostic, printable } from "@attache/base"
import type { Fit, Inspection } from "@attache/wasm-host"
import type { InspectedFile } from "../packages/inspect.ts"

/** A module's facts, one to a line; names from the file without what could move a cursor. */
export function textOfModuleFile({ file, sha256, facts }: InspectedFile): string {
  const { origin, load } = facts
  const rows: readonly (readonly [name: string, text: string])[] = [
    ["sha256", sha256],
    ["Envoy 1.40", load.isLikely ? "loads it" : `refuses it: ${load.reason}`],
    ["ABI", facts.abiVersion ?? "no marker that Envoy knows"],
    ["made with", [origin.language, origin.compiler].filter((part) => part !== undefined).join(", ") || "unknown"],
    ["SDK", origin.sdk ?? "none that is known"],
    ["starts with", startOf(facts)],
    ["allocator", facts.allocator ?? "none"],
    ["memory", memoryOf(facts)],
    ["functions", `${facts.functions}, ${facts.namedFunctions} with names`],
    ["size", `${facts.bytes} bytes: ${sectionsOf(facts)}`],
    ["callbacks", namesOf(facts.callbacks)],
    ["imports", namesOf(facts.imports)],
  ]
  const misfits = [...facts.callbacks, ...facts.imports].filter(({ verdict }) => verdict !== "fits")
  const lines = [
    file,
    ...rows.map(([name, text]) => `  ${name.padEnd(11)} ${text}`),
    ...misfits.map(misfit),
    ...facts.findings.map((finding) => `  ${formatDiagnostic(finding)}`),
  ]
  return lines.map((line) => `${printable(line)}\n`).join("")
}

function startOf({ start, hasStartSection }: Inspection): string {
  const section = hasStartSection ? " after a Wasm start section" : ""
  return `${start ?? "nothing of its own"}${section}`
}

function memoryOf({ memory }: Inspection): string {
  if (memory === undefined) return "none"
  const { initialPages, maximumPages } = memory
  const most = maximumPages === undefined ? "no maximum of its own" : `at most ${maximumPages}`
  return `${initialPages} pages of 64 KiB, ${most}`
}

/** Sections from large to small; custom ones by their names. */
function sectionsOf({ sections }: Inspection): string {
  const bySize = [...sections].sort((a, b) => b.bytes - a.bytes)
  return bySize.map(({ name, bytes }) => `${name} ${bytes}`).join(", ")
}

function namesOf(fits: readonly Fit[]): string {
  return fits.length === 0 ? "none" : fits.map(({ name }) => name).join(", ")
}

function misfit({ name, verdict, type, envoyType }: Fit): string {
  return verdict === "missing"
    ? `  ${name} is nothing Envoy 1.40 knows (${type})`
    : `  ${name} is ${type}, and Envoy 1.40 has ${envoyType}`
}
