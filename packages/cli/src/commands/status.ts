import { AttacheError } from "@attache/base"
import type { StatusReport } from "@attache/control-plane"
import { type ExitCode, exitCodes } from "../exit.ts"
import { askStatus } from "../instance/ask.ts"
import { listInstances } from "../instance/instance.ts"
import { formatOf, type Options, textOf } from "../options.ts"
import { printData, printFindings } from "../output/format.ts"

/** Shows what running instances do; exit 3 when an Envoy refused something or a file is broken. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const wanted = textOf(options, "instance")
  const running = listInstances().filter(({ isAlive, name }) => isAlive && (wanted === undefined || name === wanted))
  if (running.length === 0) {
    const which = wanted === undefined ? "no instance is running" : `instance ${wanted} is not running`
    throw new AttacheError("ATT_CLI_NOT_RUNNING", which, { hint: "start one with attache run -f FILE" })
  }
  const reports = await Promise.all(
    running.map(async (record) => ({ ...record, status: await askStatus(record.statusSocket) })),
  )
  await printData(formatOf(options), reports, () =>
    reports.map(({ name, verb, paths, status }) => textOfReport(name, verb, paths, status)).join("\n"),
  )
  const isClean = reports.every(
    ({ status }) =>
      status.refusals.length + status.quarantine.length === 0 && !status.findings.some((d) => d.severity === "error"),
  )
  if (formatOf(options) === "text") for (const { status } of reports) printFindings(status.findings)
  return isClean ? exitCodes.done : exitCodes.findings
}

function textOfReport(name: string, verb: string, paths: readonly string[], status: StatusReport): string {
  const lines = [`${name}  ${verb} ${paths.join(" ")}  ${status.isReady ? "ready" : "starting"}`]
  for (const { key, resources, envoys } of status.proxies) {
    const counts = Object.entries(resources).map(([type, count]) => `${count} ${type}`)
    lines.push(`  proxy ${key}: ${counts.join(", ") || "nothing"}`)
    for (const { nodeId, isInSync, states } of envoys) {
      const shown = Object.entries(states).map(([state, count]) => `${count} ${state}`)
      lines.push(`    envoy ${nodeId}: ${isInSync ? "in sync" : "not in sync"} (${shown.join(", ")})`)
    }
  }
  for (const { proxyKey, resource, message } of status.refusals)
    lines.push(`  refused by ${proxyKey}: ${resource}: ${message}`)
  for (const { proxyKey, object, field, message } of status.quarantine)
    lines.push(
      `  withdrawn from ${proxyKey}: ${object}${field === "" ? "" : ` ${field}`}: Envoy refuses it: ${message}`,
    )
  for (const object of status.objects) {
    const problems = conditionsOf(object.status).filter((c) => c.status === "False")
    for (const { type, reason, message } of problems) {
      lines.push(`  ${object.kind} ${object.namespace}/${object.name}: ${type} is false, ${reason}: ${message}`)
    }
  }
  for (const file of status.staleFiles) lines.push(`  ${file}: broken, its last good objects are in force`)
  return `${lines.join("\n")}\n`
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/** All conditions inside a status, wherever they stand. */
function conditionsOf(value: unknown): readonly Condition[] {
  if (Array.isArray(value)) return value.flatMap(conditionsOf)
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === "conditions" ? (member as readonly Condition[]) : conditionsOf(member),
  )
}
