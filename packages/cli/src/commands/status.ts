import { printable } from "@attache/base"
import { type Fact, type ProxyReport, type StatusReport, textOfLack } from "@attache/control-plane/client"
import { conditionsOf } from "../conditions.ts"
import { type ExitCode, exitCodes } from "../exit.ts"
import { askStatus } from "../instance/ask.ts"
import { findInstances } from "../instance/find-instances.ts"
import { formatOf, type Options, textOf } from "../options.ts"
import { printData, printFindings } from "../output/format.ts"

/** Shows what running instances do; exit 3 when an Envoy refused something, a file is broken, or an extension has failed. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const running = findInstances(textOf(options, "instance"))
  const reports = await Promise.all(
    running.map(async (record) => ({ ...record, status: await askStatus(record.statusSocket) })),
  )
  await printData(formatOf(options), reports, () =>
    reports.map(({ name, verb, paths, status }) => textOfReport(name, verb, paths, status)).join("\n"),
  )
  if (formatOf(options) === "text") for (const { status } of reports) printFindings(status.findings)
  return reports.every(({ status }) => isClean(status)) ? exitCodes.done : exitCodes.findings
}

function isClean({ refusals, quarantine, findings, proxies }: StatusReport): boolean {
  const hasRefused = refusals.length + quarantine.length > 0
  return (
    !hasRefused &&
    !findings.some(({ severity }) => severity === "error") &&
    proxies.every(({ working }) => working.state !== "no")
  )
}

function textOfReport(name: string, verb: string, paths: readonly string[], status: StatusReport): string {
  const lines = [`${name}  ${verb} ${paths.join(" ")}  ${status.isReady ? "ready" : "starting"}`]
  lines.push(...status.proxies.flatMap(textOfProxy))
  for (const { proxyKey, resource, message } of status.refusals)
    lines.push(`  refused by ${proxyKey}: ${resource}: ${message}`)
  for (const object of status.objects) {
    const problems = conditionsOf(object.status).filter((c) => c.status === "False")
    for (const { type, reason, message } of problems) {
      lines.push(`  ${object.kind} ${object.namespace}/${object.name}: ${type} is false, ${reason}: ${message}`)
    }
  }
  for (const file of status.staleFiles) lines.push(`  ${file}: broken, its last good objects are in force`)
  return `${lines.join("\n")}\n`
}

function textOfProxy({ key, resources, envoys, accepted, warmed, working }: ProxyReport): readonly string[] {
  const counts = Object.entries(resources).map(([type, count]) => `${count} ${type}`)
  const facts = { accepted, warmed, working }
  const states = Object.entries(facts).map(([name, { state }]) => `${name}: ${state}`)
  return [
    `  proxy ${key}: ${counts.join(", ") || "nothing"}`,
    `    ${states.join(", ")}`,
    ...Object.entries(facts).flatMap(([name, fact]) => textOfFact(name, fact)),
    ...envoys.map(({ nodeId, isInSync, states: counted }) => {
      const shown = Object.entries(counted).map(([state, count]) => `${count} ${state}`)
      return `    envoy ${nodeId}: ${isInSync ? "in sync" : "not in sync"} (${shown.join(", ")})`
    }),
  ]
}

function textOfFact(name: string, { state, lacks, more = 0, reason = "" }: Fact): readonly string[] {
  if (state === "unknown") return [`    ${name} is unknown: ${reason}`]
  const shown = lacks.map((lack) => `    not ${name}: ${printable(textOfLack(lack))}`)
  return more > 0 ? [...shown, `    not ${name}: ${more} more`] : shown
}
