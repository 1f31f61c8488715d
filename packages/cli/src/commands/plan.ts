import { AttacheError } from "@attache/base"
import { configurationOf } from "../configuration/configuration.ts"
import { type ExitCode, exitCodes } from "../exit.ts"
import { listInstances } from "../instance/instance.ts"
import { moduleLoaderFor } from "../module-loader.ts"
import { appliedConfiguration, formatOf, isOn, type Options, pathsOf, secondsOf, textOf } from "../options.ts"
import { documentOf, envelopeOf, printFindings, styled } from "../output/format.ts"
import { type Change, compareRevisions, type ProxyChange, type ResourceChange } from "../plan/compare.ts"
import type { Difference } from "../plan/differences.ts"
import { type Revision, revisionOfFiles, revisionOfInstance } from "../plan/revision.ts"
import { profileOf } from "../profile-settings.ts"

/** Shows what resources would change in xDS, for which proxy, and which listeners would drain; exit 3 when they are not valid. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const against = textOf(options, "against")
  const isLive = against === undefined || isAddress(against)
  const configuration = configurationOf(options, profileOf(options, isLive ? "host" : "kubernetes"))
  const how = {
    settings: configuration.settings,
    defaultNamespace: textOf(options, "namespace") ?? "default",
    ...appliedConfiguration(options),
    loadModule: moduleLoaderFor(configuration, isOn(options, "offline")),
    timeout: secondsOf(options, "timeout"),
  }
  const [before, after] = await Promise.all([
    isLive ? revisionOfInstance(against ?? onlyInstance()) : revisionOfFiles([against], how),
    revisionOfFiles(pathsOf(options), how),
  ])
  const changes = compareRevisions(before, after)
  await print(options, changes, after)
  return after.findings.some(({ severity }) => severity === "error") ? exitCodes.findings : exitCodes.done
}

const isAddress = (text: string): boolean => /^(https?:\/\/|unix:)/.test(text)

/** Socket of the one that runs. Errors: ATT_CLI_NOT_RUNNING. */
function onlyInstance(): string {
  const running = listInstances().filter(({ isAlive }) => isAlive)
  const [only] = running
  if (only !== undefined && running.length === 1) return `unix:${only.statusSocket}`
  const which = only === undefined ? "no instance is running" : `${running.length} instances are running`
  throw new AttacheError("ATT_CLI_NOT_RUNNING", `${which}, so there is nothing to compare with`, {
    hint: "name it with --against: a folder, a file, or the address of a status server",
  })
}

async function print(options: Options, proxies: readonly ProxyChange[], { findings }: Revision): Promise<void> {
  const format = formatOf(options)
  if (format !== "text") {
    process.stdout.write(await documentOf(format, envelopeOf(findings, { proxies })))
    return
  }
  printFindings(findings)
  for (const { proxy, change, resources, drains } of proxies) {
    process.stdout.write(`${signed(change, proxy)}\n`)
    for (const resource of resources) process.stdout.write(textOfResource(resource))
    for (const { listener, chains } of drains) {
      const part = chains === undefined ? "" : `${chains.drained} of ${chains.of} filter chains of `
      process.stdout.write(`  ${styled("yellow", "drains")} ${part}listener ${listener}\n`)
    }
  }
  const count = proxies.flatMap(({ resources }) => resources).length
  const drained = proxies.flatMap(({ drains }) => drains).length
  const summary = `${count} resources of ${proxies.length} proxies change, ${drained} listeners drain`
  process.stdout.write(count === 0 ? "nothing changes\n" : `${summary}\n`)
}

function textOfResource({ kind, name, change, differences, objects }: ResourceChange): string {
  const from = objects.length === 0 ? "" : `  (${objects.slice(0, 3).join(", ")}${objects.length > 3 ? ", …" : ""})`
  const places = differences.map((each) => `      ${textOfDifference(each)}\n`)
  return `  ${signed(change, `${kind.slice(0, -1)} ${name}`)}${from}\n${places.join("")}`
}

function textOfDifference({ path, before, after }: Difference): string {
  if (before === undefined) return `+ ${path}: ${short(after)}`
  if (after === undefined) return `- ${path}: ${short(before)}`
  return `~ ${path}: ${short(before)} → ${short(after)}`
}

function short(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}

function signed(change: Change, text: string): string {
  const [sign, colour] = ({ added: ["+", "green"], removed: ["-", "red"], changed: ["~", "cyan"] } as const)[change]
  return styled(colour, `${sign} ${text}`)
}
