/**
 * Artifacts to and from a registry, beside crane and the ORAS library in the same run: time, CPU and peak memory.
 *
 * Run: node bench/oci.ts [ROUNDS]. Needs Linux, Go and `/usr/bin/time`. `command` is `attache copy` and, as the others, a process
 * from its start to its end; `running` is the library in a process that runs already, as in a control plane, and `crane running`
 * and `ORAS running` are the other libraries likewise. Every transfer has a registry of its own, since one that keeps blobs in
 * memory slows down with them, and every round content of its own. Medians of interleaved rounds are compared, since other work
 * on the machine hits all alike: four times ROUNDS of the smaller sizes, for the registry in memory takes half or twice as long over
 * the same 60 MiB as it collects its garbage; a third of ROUNDS of the largest, which is there to see whether memory grows.
 */
import { createHash, randomBytes } from "node:crypto"
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { createLayout, digestOf, mediaTypes, type Target } from "@attache/oci"
import { dockerRegistry, goRegistry, type RegistryKind } from "@attache/oci/testing"
import { quantile } from "./figures.ts"
import { type Cost, costOf, findPrograms, type Program } from "./oci-programs.ts"
import { table } from "./report.ts"

/** Transfers of one size by one program: medians, and the largest peak. */
export interface OciTransfer extends Cost {
  readonly registry: string
  readonly verb: "push" | "pull"
  readonly bytes: number
  readonly program: string
}

/** All transfers, and a bare start of Node. */
export interface OciFigures {
  readonly transfers: readonly OciTransfer[]
  readonly node: Cost
}

const MiB = 2 ** 20
const sizes: readonly number[] = [MiB, 60 * MiB, 240 * MiB]
const directory = mkdtempSync(join(tmpdir(), "bench-oci-"))

/** Measures both verbs for all sizes against every registry that is there. */
export async function measure([rounds = "7"]: readonly string[]): Promise<OciFigures> {
  const programs = await findPrograms(directory)
  try {
    const kinds = [goRegistry(), dockerRegistry()].filter(({ reason }) => reason === undefined)
    const transfers: OciTransfer[] = []
    const runners = programs.filter(({ stop }) => stop !== undefined)
    if (kinds[0] !== undefined) await warmUp(kinds[0], runners)
    for (const kind of kinds) {
      for (const bytes of sizes) {
        const count = Math.ceil(Number(rounds) * (bytes > 100 * MiB ? 1 / 3 : 4))
        transfers.push(...(await transfersOf(kind, bytes, programs, count)))
      }
    }
    const starts: Cost[] = []
    for (let n = 0; n < Number(rounds); n++) starts.push(await costOf(process.execPath, "-e", "0"))
    return { transfers, node: medianOf(starts) }
  } finally {
    for (const { stop } of programs) stop?.()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Transfers of a mebibyte before anything is measured. After 100 of them V8 has not compiled what it compiles after 300. */
const warmUps = 300

/** A process that has run for a while: what is compiled when it has been called often is compiled. */
async function warmUp(kind: RegistryKind, programs: readonly Program[]): Promise<void> {
  const [source, target] = [join(directory, "source"), join(directory, "target")]
  for (let n = 0; n < warmUps; n++) {
    await writeArtifact(createLayout(source), MiB)
    for (const { push, pull } of programs) {
      // Of its own, or the second would find there what the first has pushed.
      await using registry = await kind.start()
      await push(source, `${registry.host}/bench:v1`)
      await pull(`${registry.host}/bench:v1`, target)
      rmSync(target, { recursive: true })
    }
    rmSync(source, { recursive: true })
  }
}

async function transfersOf(
  kind: RegistryKind,
  bytes: number,
  programs: readonly Program[],
  rounds: number,
): Promise<readonly OciTransfer[]> {
  const costs = programs.map(() => ({ push: [] as Cost[], pull: [] as Cost[] }))
  // The first round only warms up.
  for (let round = 0; round <= rounds; round++) {
    const source = join(directory, "source")
    await writeArtifact(createLayout(source), bytes)
    for (let turn = 0; turn < programs.length; turn++) {
      const place = (turn + round) % programs.length
      const [program, cost] = [programs[place], costs[place]]
      if (program === undefined || cost === undefined) continue
      await using registry = await kind.start()
      const [reference, target] = [`${registry.host}/bench:v1`, join(directory, "target")]
      const [pushed, pulled] = [await program.push(source, reference), await program.pull(reference, target)]
      rmSync(target, { recursive: true })
      if (round === 0) continue
      cost.push.push(pushed)
      cost.pull.push(pulled)
    }
    rmSync(source, { recursive: true })
  }
  return (["push", "pull"] as const).flatMap((verb) =>
    programs.map(({ name }, i): OciTransfer => {
      return { registry: kind.name, verb, bytes, program: name, ...medianOf(costs[i]?.[verb] ?? []) }
    }),
  )
}

function medianOf(costs: readonly Cost[]): Cost {
  const median = (pick: (cost: Cost) => number): number => quantile(costs.map(pick), 0.5)
  return {
    wallMs: median(({ wallMs }) => wallMs),
    cpuMs: median(({ cpuMs }) => cpuMs),
    peakMiB: Math.max(...costs.map(({ peakMiB }) => peakMiB)),
  }
}

/** An image of one layer: what all take. Never whole in memory: starting a process costs the more the more its parent holds. */
async function writeArtifact(layout: Target, bytes: number): Promise<void> {
  const described = (mediaType: string, content: Uint8Array) => ({
    mediaType,
    digest: digestOf(content),
    size: content.length,
  })
  const [path, hash] = [join(directory, "layer"), createHash("sha256")]
  for (let at = 0; at < bytes; at += MiB) {
    const piece = randomBytes(MiB)
    hash.update(piece)
    writeFileSync(path, piece, { flag: at === 0 ? "w" : "a" })
  }
  const config = Buffer.from(
    JSON.stringify({ architecture: "wasm", os: "wasi", rootfs: { type: "layers", diff_ids: [] } }),
  )
  const configOf = described(mediaTypes.ociConfig, config)
  const layerOf = { mediaType: mediaTypes.ociLayer, digest: `sha256:${hash.digest("hex")}`, size: bytes }
  await layout.push(configOf, config)
  await layout.push(layerOf, async (start) => createReadStream(path, { start }))
  const fields = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: configOf, layers: [layerOf] }
  const manifest = Buffer.from(JSON.stringify(fields))
  await layout.push(described(mediaTypes.ociManifest, manifest), manifest, { tag: "v1" })
}

/** One line for each registry, verb and size; ratios are to the others in the same place. */
export function ociTable({ transfers, node }: OciFigures): string {
  const names = [...new Set(transfers.map(({ program }) => program))]
  const cases = Map.groupBy(transfers, ({ registry, verb, bytes }) => `${registry} ${verb} ${bytes}`)
  const rows = [...cases.values()].map((list) => {
    const [{ registry = "", verb = "", bytes = 0 } = {}] = list
    const all = (part: keyof Cost) => names.map((name) => rounded(list.find(isBy(name))?.[part] ?? 0))
    const wallOf = (name: string): number => list.find(isBy(name))?.wallMs ?? 0
    const program = Math.min(...["crane", "ORAS"].map(wallOf))
    const library = Math.min(...["crane running", "ORAS running"].map(wallOf))
    const ratios = [wallOf("running") / library, wallOf("running") / program, wallOf("command") / program]
    return [registry, verb, bytes / MiB, ...all("wallMs"), ...ratios, ...all("cpuMs"), ...all("peakMiB")]
  })
  const head = [
    ...["registry", "verb", "MiB"],
    ...names.map((name) => `${name}, ms`),
    ...["running : faster library", "running : faster process", "command : faster process"],
    ...names.map((name) => `${name}, CPU ms`),
    ...names.map((name) => `${name}, MiB held`),
  ]
  return `${table(head, rows)}\n\n${floorText(node)}\n\n${growthText(transfers, names)}`
}

/** To a tenth below ten, where a whole one would be a fifth of it. */
function rounded(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value)
}

function isBy(name: string): (transfer: OciTransfer) => boolean {
  return ({ program }) => program === name
}

function floorText({ wallMs, cpuMs, peakMiB }: Cost): string {
  const load = loadavg()[0]?.toFixed(1)
  return `Node's start alone: ${wallMs.toFixed(0)} ms, CPU ${cpuMs.toFixed(0)} ms, ${peakMiB.toFixed(0)} MiB. Load: ${load}.`
}

/** How much more memory the largest size takes than the one before. */
function growthText(transfers: readonly OciTransfer[], names: readonly string[]): string {
  const most = (name: string, bytes: number | undefined): number =>
    Math.max(...transfers.filter((each) => isBy(name)(each) && each.bytes === bytes).map(({ peakMiB }) => peakMiB))
  const [larger, largest] = sizes.slice(-2)
  const growth = names.map((name) => `${name} ${(most(name, largest) / most(name, larger)).toFixed(2)}x`)
  return `Memory held for four times the content: ${growth.join(", ")}.`
}

if (import.meta.main) console.log(ociTable(await measure(process.argv.slice(2))))
