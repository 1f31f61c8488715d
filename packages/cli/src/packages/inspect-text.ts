// What inspect found, for people: a tree. Everything from outside is printed without what could move a cursor.
import { formatDiagnostic, printable } from "@attache/base"
import { type Descriptor, formatPlatform, formatSigner, type ImageTree } from "@attache/oci"
import type { Fit, Inspection } from "@attache/wasm-host"
import type { InspectedFile, InspectedReference } from "./inspect.ts"

/** A reference's tree and signatures as text. */
export function textOfReference({ reference, tree, signatures }: InspectedReference): string {
  const signers = signatures.signatures.map(({ signer, form }) => `  ${form}: ${formatSigner(signer)}`)
  const problems = signatures.problems.map((problem) => `  ${problem}`)
  const state = signatures.found === 0 ? "none" : `${signatures.found}, ${signatures.state}`
  return lines([reference, ...textOfTree(tree, 0), `signatures: ${state}`, ...signers, ...problems])
}

/** A module's facts as text. */
export function textOfFile({ file, sha256, facts }: InspectedFile): string {
  return lines([file, `  sha256 ${sha256}`, ...textOfModule(facts, "  ")])
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${printable(line)}\n`).join("")
}

function textOfTree(tree: ImageTree<Inspection>, depth: number): readonly string[] {
  const indent = "  ".repeat(depth)
  const inner = `${indent}  `
  const platform = tree.descriptor.platform === undefined ? "" : ` ${formatPlatform(tree.descriptor.platform)}`
  const head = `${indent}${tree.form}${platform} ${described(tree.descriptor)}`
  const annotations = Object.entries(tree.annotations).map(([key, value]) => `${inner}${key}: ${value}`)
  if (tree.form === "index")
    return [head, ...annotations, ...tree.manifests.flatMap((each) => textOfTree(each, depth + 1))]
  const { extension, module, files = [], refusals = {}, problems, subject } = tree
  const { kind, layout, name = "", version = "" } = extension ?? {}
  return [
    head,
    ...(extension === undefined
      ? []
      : [`${inner}${[kind, name, version].filter((part) => part !== "").join(" ")}, packed as ${layout}`]),
    ...annotations,
    ...(subject === undefined ? [] : [`${inner}about ${subject.digest}`]),
    `${inner}config ${described(tree.config)}`,
    ...tree.layers.map((layer, at) => `${inner}layer ${at} ${described(layer)}`),
    ...files.map(({ path, size, layer }) => `${inner}file ${path}, ${size} bytes, of layer ${layer}`),
    ...(module === undefined ? [] : [`${inner}module ${module.path}, ${module.size} bytes, of layer ${module.layer}`]),
    ...(module === undefined ? [] : [`${inner}  sha256 ${module.sha256}`]),
    ...(module?.facts === undefined ? [] : textOfModule(module.facts, `${inner}  `)),
    ...Object.entries(refusals).map(([who, reason]) => `${inner}not for ${who}: ${String(reason)}`),
    ...problems.map((problem) => `${inner}${formatDiagnostic(problem)}`),
  ]
}

function described({ digest, size, mediaType }: Descriptor): string {
  return `${digest} ${mediaType}, ${size} bytes`
}

function textOfModule(facts: Inspection, indent: string): readonly string[] {
  const { abiVersion, bytes, functions, imports, callbacks, load, memory, findings } = facts
  const pages = memory === undefined ? "none" : `${memory.initialPages} pages`
  return [
    `${indent}ABI ${abiVersion ?? "unknown"}, ${bytes} bytes, ${functions} functions, memory ${pages}`,
    `${indent}in Envoy 1.40: ${load.isLikely ? "loads" : `does not load: ${load.reason}`}`,
    ...textOfFits("exports", callbacks, indent),
    ...textOfFits("imports", imports, indent),
    ...findings.map((finding) => `${indent}${formatDiagnostic(finding)}`),
  ]
}

function textOfFits(what: string, fits: readonly Fit[], indent: string): readonly string[] {
  if (fits.length === 0) return []
  const names = fits.map(({ name, verdict }) => (verdict === "fits" ? name : `${name} (${verdict})`))
  return [`${indent}${what} ${names.join(", ")}`]
}
