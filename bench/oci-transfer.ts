// A process that copies what it is told to, again and again, as a control plane does: `{ source, destination }` in, a cost out.
import { readFileSync, writeFileSync } from "node:fs"
import { copy, createRegistryClient, openTarget, parseReference, type RegistryClient } from "@attache/oci"
import type { Cost } from "./oci-programs.ts"

async function transfer(source: string, destination: string): Promise<RegistryClient> {
  const references = [source, destination].map(parseReference)
  const registries = references.flatMap((each) => (each.kind === "registry" ? [each.registry] : []))
  // As the others are told.
  const hosts = Object.fromEntries(registries.map((registry) => [registry, { isPlainHttp: true }]))
  const client = createRegistryClient({ hosts })
  const [from, to] = references.map((reference) => openTarget(reference, { client }))
  if (from === undefined || to === undefined) throw new Error("two references")
  await copy(from.target, to.target, await from.target.fetchManifest(from.reference), { tag: to.reference })
  return client
}

async function measured(source: string, destination: string): Promise<Cost> {
  // Linux counts the peak anew from here.
  writeFileSync("/proc/self/clear_refs", "5")
  const before = process.cpuUsage()
  const begun = performance.now()
  const client = await transfer(source, destination)
  const wallMs = performance.now() - begun
  const { user, system } = process.cpuUsage(before)
  // Both libraries keep their connections for the next transfer.
  client[Symbol.dispose]()
  const kib = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1])
  return { wallMs, cpuMs: (user + system) / 1000, peakMiB: kib / 1024 }
}

process.on("message", ({ source, destination }: { readonly source: string; readonly destination: string }) => {
  void measured(source, destination).then((cost) => process.send?.(cost))
})
