import { type Diagnostic, formatDiagnostic } from "@attache/base"
import { createFileProvider, loadResources } from "@attache/control-plane"
import type { LoadedObject, YamlDocument } from "@attache/kube-api"
import type { AnyObject, ModuleLoader } from "@attache/translate"
import type { Configuration } from "../configuration/configuration.ts"
import { type ExitCode, exitCodes } from "../exit.ts"
import type { EnvoyReport } from "../judge/judge-by-envoy.ts"
import { formatOf, isOn, type Options, pathsOf, secondsOf, textOf, usageError } from "../options.ts"
import { documentOf, envelopeOf, styled } from "../output/format.ts"
import { profileOf } from "../profile-settings.ts"
import { filesAt } from "../resource-files.ts"

/** Checks resources: schema and rules, what they mean together, and on request what Envoy says. Exit 3 when there are errors. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const isJudged = isOn(options, "envoy")
  if (isJudged && isOn(options, "schemaOnly"))
    throw usageError("--envoy and --schema-only exclude each other", "leave one of them out")
  const { objects, figures, findings: read } = await readResources(options)
  const findings = [...read]
  const isWhole = !isOn(options, "schemaOnly") && !hasErrors(findings)
  const judged = isWhole ? await judgeMeaning(objects, isJudged, options) : { findings: [] }
  findings.push(...judged.findings)
  await print(options, findings, { ...figures, ...(judged.report === undefined ? {} : { envoy: judged.report }) })
  return hasErrors(findings) ? exitCodes.findings : exitCodes.done
}

interface Figures {
  readonly objects: number
  /** Documents that configure the control plane. */
  readonly configurations: number
  readonly files: number
  readonly envoy?: EnvoyReport
}

interface Resources {
  readonly objects: readonly LoadedObject[]
  readonly figures: Figures
  readonly findings: readonly Diagnostic[]
}

async function readResources(options: Options): Promise<Resources> {
  const paths = pathsOf(options)
  const files = filesAt(paths)
  const defaultNamespace = textOf(options, "namespace") ?? "default"
  const configurations: (readonly [file: string, document: YamlDocument])[] = []
  const onConfiguration = (...found: readonly [string, YamlDocument]): void => void configurations.push(found)
  const provider = createFileProvider<LoadedObject>(paths, (text, file, previous) =>
    loadResources(text, file, previous, { defaultNamespace, isStrict: false, onConfiguration }),
  )
  const objects = provider.refresh().upserts.map(({ value }) => value)
  const findings = [
    ...provider.view().findings,
    ...(await policyFindings(configurations)),
    ...(await configurationFindings(textOf(options, "config"))),
  ]
  const figures = { objects: objects.length, configurations: configurations.length, files: files.length }
  return { objects, figures, findings }
}

/** Findings about policies of modules among the resources; other configurations are judged where they are read. */
async function policyFindings(
  configurations: readonly (readonly [file: string, document: YamlDocument])[],
): Promise<readonly Diagnostic[]> {
  const { ownKindOf } = await import("@attache/kube-api")
  const policies = configurations.filter(([, { value }]) => ownKindOf(value) !== undefined)
  if (policies.length === 0) return []
  const { ownFindings } = await import("../configuration/configuration.ts")
  return policies.flatMap(([file, document]) => ownFindings(document, file))
}

/** Findings about the documents of --config. */
async function configurationFindings(file: string | undefined): Promise<readonly Diagnostic[]> {
  if (file === undefined) return []
  const { loadConfiguration } = await import("../configuration/configuration.ts")
  return loadConfiguration(file).diagnostics
}

/** What the objects mean together; with Envoy's word, modules are fetched so that it can judge them. */
async function judgeMeaning(
  objects: readonly LoadedObject[],
  isJudged: boolean,
  options: Options,
): Promise<{ readonly findings: readonly Diagnostic[]; readonly report?: EnvoyReport }> {
  const [{ meaningFindings }, { createTranslator }, { configurationOf }] = await Promise.all([
    import("../meaning.ts"),
    import("@attache/translate"),
    import("../configuration/configuration.ts"),
  ])
  const configuration = configurationOf(options, profileOf(options, "kubernetes"))
  const { settings } = configuration
  const loadModule = isJudged ? await localModules(configuration, options) : neverLoaded
  const translator = createTranslator({ settings, loadModule })
  const byKey = new Map(objects.map((loaded) => [translator.upsert(loaded.object as AnyObject), loaded]))
  if (!isJudged) return { findings: meaningFindings(translator, byKey, settings) }
  const [{ settle }, { judgeByEnvoy }] = await Promise.all([
    import("../settle.ts"),
    import("../judge/judge-by-envoy.ts"),
  ])
  await settle(translator, secondsOf(options, "timeout"))
  const findings = meaningFindings(translator, byKey, settings)
  const judged = await judgeByEnvoy(translator, byKey, options)
  return { findings: [...findings, ...judged.findings], report: judged.report }
}

const neverLoaded: ModuleLoader = () => new Promise(() => {})

/** Whatever the profile, the Envoy that judges is on this machine and reads modules as files. */
async function localModules(configuration: Configuration, options: Options): Promise<ModuleLoader> {
  const { moduleLoaderFor } = await import("../module-loader.ts")
  const settings = { ...configuration.settings, profile: "host" as const }
  return moduleLoaderFor({ ...configuration, settings }, isOn(options, "offline"))
}

function hasErrors(findings: readonly Diagnostic[]): boolean {
  return findings.some(({ severity }) => severity === "error")
}

async function print(options: Options, findings: readonly Diagnostic[], figures: Figures): Promise<void> {
  const format = formatOf(options)
  if (format !== "text") {
    process.stdout.write(await documentOf(format, envelopeOf(findings, figures)))
    return
  }
  for (const finding of findings) process.stdout.write(`${formatDiagnostic(finding)}\n`)
  if (figures.envoy !== undefined) {
    const { reportLine } = await import("../judge/judge-by-envoy.ts")
    process.stdout.write(`${reportLine(figures.envoy)}\n`)
  } else if (isOn(options, "envoy")) process.stdout.write("Envoy was not asked: correct the errors first\n")
  process.stdout.write(`${styled(hasErrors(findings) ? "red" : "green", summary(findings, figures))}\n`)
}

function summary(findings: readonly Diagnostic[], { objects, configurations, files }: Figures): string {
  const errors = findings.filter(({ severity }) => severity === "error").length
  const more = configurations === 0 ? "" : ` and ${plural(configurations, "configuration")}`
  const what = `${plural(objects, "object")}${more} in ${plural(files, "file")}`
  return `${what}: ${plural(errors, "error")}, ${plural(findings.length - errors, "warning")}`
}

function plural(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`
}
