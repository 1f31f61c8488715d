import { AttacheError, type Diagnostic, formatDiagnostic } from "@attache/base"
import { createFileProvider, loadResources, resourceFiles } from "@attache/control-plane"
import type { LoadedObject } from "@attache/kube-api"
import { type ExitCode, exitCodes } from "../exit.ts"
import { formatOf, isOn, type Options, pathsOf, profileOf, settingsOf, textOf } from "../options.ts"
import { documentOf, envelopeOf, styled } from "../output/format.ts"

/** Checks resources: schema and rules, then what they mean together. Exit 3 when there are errors. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const paths = pathsOf(options)
  const files = resourceFiles(paths)
  if (files.length === 0) {
    throw new AttacheError("ATT_FILE_NONE", `no resource files at ${paths.join(", ")}`, {
      hint: "name a YAML or JSON file, or a folder that holds some",
    })
  }
  const defaultNamespace = textOf(options, "namespace") ?? "default"
  const provider = createFileProvider<LoadedObject>(paths, (text, file, previous) =>
    loadResources(text, file, previous, { defaultNamespace, isStrict: false }),
  )
  const { upserts } = provider.refresh()
  const findings = [...provider.view().findings]
  const isSchemaOnly = isOn(options, "schemaOnly")
  if (!isSchemaOnly && !findings.some((d) => d.severity === "error")) {
    const { meaningFindings } = await import("../meaning.ts")
    const settings = await settingsOf(options, profileOf(options, "kubernetes"))
    findings.push(
      ...meaningFindings(
        upserts.map(({ value }) => value),
        settings,
      ),
    )
  }
  await print(options, findings, upserts.length, files.length)
  return findings.some((d) => d.severity === "error") ? exitCodes.findings : exitCodes.done
}

async function print(options: Options, findings: readonly Diagnostic[], objects: number, files: number): Promise<void> {
  const format = formatOf(options)
  if (format !== "text") {
    process.stdout.write(await documentOf(format, envelopeOf(findings, { objects, files })))
    return
  }
  for (const finding of findings) process.stdout.write(`${formatDiagnostic(finding)}\n`)
  const errors = findings.filter((d) => d.severity === "error").length
  const summary = `${objects} objects in ${files} ${files === 1 ? "file" : "files"}: ${errors} errors, ${findings.length - errors} warnings`
  process.stdout.write(`${styled(errors > 0 ? "red" : "green", summary)}\n`)
}
