/**
 * Artifacts to and from a registry, beside crane and the ORAS library in the same run: wall time and peak memory.
 *
 * Run: node bench/oci.ts [REPEAT]. Each transfer is a process of its own, from its start to its end; ours is bundled, as the
 * command is. `running` is ours in a process that runs already, as in a control plane. The medians of interleaved runs are
 * compared, since other work on the machine hits all alike; the largest size runs once, to see whether memory grows.
 */
import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import {
  copy,
  createLayout,
  createRegistryClient,
  digestOf,
  mediaTypes,
  openTarget,
  parseReference,
  type Target,
} from "@attache/oci"
import { dockerRegistry, findOciTools, goRegistry, type RegistryKind } from "@attache/oci/testing"
import { build } from "esbuild"

/** One transfer by one program. */
export interface OciTransfer {
  readonly registry: string
  readonly verb: "push" | "pull"
  readonly bytes: number
  readonly program: string
  /** Median, in milliseconds. */
  readonly wallMs: number
  /** Median of the CPU of all threads, in milliseconds; absent where the system has no `time`. */
  readonly cpuMs?: number
  /** Most memory held at once, in MiB; absent in this process and where the system has no `time`. */
  readonly peakMiB?: number
}

/** A program and how it is called. */
interface Program {
  readonly name: string
  readonly push: (layout: string, reference: string) => Call
  readonly pull: (reference: string, layout: string) => Call
}

/** A command line, or what is done in this process. */
type Call = readonly string[] | (() => Promise<unknown>)

const MiB = 2 ** 20
const sizes: readonly number[] = [MiB, 60 * MiB, 240 * MiB]
const timeProgram = "/usr/bin/time"
const directory = mkdtempSync(join(tmpdir(), "bench-oci-"))

/** Measures both verbs for both sizes against every registry that is there. */
export async function measure([repeat = "7"]: readonly string[]): Promise<readonly OciTransfer[]> {
  try {
    const programs = [await ours(), running, ...others()]
    const kinds = [goRegistry(), dockerRegistry()].filter(({ reason }) => reason === undefined)
    const transfers: OciTransfer[] = []
    for (const kind of kinds) {
      for (const bytes of sizes) {
        const rounds = bytes > 100 * MiB ? 0 : Number(repeat)
        transfers.push(...(await transfersOf(kind, bytes, programs, rounds)))
      }
    }
    return transfers
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function ours(): Promise<Program> {
  const outfile = join(directory, "client.mjs")
  const entryPoints = [join(import.meta.dirname, "oci-client.ts")]
  await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm", target: "node22", minify: true })
  const node = [process.execPath, "--disable-warning=ExperimentalWarning", outfile]
  return {
    name: "ours",
    push: (layout, reference) => [...node, "push", layout, "v1", reference],
    pull: (reference, layout) => [...node, "pull", reference, layout],
  }
}

/** Ours without a process's start. */
const running: Program = {
  name: "running",
  push: (layout, reference) => () => transfer(`oci-layout:${layout}:v1`, reference),
  pull: (reference, layout) => () => transfer(reference, `oci-layout:${layout}:v1`),
}

async function transfer(source: string, destination: string): Promise<void> {
  using client = createRegistryClient()
  const [from, to] = [source, destination].map((text) => openTarget(parseReference(text), { client }))
  if (from === undefined || to === undefined) throw new Error("two references")
  const descriptor = await from.target.resolve(from.reference)
  await copy(from.target, to.target, descriptor, { tag: to.reference })
}

function others(): readonly Program[] {
  const { folder } = findOciTools()
  if (folder === undefined) return []
  const [crane, oras] = [join(folder, "crane"), join(folder, "oras")]
  return [
    {
      name: "crane",
      push: (layout, reference) => [crane, "push", layout, reference],
      pull: (reference, layout) => [crane, "pull", "--format", "oci", reference, layout],
    },
    {
      name: "oras",
      push: (layout, reference) => [oras, "upload", layout, "v1", reference],
      pull: (reference, layout) => [oras, "pull", reference, layout],
    },
  ]
}

interface Sample {
  readonly wallMs: number
  readonly cpuMs: number
  readonly peakMiB: number
}

async function transfersOf(
  kind: RegistryKind,
  bytes: number,
  programs: readonly Program[],
  repeat: number,
): Promise<readonly OciTransfer[]> {
  const samples = new Map<string, Sample[]>()
  const note = (verb: string, { name }: Program, sample: Sample): void => {
    const key = `${verb} ${name}`
    samples.set(key, [...(samples.get(key) ?? []), sample])
  }
  // The first round only warms up.
  for (let round = 0; round <= repeat; round++) {
    // A registry may keep a blob for all repositories, so each round has its own content and registry.
    await using registry = await kind.start()
    for (const program of round % 2 === 0 ? programs : programs.toReversed()) {
      const source = join(directory, `source-${round}-${program.name}`)
      await writeArtifact(createLayout(source), randomBytes(bytes))
      const target = join(directory, `copy-${round}-${program.name}`)
      const reference = `${registry.host}/${program.name}:v1`
      const pushed = await sampleOf(program.push(source, reference))
      const pulled = await sampleOf(program.pull(reference, target))
      rmSync(source, { recursive: true })
      rmSync(target, { recursive: true })
      if (round === 0 && repeat > 0) continue
      note("push", program, pushed)
      note("pull", program, pulled)
    }
  }
  return (["push", "pull"] as const).flatMap((verb) =>
    programs.map(({ name }): OciTransfer => {
      const all = samples.get(`${verb} ${name}`) ?? []
      const wallMs = medianOf(all.map((each) => each.wallMs))
      const cpu = medianOf(all.map((each) => each.cpuMs))
      const peakMiB = Math.max(...all.map((each) => each.peakMiB))
      const measured = { ...(cpu > 0 ? { cpuMs: cpu } : {}), ...(peakMiB > 0 ? { peakMiB } : {}) }
      return { registry: kind.name, verb, bytes, program: name, wallMs, ...measured }
    }),
  )
}

function medianOf(sample: readonly number[]): number {
  return sample.toSorted((a, b) => a - b)[Math.floor(sample.length / 2)] ?? 0
}

/** An image of one layer: what all three take. */
async function writeArtifact(layout: Target, layer: Uint8Array): Promise<void> {
  const described = (mediaType: string, content: Uint8Array) => ({
    mediaType,
    digest: digestOf(content),
    size: content.length,
  })
  const config = Buffer.from(
    JSON.stringify({ architecture: "wasm", os: "wasi", rootfs: { type: "layers", diff_ids: [] } }),
  )
  const [configOf, layerOf] = [described(mediaTypes.ociConfig, config), described(mediaTypes.ociLayer, layer)]
  await layout.push(configOf, config)
  await layout.push(layerOf, layer)
  const fields = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: configOf, layers: [layerOf] }
  const manifest = Buffer.from(JSON.stringify(fields))
  await layout.push(described(mediaTypes.ociManifest, manifest), manifest, { tag: "v1" })
}

const execFileAsync = promisify(execFile)

async function sampleOf(call: Call): Promise<Sample> {
  const begun = performance.now()
  if (typeof call === "function") {
    const before = process.cpuUsage()
    await call()
    const { user, system } = process.cpuUsage(before)
    return { wallMs: performance.now() - begun, cpuMs: (user + system) / 1000, peakMiB: 0 }
  }
  const hasTime = existsSync(timeProgram)
  const [program = "", ...parameters] = hasTime ? [timeProgram, "-f", "%M %U %S", ...call] : call
  const { stderr } = await execFileAsync(program, parameters)
  const wallMs = performance.now() - begun
  const [peak = 0, user = 0, system = 0] = hasTime
    ? (stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [])
    : []
  return { wallMs, cpuMs: (user + system) * 1000, peakMiB: peak / 1024 }
}

/** A table with the ratio of ours to the others. */
export function ociTable(transfers: readonly OciTransfer[]): string {
  const rows = transfers.map(({ registry, verb, bytes, program, wallMs, cpuMs, peakMiB }) => {
    const isSame = (each: OciTransfer): boolean =>
      each.registry === registry && each.verb === verb && each.bytes === bytes
    const [ours, running] = ["ours", "running"].map((name) => {
      const own = transfers.find((each) => each.program === name && isSame(each))
      return ((own?.wallMs ?? Number.NaN) / wallMs).toFixed(2)
    })
    const isOwn = program === "ours" || program === "running"
    const ratio = isOwn ? "" : `ours takes ${ours}x, running ${running}x`
    const figures = [
      `${wallMs.toFixed(0)} ms`.padStart(8),
      `CPU ${cpuMs?.toFixed(0) ?? "?"} ms`.padStart(11),
      `${peakMiB?.toFixed(0) ?? "?"} MiB`.padStart(8),
    ]
    return [registry.padEnd(20), verb, `${bytes / MiB} MiB`.padStart(7), program.padEnd(7), ...figures, ratio].join(
      "  ",
    )
  })
  return rows.map((row) => row.trimEnd()).join("\n")
}

if (import.meta.main) console.log(ociTable(await measure(process.argv.slice(2))))
