/**
 * Compares the product's verdicts with those of a real API server, text by text.
 *
 * `ATTACHE_API_SERVER=BINARY node conformance/validation/run.ts [PER_OBJECT] [SEED]`: objects are the recorded ones (when they
 * are there) and some generated from the schemas, each as it is and with PER_OBJECT (default 5) random changes. The binary
 * knows `etcd` and `apiserver`; `tools/kube-api/server` builds it. Skipped without it. Exit 1 when anything differs.
 *
 * One difference is meant and left out: the server accepts a list where a text with a format is wanted.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { findKind, type KindEntry } from "@attache/kube-api"
import { type ApiServer, startApiServer } from "./api-server.ts"
import { customKinds, installCrds, storedSchema } from "./crds.ts"
import { createRandom, generate, mutate } from "./mutations.ts"
import { objectPath, ownVerdict, serverVerdict, type Verdict } from "./verdicts.ts"

const root = join(import.meta.dirname, "..", "..")
const folder = join(process.env.ATTACHE_GOLDEN ?? join(dirname(root), "shared", "golden"), "validation")

interface Candidate {
  readonly name: string
  readonly entry: KindEntry
  readonly object: unknown
}

/** Recorded objects by kind. */
function recorded(): readonly Candidate[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => {
      const cases = JSON.parse(readFileSync(join(folder, file), "utf8")) as { name: string; object: TypeMeta }[]
      return cases.flatMap(({ name, object }) => {
        const entry = findKind(object.apiVersion, object.kind)
        return entry === undefined ? [] : [{ name: `${file} ${name}`, entry, object }]
      })
    })
}

interface TypeMeta {
  readonly apiVersion: string
  readonly kind: string
}

/** Some objects of every kind and version, made from its schema. */
function generated(seed: number): readonly Candidate[] {
  const random = createRandom(seed)
  return customKinds().flatMap((entry) =>
    entry.versions.flatMap((version) =>
      Array.from({ length: 5 }, (_, index) => ({
        name: `generated ${entry.kind} ${version.name} ${index}`,
        entry,
        object: {
          apiVersion: `${entry.group}/${version.name}`,
          kind: entry.kind,
          metadata: { name: "generated", ...(entry.scope === "Namespaced" ? { namespace: "default" } : {}) },
          spec: generate(storedSchema(entry).properties?.spec, random, 4),
        },
      })),
    ),
  )
}

function changed(candidates: readonly Candidate[], perObject: number, seed: number): readonly Candidate[] {
  const random = createRandom(seed)
  return candidates.flatMap((candidate) =>
    Array.from({ length: perObject }, (_, index) => ({
      ...candidate,
      name: `${candidate.name} #${index}`,
      object: mutate(candidate.object, storedSchema(candidate.entry), random),
    })),
  )
}

async function compare(server: ApiServer, candidates: readonly Candidate[]): Promise<number> {
  let different = 0
  let refused = 0
  let undecodable = 0
  const queue = [...candidates]
  const work = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const want = await serverVerdict(server, next.entry, next.object)
      if (want.undecodable !== undefined) undecodable++
      else if (want.texts.length > 0) refused++
      if (!report(next, want, ownVerdict(next.object))) different++
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  console.log(
    `${candidates.length} objects, ${refused} refused, ${undecodable} not decoded by the server: ${different} differ`,
  )
  return different
}

/** Generated objects are stored and then replaced by changed ones: rules about the past are looked at too. */
async function compareUpdates(server: ApiServer, sources: readonly Candidate[], perObject: number, seed: number) {
  const random = createRandom(seed)
  let count = 0
  let refused = 0
  let different = 0
  for (const source of sources) {
    const made = await server.send("POST", objectPath(source.entry, source.object, false), source.object)
    if (made.status !== 201) continue
    const { resourceVersion } = (made.body as { metadata: { resourceVersion: string } }).metadata
    for (let i = 0; i < perObject; i++) {
      const object = mutate(source.object, storedSchema(source.entry), random, false) as { metadata: object }
      const update = { ...object, metadata: { ...object.metadata, resourceVersion } }
      const want = await serverVerdict(server, source.entry, update, true)
      const own = { ...ownVerdict(update, source.object), unknown: [] }
      count++
      if (want.texts.length > 0) refused++
      if (!report({ ...source, name: `update of ${source.name} #${i}`, object: update }, want, own)) different++
    }
    await server.send("DELETE", objectPath(source.entry, source.object, true))
  }
  console.log(`${count} updates, ${refused} refused: ${different} differ`)
  return different
}

function report({ name, object }: Candidate, want: Verdict, own: Verdict): boolean {
  if (want.undecodable !== undefined) {
    if (own.texts.length > 0) return true
    console.log(`DIFFERS ${name}\n  server could not decode: ${want.undecodable}\n  ${JSON.stringify(object)}`)
    return false
  }
  if (missing(own.texts, want.texts).some((text) => text.endsWith('must be of type string: "array"'))) return true
  const lines = [
    ...missing(want.texts, own.texts).map((text) => `  - ${text}`),
    ...missing(own.texts, want.texts).map((text) => `  + ${text}`),
    ...missing(want.unknown, own.unknown).map((field) => `  - unknown field ${field}`),
    ...missing(own.unknown, want.unknown).map((field) => `  + unknown field ${field}`),
  ]
  if (lines.length > 0) console.log(`DIFFERS ${name}\n${lines.join("\n")}\n  ${JSON.stringify(object).slice(0, 2000)}`)
  return lines.length === 0
}

function missing(from: readonly string[], other: readonly string[]): readonly string[] {
  return from.filter((text) => !other.includes(text))
}

async function main(): Promise<number> {
  const binary = process.env.ATTACHE_API_SERVER
  if (binary === undefined || !existsSync(binary)) {
    console.log("skipped: ATTACHE_API_SERVER names no API server (tools/kube-api/server builds one)")
    return 0
  }
  const perObject = Number(process.argv[2] ?? 5)
  const seed = Number(process.argv[3] ?? 1)
  const server = await startApiServer(binary)
  try {
    await installCrds(server, customKinds())
    const made = generated(seed)
    const sources = [...recorded(), ...made]
    const created = await compare(server, [...sources, ...changed(sources, perObject, seed)])
    const updated = await compareUpdates(server, made, perObject, seed)
    return created + updated > 0 ? 1 : 0
  } finally {
    await server.close()
  }
}

process.exitCode = await main()
