import type { Diagnostic } from "@attache/base"
import { createFileProvider, loadResources } from "@attache/control-plane"
import type { LoadedObject } from "@attache/kube-api"
import { type AnyObject, createTranslator, type Translator, xdsDocument } from "@attache/translate"
import { configurationOf } from "../configuration/configuration.ts"
import { type ExitCode, exitCodes } from "../exit.ts"
import { moduleLoaderFor } from "../module-loader.ts"
import { appliedConfiguration, formatOf, isOn, type Options, pathsOf, secondsOf, textOf } from "../options.ts"
import { documentOf, envelopeOf, printFindings } from "../output/format.ts"
import { profileOf } from "../profile-settings.ts"
import { filesAt } from "../resource-files.ts"
import { settle } from "../settle.ts"

/** Translates resources offline. On success standard output is the bare document, whatever the form. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const profile = profileOf(options, "kubernetes")
  const configuration = configurationOf(options, profile)
  const { settings } = configuration
  const paths = pathsOf(options)
  filesAt(paths)
  const isStrict = isOn(options, "strict")
  const defaultNamespace = textOf(options, "namespace") ?? "envoy-gateway-system"
  const provider = createFileProvider<LoadedObject>(paths, (text, file, previous) =>
    loadResources(text, file, previous, { defaultNamespace, isStrict, ...appliedConfiguration(options) }),
  )
  const translator = createTranslator({
    settings,
    loadModule: moduleLoaderFor(configuration, isOn(options, "offline")),
  })
  for (const { value } of provider.refresh().upserts) translator.upsert(value.object as AnyObject)
  const findings = provider.view().findings
  if (isStrict && findings.some((d) => d.severity === "error")) return refuse(findings, options)
  await settle(translator, secondsOf(options, "timeout"))
  const document = documentFor(translator, options)
  const format = formatOf(options)
  process.stdout.write(await documentOf(format === "json" ? "json" : "yaml", document))
  printFindings(isStrict ? findings : findings.map((d) => ({ ...d, severity: "warning" as const })))
  return isStrict && findings.length > 0 ? exitCodes.findings : exitCodes.done
}

async function refuse(findings: readonly Diagnostic[], options: Options): Promise<ExitCode> {
  const format = formatOf(options)
  if (format === "text") printFindings(findings)
  else process.stdout.write(await documentOf(format, envelopeOf(findings)))
  return exitCodes.findings
}

function documentFor(translator: Translator, options: Options): unknown {
  switch (textOf(options, "to") ?? "xds") {
    case "status":
      return translator.statuses()
    case "plan":
      return translator.plan()
    case "bootstrap":
      return Object.fromEntries(translator.proxyKeys().map((key) => [key, translator.bootstrap(key)]))
    default:
      return xdsDocument(translator, { showSecrets: isOn(options, "showSecrets") })
  }
}
