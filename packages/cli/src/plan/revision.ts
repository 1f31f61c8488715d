// One revision of what all proxies get: translated from files, or asked of a running control plane.
import type { Diagnostic } from "@attache/base"
import { createFileProvider, loadResources } from "@attache/control-plane"
import type { LoadedObject } from "@attache/kube-api"
import {
  type AnyObject,
  createTranslator,
  type ModuleLoader,
  type Resource,
  type Settings,
  type SnapshotJson,
  xdsDocument,
} from "@attache/translate"
import { askInstance } from "../instance/ask.ts"
import { filesAt } from "../resource-files.ts"
import { settle } from "../settle.ts"

/** Proxies and their resources. */
export interface Revision {
  /** By proxy key; private keys only as their sha256. */
  readonly proxies: Readonly<Record<string, SnapshotJson>>
  /** Objects that a resource comes from, `Kind/namespace/name`; undefined where that is not known. */
  objects(proxy: string, kind: keyof SnapshotJson, name: string): readonly string[] | undefined
  /** What is wrong with the files. */
  readonly findings: readonly Diagnostic[]
}

/** How files are translated. */
export interface RevisionOptions {
  readonly settings: Settings
  readonly defaultNamespace: string
  /** File that `settings` come from, which may lie among the resources. */
  readonly configurationFile?: string
  readonly loadModule: ModuleLoader
  /** Longest wait for modules, in seconds. */
  readonly timeout: number
}

/** Translates files. Errors: ATT_FILE_NONE, ATT_CLI_TRANSLATE_TIMEOUT. */
export async function revisionOfFiles(paths: readonly string[], options: RevisionOptions): Promise<Revision> {
  filesAt(paths)
  const { settings, loadModule, timeout, ...reading } = options
  // As `run` does: what is not valid would not be taken.
  const provider = createFileProvider<LoadedObject>(paths, (text, file, previous) =>
    loadResources(text, file, previous, { ...reading, isStrict: true }),
  )
  const translator = createTranslator({ settings, loadModule })
  for (const { value } of provider.refresh().upserts) translator.upsert(value.object as AnyObject)
  await settle(translator, timeout)
  return {
    proxies: xdsDocument(translator),
    objects: (proxy, kind, name) => {
      const groups = translator.snapshot(proxy)?.tables[kind].groups ?? []
      const resource = groups.flatMap(({ resources }) => resources).find((each) => each.name === name)
      return resource === undefined ? undefined : objectsOf(resource)
    },
    findings: provider.view().findings,
  }
}

function objectsOf({ origins, parts = [] }: Resource): readonly string[] {
  const all = [...origins, ...parts.flat().flatMap((part) => part.origins)]
  return [...new Set(all.map(({ object }) => object))].sort()
}

/** Asks a control plane, by the URL of its status server or the path of its socket. Errors: ATT_CLI_NOT_RUNNING. */
export async function revisionOfInstance(address: string): Promise<Revision> {
  const proxies = (await askInstance(address, "/xds")) as Readonly<Record<string, SnapshotJson>>
  return { proxies, objects: () => undefined, findings: [] }
}
