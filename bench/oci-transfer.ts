// A process that copies what it is told to, again and again, as a control plane does: `{ source, destination }` in, a cost out.
import { readFileSync, writeFileSync } from "node:fs"
import { copy, createRegistryClient, openTarget, parseReference } from "@attache/oci"
import type { Cost } from "./oci-programs.ts"

async function transfer(source: string, destination: string): Promise<void> {
  using client = createRegistryClient()
  const [from, to] = [source, destination].map((text) => openTarget(parseReference(text), { client }))
  if (from === undefined || to === undefined) throw new Error("two references")
  const descriptor = await from.target.resolve(from.reference)
  await copy(from.target, to.target, descriptor, { tag: to.reference })
}

async function measured(source: string, destination: string): Promise<Cost> {
  globalThis.gc?.()
  // Linux counts the peak anew from here.
  writeFileSync("/proc/self/clear_refs", "5")
  const begun = performance.now()
  const before = process.cpuUsage()
  await transfer(source, destination)
  const { user, system } = process.cpuUsage(before)
  const wallMs = performance.now() - begun
  const kib = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1])
  return { wallMs, cpuMs: (user + system) / 1000, peakMiB: kib / 1024 }
}

process.on("message", ({ source, destination }: { readonly source: string; readonly destination: string }) => {
  void measured(source, destination).then((cost) => process.send?.(cost))
})
