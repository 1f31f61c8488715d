import { AttacheError, printable } from "@attache/base"
import type { Extension } from "./read-extension.ts"

/**
 * Where Built On Envoy's client puts an extension, below its data folder or `--path`: such as `extensions/dym/NAME/VERSION`.
 *
 * Name and version are annotations, so whoever pushed the artifact chose them: those that are no plain folder name are
 * refused, where that client follows them out of the folder. Error: ATT_OCI_EXTENSION_NAME.
 * Source: built-on-envoy b911ffa, `cli/internal/extensions`.
 */
export function extensionFolder(extension: Pick<Extension, "kind" | "artifact" | "name" | "version">): string {
  const { kind, artifact, name, version } = extension
  const place = artifact === "source" ? "src" : artifact === "binary" ? places[kind] : undefined
  return ["extensions", ...(place === undefined ? [] : [place]), plain(name, "name"), plain(version, "version")].join(
    "/",
  )
}

const places: Readonly<Record<Extension["kind"], string | undefined>> = {
  wasm: "wasm",
  "dynamic-module": "dym",
  composer: "dym",
  "go-plugin": "goplugin",
  "ext-proc": "extproc",
  lua: undefined,
}

function plain(text: string | undefined, what: string): string {
  if (text !== undefined && /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/.test(text)) return text
  const shown = text === undefined ? "nothing" : `"${printable(text.slice(0, 128))}"`
  throw new AttacheError(
    "ATT_OCI_EXTENSION_NAME",
    `the artifact gives ${shown} as its ${what}, which is no folder name`,
    {
      facts: { what },
    },
  )
}
