import { type ExtensionFormat, type ExtensionKind, isTag, parsePlatform, parseReference } from "@attache/oci"
import type { ExitCode } from "../exit.ts"
import { formatOf, isOn, listOf, type Options, textOf, usageError } from "../options.ts"
import { annotationsOfOptions } from "../packages/annotation-options.ts"
import { extensionSource, type SourceFacts } from "../packages/extension-source.ts"
import { openLock } from "../packages/lock-file.ts"
import { pushExtension } from "../packages/push.ts"
import { registryAccessOf, withReference } from "../packages/registry-access.ts"
import { reportFindings } from "../packages/report-findings.ts"

/** Packs an extension and sends it; exit 3 when others have moved its tag since it was locked. */
export async function run(args: readonly string[], options: Options): Promise<ExitCode> {
  const [path = "", to = ""] = args
  const facts = factsOf(to, options)
  const lockFile = openLock(options)
  const source = await extensionSource(path, facts)
  const pushed = await withReference(to, registryAccessOf(options), (opened, signal) =>
    pushExtension(source.contents, opened, {
      format: (textOf(options, "format") ?? "image") as ExtensionFormat,
      update: isOn(options, "update"),
      signal,
      ...(lockFile === undefined ? {} : { lockFile }),
    }),
  )
  const format = formatOf(options)
  if ("severity" in pushed) return reportFindings(format, [...source.warnings, pushed], undefined, () => undefined)
  const { reference, digest, kind, name, version } = pushed
  return reportFindings(format, source.warnings, pushed, () => `${reference}@${digest}  ${kind} ${name} ${version}`)
}

function factsOf(to: string, options: Options): SourceFacts {
  const reference = parseReference(to)
  if (reference.digest !== undefined) throw usageError("a push cannot choose its digest", "name a tag instead")
  const tag = reference.tag !== undefined && isTag(reference.tag) ? reference.tag : undefined
  const [kind, name, version] = [textOf(options, "kind"), textOf(options, "name"), textOf(options, "release")]
  return {
    annotations: annotationsOfOptions(options),
    platforms: listOf(options, "platform").flatMap((text) => text.split(",").map(parsePlatform)),
    ...(kind === undefined ? {} : { kind: kind as ExtensionKind }),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(tag === undefined ? {} : { tag }),
    ...(reference.kind === "registry" ? { repository: reference.repository } : {}),
  }
}
