// Ours as a program, to stand beside others: `push LAYOUT TAG REFERENCE`, `pull REFERENCE LAYOUT`.
import { copy, createRegistryClient, openTarget, parseReference } from "@attache/oci"

const [verb = "", ...parameters] = process.argv.slice(2)
const [layout = "", tag = "", reference = ""] =
  verb === "push" ? parameters : [parameters[1] ?? "", "v1", parameters[0] ?? ""]
using client = createRegistryClient()
const [local, remote] = [`oci-layout:${layout}:${tag}`, reference].map((text) =>
  openTarget(parseReference(text), { client }),
)
const [from, to] = verb === "push" ? [local, remote] : [remote, local]
if (from === undefined || to === undefined) throw new Error("unreachable")
const descriptor = await from.target.resolve(from.reference)
await copy(from.target, to.target, descriptor, { tag: to.reference })
