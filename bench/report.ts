// The figures as tables for people.
import type { Verdict } from "./budgets.ts"
import type { CommandFigures, ServingFigures, TranslationFigures } from "./figures.ts"
import type { KubeApiFigures } from "./kube-api.ts"
import { peer, peerStream } from "./peer.ts"
import type { XdsServerFigures } from "./xds-server.ts"

/** Everything one run measured. */
export interface BenchFigures {
  readonly machine: string
  readonly translation: readonly TranslationFigures[]
  readonly serving: readonly ServingFigures[]
  readonly command: readonly CommandFigures[]
  readonly xdsServer?: XdsServerFigures
  readonly kubeApi?: KubeApiFigures
  readonly verdicts: readonly Verdict[]
}

type Row = readonly (string | number | undefined)[]

/** Columns aligned, numbers to the right; as Markdown, so that it can be pasted into a page. */
export function table(head: readonly string[], rows: readonly Row[]): string {
  const cells = [head, ...rows.map((row) => row.map(textOf))]
  const widths = head.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? "").length)))
  const isNumber = head.map((_, i) => rows.every((row) => typeof row[i] !== "string"))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (isNumber[i] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(" | ")} |`
  const rule = `| ${widths.map((width, i) => (isNumber[i] === true ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`
  const [first = [], ...others] = cells
  return [line(first), rule, ...others.map(line)].join("\n")
}

function textOf(cell: string | number | undefined): string {
  if (cell === undefined) return ""
  if (typeof cell === "string" || Number.isInteger(cell)) return String(cell)
  return cell.toFixed(Math.abs(cell) < 10 ? 2 : Math.abs(cell) < 100 ? 1 : 0)
}

/** The whole report. */
export function reportOf(figures: BenchFigures): string {
  const sections = [
    `Machine: ${figures.machine}. Times in milliseconds; CPU of all threads of the process.`,
    ...(figures.translation.length === 0 ? [] : [editsTable(figures.translation), coldTable(figures)]),
    ...(figures.serving.length === 0 ? [] : [deliveryTable(figures.serving), streamTable(figures.serving)]),
    ...(figures.command.length === 0 ? [] : [commandTable(figures.command)]),
    ...(figures.xdsServer === undefined ? [] : [xdsServerText(figures.xdsServer)]),
    ...(figures.kubeApi === undefined ? [] : [kubeApiText(figures.kubeApi)]),
    ...(figures.verdicts.length === 0 ? [] : [verdictTable(figures.verdicts)]),
  ]
  return sections.join("\n\n")
}

function editsTable(sizes: readonly TranslationFigures[]): string {
  const rows = sizes.flatMap(({ routes, edits }) =>
    edits.map(({ edit, queries, resources, bytes, cpuMs }): Row => {
      const isRoute = edit === "path of a route"
      return [routes, edit, queries, resources, bytes, cpuMs, isRoute ? peer[routes]?.editCpuMs : undefined]
    }),
  )
  const head = ["routes", "edit", "queries", "resources", "bytes", "CPU", "peer: CPU"]
  return `One edit, in process\n\n${table(head, rows)}`
}

function coldTable({ translation, serving }: BenchFigures): string {
  const rows = translation.map(({ routes, objects, cold, memory }): Row => {
    const served = serving.find((each) => each.routes === routes)
    const turns = served?.longestTurnMs
    return [
      routes,
      objects,
      cold.cpuMs,
      cold.wallMs,
      peer[routes]?.coldMs,
      served?.cold.cpuMs,
      served?.cold.wallMs,
      turns?.starting,
      turns?.connecting,
      turns?.everything,
      memory.heap,
      memory.resident,
      served?.memory.resident,
      served?.memoryServed.resident,
      peer[routes]?.residentMiB,
    ]
  })
  const head = [
    "routes",
    "objects",
    "from objects: CPU",
    "time",
    "peer: time",
    "from files: CPU",
    "time",
    "longest turn: starting",
    "connecting",
    "all changed",
    "MiB heap",
    "resident",
    "resident from files",
    "after edits",
    "peer: resident",
  ]
  return `Cold start and memory\n\n${table(head, rows)}`
}

function commandTable(sizes: readonly CommandFigures[]): string {
  const rows = sizes.map(
    ({ routes, readyMs, residentMiB }): Row => [routes, readyMs, residentMiB, peer[routes]?.residentMiB],
  )
  return `The command over files\n\n${table(["routes", "ready after", "MiB resident", "peer: resident"], rows)}`
}

function deliveryTable(sizes: readonly ServingFigures[]): string {
  const rows = sizes.flatMap(({ routes, deliveries }) =>
    deliveries.map(({ edit, cpuMs, bytes, clientMs, envoyMs, envoyCpuMs }): Row => {
      const share = edit === "path of a route" ? peer[routes]?.envoyMs : undefined
      return [routes, edit, bytes, cpuMs, clientMs, envoyMs, envoyCpuMs, share]
    }),
  )
  const head = [
    "routes",
    "edit",
    "bytes sent",
    "CPU",
    "to the client",
    "to Envoy's ACK",
    "CPU of Envoy",
    "recorded: Envoy's share",
  ]
  return `One edit of a file, through the control plane\n\n${table(head, rows)}`
}

function streamTable(sizes: readonly ServingFigures[]): string {
  const rows = sizes.map(({ routes, stream, longestTurnMs }): Row => {
    const { edits, perSecond, client, envoy } = stream
    const theirs = routes === 5000 ? peerStream : undefined
    return [
      routes,
      edits,
      perSecond,
      client.p50,
      client.p99,
      theirs?.p50,
      theirs?.p99,
      envoy?.p50,
      envoy?.p99,
      longestTurnMs.serving,
    ]
  })
  const head = [
    "routes",
    "edits",
    "a second",
    "client: p50",
    "p99",
    "peer: p50",
    "p99",
    "Envoy's ACK: p50",
    "p99",
    "longest turn",
  ]
  return `Edits of a route's file at a steady pace\n\n${table(head, rows)}`
}

function xdsServerText(figures: XdsServerFigures): string {
  const { streams, resources, deliveredS, kibPerStream, residentMiB, routes, changes, client } = figures
  const head = ["streams", "resources each", "delivered in s", "KiB a stream", "MiB resident"]
  const rows: readonly Row[] = [[streams, resources, deliveredS, kibPerStream, residentMiB]]
  const ms = `p50 ${client.p50.toFixed(1)}, p99 ${client.p99.toFixed(1)}`
  return `The xDS server\n\n${table(head, rows)}\n\nSnapshot to client, ${routes} routes, ${changes} changes at 50 a second: ${ms}`
}

function kubeApiText({ objects, loadMs, validateMs, one }: KubeApiFigures): string {
  const head = ["objects", "load", "validate", "one in a fresh process: import", "load and validate"]
  return `Reading and judging\n\n${table(head, [[objects, loadMs, validateMs, one.importMs, one.judgeMs]])}`
}

function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ promise, is, isKept, isFailed }): Row => {
    return [promise, is, isFailed ? "FAILED" : isKept ? "kept" : "missed"]
  })
  return `Promises\n\n${table(["promise", "is", ""], rows)}`
}
