// Who pulls and pushes in the bench of packages, and what one transfer costs.
import { execFile, execFileSync, fork, spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { promisify } from "node:util"
import { findOciTools } from "@attache/oci/testing"
import { build } from "rolldown"

/** What one transfer took. */
export interface Cost {
  readonly wallMs: number
  /** Of all threads. */
  readonly cpuMs: number
  /** Most memory held at once, the program's own included. */
  readonly peakMiB: number
}

/** A program that copies between a layout's tag `v1` and a registry. */
export interface Program {
  readonly name: string
  readonly push: (layout: string, reference: string) => Promise<Cost>
  readonly pull: (reference: string, layout: string) => Promise<Cost>
  readonly stop?: () => void
}

const root = join(import.meta.dirname, "..")

/** The others that are there, as programs and in processes that run; ours in one that runs; the command from its start to its end. @param directory for a bundle */
export async function findPrograms(directory: string): Promise<readonly Program[]> {
  execFileSync(process.execPath, [join(root, "scripts/build.ts"), "--if-stale"])
  return [...others(), await running(directory), command()]
}

function others(): readonly Program[] {
  const { folder } = findOciTools()
  if (folder === undefined) return []
  const [crane, oras] = [join(folder, "crane"), join(folder, "oras")]
  return [
    {
      name: "crane",
      push: (layout, reference) => costOf(crane, "push", layout, reference),
      pull: (reference, layout) => costOf(crane, "pull", "--format", "oci", reference, layout),
    },
    {
      name: "ORAS",
      push: (layout, reference) => costOf(oras, "upload", layout, "v1", reference),
      pull: (reference, layout) => costOf(oras, "pull", reference, layout),
    },
    runningLibrary("crane running", join(folder, "craneserver")),
    runningLibrary("ORAS running", oras, "serve"),
  ]
}

function runningLibrary(name: string, program: string, ...parameters: readonly string[]): Program {
  const child = spawn(program, parameters, { stdio: ["pipe", "pipe", "inherit"] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const transfer = async (...line: readonly string[]): Promise<Cost> => {
    child.stdin.write(`${line.join(" ")}\n`)
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`${name} ended`)
    const [wallMs = 0, cpuMs = 0, kib = 0] = value.split(" ").map(Number)
    return { wallMs, cpuMs, peakMiB: kib / 1024 }
  }
  return {
    name,
    push: (layout, reference) => transfer("push", layout, reference),
    pull: (reference, layout) => transfer("pull", reference, layout),
    stop: () => void child.kill(),
  }
}

async function running(directory: string): Promise<Program> {
  const outfile = join(directory, "oci-transfer.mjs")
  // Bundled, as the command is: what strips types holds forty megabytes.
  await build({
    input: join(import.meta.dirname, "oci-transfer.ts"),
    platform: "node",
    output: { file: outfile, codeSplitting: false },
    logLevel: "silent",
  })
  const child = fork(outfile)
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", () => reject(new Error("the running process ended")))
  })
  ended.catch(() => {})
  const transfer = async (source: string, destination: string): Promise<Cost> => {
    const answer = new Promise<Cost>((resolve) => void child.once("message", (cost) => resolve(cost as Cost)))
    child.send({ source, destination })
    return Promise.race([answer, ended])
  }
  return {
    name: "running",
    push: (layout, reference) => transfer(`oci-layout:${layout}:v1`, reference),
    pull: (reference, layout) => transfer(reference, `oci-layout:${layout}:v1`),
    stop: () => void child.kill(),
  }
}

function command(): Program {
  // As its first line starts it; told as ORAS is that TLS is not spoken, and to copy no more than the others do.
  const start = [process.execPath, "--max-semi-space-size=4", "--min-semi-space-size=4"]
  const attache = [...start, join(root, "packages/cli/bin/attache.mjs"), "copy", "--plain-http", "--no-signatures"]
  return {
    name: "command",
    push: (layout, reference) => costOf(...attache, `oci-layout:${layout}:v1`, reference),
    pull: (reference, layout) => costOf(...attache, reference, `oci-layout:${layout}:v1`),
  }
}

const execFileAsync = promisify(execFile)

/** The cost of a process, with what starting it through `time` takes. */
export async function costOf(...call: readonly string[]): Promise<Cost> {
  const begun = performance.now()
  const { stderr } = await execFileAsync("/usr/bin/time", ["-f", "%M %U %S", ...call])
  const wallMs = performance.now() - begun
  const [kib = 0, user = 0, system = 0] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number)
  return { wallMs, cpuMs: (user + system) * 1000, peakMiB: kib / 1024 }
}
