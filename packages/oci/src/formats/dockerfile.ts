import { AttacheError } from "@attache/base"
import type { Annotations, ExtensionKind } from "./annotations.ts"

/** What a Dockerfile is made for. */
export interface DockerfileOptions {
  readonly kind: ExtensionKind
  /** Files at the root of the build's folder, the one that the proxy loads among them. */
  readonly files: readonly string[]
  readonly annotations: Annotations
}

/**
 * A Dockerfile that makes the image which `writeExtension` makes without one: from nothing, one layer.
 *
 * One `COPY` in the last place, for Envoy Gateway and Istio look at the last layer alone. Annotations are labels, which
 * Built On Envoy does not read: the first line has the command that sets them. Error: ATT_OCI_FORMAT (no files, or names
 * that Docker would read as something else).
 */
export function dockerfileOf({ kind, files, annotations }: DockerfileOptions): string {
  if (files.length === 0 || files.some((file) => !/^[A-Za-z0-9_.@/-]+$/.test(file) || file.startsWith("-"))) {
    throw new AttacheError("ATT_OCI_FORMAT", "a Dockerfile needs at least one file, with a name of plain characters")
  }
  const pairs = Object.entries(annotations)
  const flags = pairs.map(([key, value]) => ` --annotation ${shellQuoted(`${key}=${value}`)}`).join("")
  const { before, copy } = copying(files)
  return [
    `# docker buildx build --output type=registry,oci-mediatypes=true --provenance=false${flags} --tag REFERENCE .`,
    ...before,
    "FROM scratch",
    ...pairs.map(([key, value]) => `LABEL ${JSON.stringify(key)}=${dockerQuoted(value)}`),
    copy,
    ...(kind === "ext-proc" ? ['ENTRYPOINT ["/ext_proc-server"]'] : []),
    "",
  ].join("\n")
}

/** Files in folders are put together in a stage before: one COPY would leave their folders out, and several are several layers. */
function copying(files: readonly string[]): { readonly before: readonly string[]; readonly copy: string } {
  const roots = files.filter((file) => !file.includes("/"))
  const folders = [...new Set(files.flatMap((file) => (file.includes("/") ? (file.split("/")[0] ?? "") : [])))]
  const copyRoots = `COPY ${JSON.stringify([...roots, "/"])}`
  if (folders.length === 0) return { before: [], copy: copyRoots }
  return {
    before: [
      "FROM scratch AS files",
      ...(roots.length === 0 ? [] : [copyRoots]),
      ...folders.map((folder) => `COPY ${JSON.stringify([folder, `/${folder}`])}`),
      "",
    ],
    copy: 'COPY --from=files ["/","/"]',
  }
}

function shellQuoted(text: string): string {
  const oneLine = text.replaceAll(/[\r\n]+/g, " ")
  return /^[A-Za-z0-9_.=,/:@-]+$/.test(oneLine) ? oneLine : `'${oneLine.replaceAll("'", `'\\''`)}'`
}

/** In double quotes Docker reads backslashes, quotes and variables. */
function dockerQuoted(text: string): string {
  return `"${text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\"$]/g, (character) => `\\${character}`)}"`
}
