// What a real Envoy said to the resources of a proxy, as findings about the objects they come from.
import { existsSync } from "node:fs"
import type { Diagnostic } from "@attache/base"
import type { Judgement, ResourceVerdict } from "@attache/control-plane"
import type { LoadedObject } from "@attache/kube-api"
import { type ProxySnapshot, type Resource, resourceMaps } from "@attache/translate"

/** A judgement and what is known about where its resources come from. */
export interface JudgedProxy {
  readonly snapshot: ProxySnapshot
  readonly judgement: Judgement
  /** Object without which Envoy would answer otherwise, by {@link resourceKey}. */
  readonly culprits: ReadonlyMap<string, string>
}

/** Key of a resource within a proxy. */
export function resourceKey({ typeUrl, name }: { readonly typeUrl: string; readonly name: string }): string {
  return `${typeUrl}\n${name}`
}

/** The last part of a type URL, such as `Listener`. */
export function typeNameOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1)
}

/**
 * Findings about one proxy: errors for what Envoy refused, warnings for what it could not judge here and for what is not warm.
 *
 * @param objects loaded objects by `Kind/namespace/name`
 * @param isThere whether a file exists on this machine
 */
export function envoyFindings(
  { snapshot, judgement, culprits }: JudgedProxy,
  objects: ReadonlyMap<string, LoadedObject>,
  isThere: (path: string) => boolean = existsSync,
): readonly Diagnostic[] {
  const resources = resourceMaps(snapshot)
  const place = (one: { readonly typeUrl: string; readonly name: string }): Partial<Diagnostic> =>
    placeOf(resources.get(one.typeUrl)?.get(one.name), culprits.get(resourceKey(one)), objects)
  const refusals = judgement.resources.flatMap((verdict): readonly Diagnostic[] => {
    const said = sayingOf(verdict, isThere)
    return said === undefined ? [] : [{ ...said, ...place(verdict) }]
  })
  const warnings = judgement.warming.map(
    (resource): Diagnostic => ({
      code: "ATT_RESOURCE_NOT_WARM",
      severity: "warning",
      message: `Envoy accepts ${typeNameOf(resource.typeUrl)} ${resource.name} and waits for what it needs`,
      ...place(resource),
      hint: "check that names, secrets and code it waits for can be reached",
    }),
  )
  return [...refusals, ...warnings]
}

function sayingOf(
  { typeUrl, name, verdict, message = "" }: ResourceVerdict,
  isThere: (path: string) => boolean,
): Diagnostic | undefined {
  const what = `${typeNameOf(typeUrl)} ${name}`
  if (verdict === "unanswered") {
    const text = `Envoy gave no answer about ${what}`
    return { code: "ATT_RESOURCE_NOT_JUDGED", severity: "warning", message: text }
  }
  if (verdict !== "refused") return undefined
  const file = fileWanted(message)
  if (file !== undefined && !isThere(file)) {
    const text = `Envoy cannot judge ${what} on this machine: ${message}`
    return { code: "ATT_RESOURCE_NOT_JUDGED", severity: "warning", message: text, hint: `judge it where ${file} is` }
  }
  return { code: "ATT_RESOURCE_REFUSED", severity: "error", message: `Envoy refuses ${what}: ${message}` }
}

/** The file that a refusal is about. Source: Envoy 1.40, `Filesystem`, `Config::DataSource` and the MaxMind provider. */
function fileWanted(message: string): string | undefined {
  return /(?:Invalid path: |[Uu]nable to read file: |Unable to open Maxmind database file )(\/[^\s,]*[^\s,.])/.exec(
    message,
  )?.[1]
}

/** The object that is to blame, else the only one the resource comes from that was given; with its place. */
function placeOf(
  resource: Resource | undefined,
  culprit: string | undefined,
  objects: ReadonlyMap<string, LoadedObject>,
): Partial<Diagnostic> {
  const parts = (resource?.parts ?? []).flat().flatMap(({ origins }) => origins)
  const origins = [...(resource?.origins ?? []), ...parts].filter(({ object }) => objects.has(object))
  const keys = [...new Set(origins.map(({ object }) => object))]
  const key = culprit ?? keys[0]
  const loaded = key === undefined ? undefined : objects.get(key)
  if (loaded === undefined || (culprit === undefined && resource?.parts !== undefined && keys.length > 1)) return {}
  const fields = new Set(origins.filter(({ object }) => object === key).map(({ field }) => field))
  const [field = ""] = fields.size === 1 ? [...fields] : []
  const { apiVersion, kind, metadata } = loaded.object
  const { file } = loaded.origin
  const { line, column } = field === "" ? loaded.origin : loaded.positionOf(stepsOf(field))
  return {
    file,
    line,
    column,
    object: { apiVersion, kind, namespace: metadata.namespace ?? "", name: metadata.name },
    ...(field === "" ? {} : { field }),
  }
}

/** Steps of a field path such as `spec.rules[0].matches`. */
function stepsOf(field: string): readonly (string | number)[] {
  return [...field.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key = ""]) =>
    index === undefined ? key : Number(index),
  )
}
