import type { Diagnostic } from "@attache/base"
import type { ExitCode } from "../exit.ts"
import { formatOf, type Options, textOf } from "../options.ts"
import { type PulledExtension, pullExtension, pullPacked } from "../packages/pull.ts"
import { pullOptionsOf } from "../packages/pull-options.ts"
import { registryAccessOf, withReference } from "../packages/registry-access.ts"
import { reportFindings } from "../packages/report-findings.ts"

/** Fetches an extension into a folder; exit 3 when its tag has moved or its signatures are refused. */
export async function run([reference = ""]: readonly string[], options: Options): Promise<ExitCode> {
  const folder = textOf(options, "path") ?? ""
  const optionsFor = await pullOptionsOf(options)
  const pull = options.unpack === false ? pullPacked : pullExtension
  const pulled = await withReference(reference, registryAccessOf(options), (opened, signal) =>
    pull(opened, { ...optionsFor(opened, signal), folderFor: () => folder }),
  )
  return reportPulled(pulled, options, ({ path, kind, name = "", version = "", digest }) =>
    [path, ` ${kind}`, name, version, digest].filter((part) => part !== "").join(" "),
  )
}

/** Prints what was pulled, or why nothing was. */
export async function reportPulled(
  pulled: PulledExtension | readonly Diagnostic[],
  options: Options,
  text: (pulled: PulledExtension) => string,
): Promise<ExitCode> {
  const format = formatOf(options)
  if (!("path" in pulled)) return reportFindings(format, pulled, undefined, () => undefined)
  const { warnings, ...data } = pulled
  return reportFindings(format, warnings, data, () => text(pulled))
}
