import { relative } from "node:path"
import type { Diagnostic } from "@attache/base"
import { buildGuest } from "../build/build.ts"
import { findProject, type Language, languages, type Project } from "../build/project.ts"
import { type ExitCode, exitCodes } from "../exit.ts"
import { formatOf, isOn, type Options, textOf, usageError } from "../options.ts"
import { documentOf, envelopeOf, printData, printFindings } from "../output/format.ts"

/** Compiles a Wasm guest with the toolchain of its language; exit 3 when the sources have errors. */
export async function run(args: readonly string[], options: Options): Promise<ExitCode> {
  if (isOn(options, "dockerfile")) return printDockerfile(args[0] ?? ".", options)
  const timeoutMs = timeoutOf(options)
  const project = findProject(args[0] ?? ".", languageOf(options), textOf(options, "out"))
  const { inspection, findings, output } = await buildGuest(project, process.env, timeoutMs)
  const format = formatOf(options)
  if (inspection === undefined) return refuse(findings, options)
  const { abiVersion, bytes } = inspection
  const data = { language: project.language, path: project.out, bytes, abiVersion }
  if (format === "text") {
    if (output.trim() !== "") process.stderr.write(`${output.trimEnd()}\n`)
    printFindings(findings)
    process.stdout.write(summary(project, bytes, abiVersion))
  } else process.stdout.write(await documentOf(format, envelopeOf(findings, data)))
  return exitCodes.done
}

/** Nothing is compiled: the Dockerfile is the same whatever the module holds. */
async function printDockerfile(path: string, options: Options): Promise<ExitCode> {
  const { dockerfileFor } = await import("../packages/dockerfile.ts")
  const dockerfile = await dockerfileFor(path, languageOf(options))
  await printData(formatOf(options), { dockerfile }, () => dockerfile)
  return exitCodes.done
}

async function refuse(findings: readonly Diagnostic[], options: Options): Promise<ExitCode> {
  const format = formatOf(options)
  if (format === "text") printFindings(findings)
  else process.stdout.write(await documentOf(format, envelopeOf(findings)))
  return exitCodes.findings
}

function summary(project: Project, bytes: number, abiVersion: string | undefined): string {
  const size = bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`
  return `${relative(process.cwd(), project.out)}  ${size}, ABI ${abiVersion}\n`
}

function languageOf(options: Options): Language | undefined {
  const wanted = textOf(options, "language")
  const found = languages.find((each) => each === wanted)
  if (wanted !== undefined && found === undefined)
    throw usageError(`unknown language ${wanted}`, `choose ${languages.join(", ")}`)
  return found
}

function timeoutOf(options: Options): number {
  const seconds = Number(textOf(options, "timeout") ?? "600")
  if (!Number.isFinite(seconds) || seconds <= 0) throw usageError("cannot read --timeout", "write a number of seconds")
  return seconds * 1000
}
